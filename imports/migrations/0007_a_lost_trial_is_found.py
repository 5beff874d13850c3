"""When a dry run last gave a sign of life, and how often it was taken up."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("imports", "0006_mappings_walled"),
    ]

    operations = [
        migrations.AddField(
            model_name="upload",
            name="trial_heard_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="upload",
            name="trial_starts",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
    ]
