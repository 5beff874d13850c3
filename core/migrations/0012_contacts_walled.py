"""Outcomes, contact attempts and promises behind the wall; an attempt is never changed or deleted."""

from django.db import migrations

from core.migration_operations import EnableAgencyWall, KeyWithinAgency, ReferredToWithinAgency

KEYS = (
    ("contactattempt", "account_id", "account"),
    ("contactattempt", "debtor_id", "debtor"),
    ("contactattempt", "contact_point_id", "contactpoint"),
    ("contactattempt", "disposition_id", "disposition"),
    ("promise", "account_id", "account"),
)
NEVER_CHANGED = """
CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON core_contactattempt
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""
CHANGEABLE = "DROP TRIGGER never_changed ON core_contactattempt"


class Migration(migrations.Migration):
    dependencies = [("core", "0011_contacts")]
    operations = [
        *(EnableAgencyWall(f"core_{table}") for table in ("contactattempt", "disposition", "promise")),
        *(ReferredToWithinAgency(f"core_{table}") for table in ("contactpoint", "disposition")),
        *(KeyWithinAgency(f"core_{table}", column, f"core_{to}") for table, column, to in KEYS),
        migrations.RunSQL(NEVER_CHANGED, CHANGEABLE),
    ]
