"""Desks are compared for any stretch of days: a level by collector and week, so that hundreds are read in few rows."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0025_indexes_of_the_reports'),
        ('reports', '0008_exports_walled'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='tally',
            name='tally_level_is_known',
        ),
        migrations.AlterField(
            model_name='tally',
            name='level',
            field=models.CharField(choices=[('change', 'Change'), ('all', 'All'), ('creditor', 'Creditor'), ('collector', 'Collector'), ('desk_week', 'Collector Week'), ('pair', 'Pair')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='tally',
            constraint=models.CheckConstraint(condition=models.Q(('level__in', ['change', 'all', 'creditor', 'collector', 'desk_week', 'pair'])), name='tally_level_is_known'),
        ),
    ]
