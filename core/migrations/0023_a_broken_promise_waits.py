"""An account says since when a broken promise waits for somebody."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0022_floor_of_a_settlement")]
    operations = [
        migrations.AddField(
            model_name="account",
            name="broken_promise_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        )
    ]
