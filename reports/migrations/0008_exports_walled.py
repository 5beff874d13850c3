"""Exports behind the wall between agencies."""

from django.db import migrations

from core.migration_operations import EnableAgencyWall


class Migration(migrations.Migration):
    dependencies = [("reports", "0007_exports")]
    operations = [EnableAgencyWall("reports_export")]
