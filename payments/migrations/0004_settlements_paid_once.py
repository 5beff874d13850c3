"""Whether a settlement was paid once, whatever was taken back later."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_webhook_secrets")]
    operations = [
        migrations.AddField(
            model_name="settlementoffer",
            name="was_paid",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
