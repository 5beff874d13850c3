"""Sums behind the wall."""

from django.db import migrations

from core.migration_operations import EnableAgencyWall


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_tables"), ("core", "0007_agency_wall")]
    operations = [EnableAgencyWall("reports_tally")]
