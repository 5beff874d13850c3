"""No row of the kernel points into another agency, whatever wrote it."""

from django.db import migrations

from core.migration_operations import KeyWithinAgency, ReferredToWithinAgency

KEYS = (
    ("collector", "user_id", "user"),
    ("contactpoint", "debtor_id", "debtor"),
    ("account", "debtor_id", "debtor"),
    ("account", "creditor_id", "creditor"),
    ("account", "assigned_to_id", "collector"),
    ("balanceentry", "account_id", "account"),
    ("activity", "account_id", "account"),
    ("hold", "account_id", "account"),
    ("hold", "debtor_id", "debtor"),
)


class Migration(migrations.Migration):
    dependencies = [("core", "0009_storage")]
    operations = [
        *(ReferredToWithinAgency(f"core_{table}") for table in ("user", "collector", "creditor", "debtor", "account")),
        *(KeyWithinAgency(f"core_{table}", column, f"core_{to}") for table, column, to in KEYS),
    ]
