"""No row of the importer points into another agency, whatever wrote it."""

from django.db import migrations

from core.migration_operations import KeyWithinAgency, ReferredToWithinAgency

KEYS = (
    ("sftpfeed", "creditor_id", "core_creditor"),
    ("sftpimportjob", "creditor_id", "core_creditor"),
    ("sftpimportjob", "feed_id", "imports_sftpfeed"),
    ("importedrecord", "job_id", "imports_sftpimportjob"),
    ("importedrecord", "account_id", "core_account"),
)


class Migration(migrations.Migration):
    dependencies = [("imports", "0003_agency_wall"), ("core", "0010_keys_within_agency")]
    operations = [
        *(ReferredToWithinAgency(f"imports_{table}") for table in ("sftpfeed", "sftpimportjob")),
        *(KeyWithinAgency(f"imports_{table}", column, to) for table, column, to in KEYS),
    ]
