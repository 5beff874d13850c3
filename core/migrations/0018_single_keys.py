"""Single keys can be switched off, by each user for himself."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0016_outcomes_of_every_channel"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="single_keys",
            field=models.BooleanField(db_default=True, default=True, help_text="N for a note, and the like"),
        ),
    ]
