"""Money behind the wall: every table within its agency, no row pointing into another, commissions never changed."""

from django.db import migrations

from core.migration_operations import EnableAgencyWall, KeyWithinAgency, ReferredToWithinAgency

TABLES = (
    "paymentprocessor", "gatewayhealth", "customer", "savedmethod", "payment", "refund", "chargeback", "webhookevent",
    "paymentplan", "instalment", "settlementoffer", "commission",
)  # fmt: skip
REFERRED_TO = ("paymentprocessor", "savedmethod", "payment", "paymentplan", "instalment")
KEYS = (
    ("gatewayhealth", "processor_id", "payments_paymentprocessor"),
    ("customer", "processor_id", "payments_paymentprocessor"),
    ("customer", "debtor_id", "core_debtor"),
    ("savedmethod", "processor_id", "payments_paymentprocessor"),
    ("savedmethod", "debtor_id", "core_debtor"),
    ("payment", "account_id", "core_account"),
    ("payment", "processor_id", "payments_paymentprocessor"),
    ("payment", "instalment_id", "payments_instalment"),
    ("payment", "saved_method_id", "payments_savedmethod"),
    ("payment", "collector_id", "core_collector"),
    ("refund", "payment_id", "payments_payment"),
    ("chargeback", "payment_id", "payments_payment"),
    ("webhookevent", "processor_id", "payments_paymentprocessor"),
    ("webhookevent", "payment_id", "payments_payment"),
    ("paymentplan", "account_id", "core_account"),
    ("paymentplan", "saved_method_id", "payments_savedmethod"),
    ("instalment", "plan_id", "payments_paymentplan"),
    ("settlementoffer", "account_id", "core_account"),
    ("settlementoffer", "plan_id", "payments_paymentplan"),
    ("commission", "collector_id", "core_collector"),
    ("commission", "payment_id", "payments_payment"),
)
APPEND_ONLY = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON payments_commission
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""
CHANGEABLE = "DROP TRIGGER append_only ON payments_commission"


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_tables"), ("core", "0012_contacts_walled")]
    operations = [
        *(EnableAgencyWall(f"payments_{table}") for table in TABLES),
        *(ReferredToWithinAgency(f"payments_{table}") for table in REFERRED_TO),
        *(KeyWithinAgency(f"payments_{table}", column, to) for table, column, to in KEYS),
        migrations.RunSQL(APPEND_ONLY, CHANGEABLE),
    ]
