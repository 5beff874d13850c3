"""Settlements that have ended, in their order: they only grow in number."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0008_deals_are_followed")]
    operations = [
        migrations.AddIndex(
            model_name="settlementoffer",
            index=models.Index(
                models.F("agency"),
                models.F("created_at"),
                models.F("id"),
                condition=models.Q(("status__in", ["awaiting", "offered", "accepted"]), _negated=True),
                name="settlement_ended",
            ),
        ),
    ]
