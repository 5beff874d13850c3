"""Schedules and deliveries behind the wall between agencies; a delivery is of a schedule of its own agency."""

from django.db import migrations

from core.migration_operations import EnableAgencyWall, KeyWithinAgency, ReferredToWithinAgency


class Migration(migrations.Migration):
    dependencies = [("reports", "0011_schedules")]
    operations = [
        EnableAgencyWall("reports_reportschedule"),
        EnableAgencyWall("reports_reportdelivery"),
        ReferredToWithinAgency("reports_reportschedule"),
        KeyWithinAgency("reports_reportdelivery", "schedule_id", "reports_reportschedule"),
    ]
