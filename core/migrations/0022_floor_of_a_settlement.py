"""Down to which share of the balance a creditor lets collectors settle alone."""

from decimal import Decimal

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0021_a_balance_entry_names_its_payment")]
    operations = [
        migrations.AddField(
            model_name="creditor",
            name="settlement_floor",
            field=models.DecimalField(
                blank=True,
                decimal_places=4,
                help_text="The share of the balance down to which a collector may settle alone;"
                " empty: as the agency says.",
                max_digits=5,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(Decimal(0)),
                    django.core.validators.MaxValueValidator(Decimal(1)),
                ],
            ),
        ),
        migrations.AddConstraint(
            model_name="creditor",
            constraint=models.CheckConstraint(
                condition=models.Q(settlement_floor=None) | models.Q(settlement_floor__gte=0, settlement_floor__lte=1),
                name="creditor_settlement_floor_is_a_share",
            ),
        ),
    ]
