"""The second wall: row-level security on every tenant table of the importer."""

from django.db import migrations

from core.migration_operations import EnableAgencyWall


class Migration(migrations.Migration):
    dependencies = [("imports", "0002_due_feeds")]
    operations = [
        EnableAgencyWall("imports_sftpfeed"),
        EnableAgencyWall("imports_sftpimportjob"),
        EnableAgencyWall("imports_importedrecord"),
    ]
