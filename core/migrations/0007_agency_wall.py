"""The second wall: row-level security on every tenant table of the kernel."""

from django.db import migrations

from core.migration_operations import EnableAgencyWall

TABLES = (
    "account",
    "accounttally",
    "activity",
    "balanceentry",
    "collector",
    "contactpoint",
    "creditor",
    "debtor",
    "hold",
)


class Migration(migrations.Migration):
    dependencies = [("core", "0006_tallies")]
    operations = [
        *(EnableAgencyWall(f"core_{table}") for table in TABLES),
        EnableAgencyWall("core_user", shared_outside=True),
        EnableAgencyWall("core_auditlog", shared_outside=True),
    ]
