"""What is due to debtors is found by index; a processor's money is compared with ours, day by day."""

from decimal import Decimal

import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.uuid
from django.conf import settings
from django.db import migrations, models

import core.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0022_floor_of_a_settlement"),
        ("payments", "0005_metrics"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DailyComparison",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=django.db.models.functions.uuid.UUID7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        db_index=False,
                        default=core.tenancy.current_agency_id,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.agency",
                    ),
                ),
                (
                    "processor",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.paymentprocessor",
                    ),
                ),
                ("day", models.DateField(help_text="In the agency's zone")),
                ("taken_there", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14)),
                ("taken_here", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14)),
                ("returned_there", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14)),
                ("returned_here", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14)),
                ("differences", models.JSONField(default=list)),
                ("differs", models.BooleanField(default=False)),
                ("compared_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-day", "id"],
            },
        ),
        migrations.AddField(
            model_name="payment",
            name="credit",
            field=models.DecimalField(db_default=Decimal("0"), decimal_places=2, default=Decimal("0"), max_digits=12),
        ),
        migrations.AddIndex(
            model_name="chargeback",
            index=models.Index(
                models.F("agency"),
                models.F("opened_at"),
                models.F("id"),
                condition=models.Q(("status__in", ["inquiry", "open"])),
                name="chargeback_open",
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                models.F("agency"),
                models.F("created_at"),
                models.F("id"),
                condition=models.Q(("credit__gt", 0)),
                name="payment_credit",
            ),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(
                models.F("agency"),
                models.F("created_at"),
                models.F("id"),
                condition=models.Q(("status", "failed")),
                name="refund_failed",
            ),
        ),
        migrations.AddIndex(
            model_name="dailycomparison",
            index=models.Index(
                models.F("agency"), models.F("day"), condition=models.Q(("differs", True)), name="comparison_differs"
            ),
        ),
        migrations.AddConstraint(
            model_name="dailycomparison",
            constraint=models.UniqueConstraint(models.F("processor"), models.F("day"), name="comparison_once_a_day"),
        ),
    ]
