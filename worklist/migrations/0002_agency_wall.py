"""Leases and saved views behind the wall, with keys that stay within their agency."""

from django.db import migrations

from core.migration_operations import EnableAgencyWall, KeyWithinAgency


class Migration(migrations.Migration):
    dependencies = [("worklist", "0001_tables"), ("core", "0010_keys_within_agency")]
    operations = [
        EnableAgencyWall("worklist_lease"),
        EnableAgencyWall("worklist_savedview"),
        KeyWithinAgency("worklist_lease", "account_id", "core_account"),
    ]
