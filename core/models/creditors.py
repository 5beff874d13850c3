"""Whose claims do we collect?"""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower

from core.tenancy import TenantModel


class Creditor(TenantModel):
    """The agency's client: places accounts, receives what is collected less the contingency fee."""

    name = models.CharField(max_length=200)
    external_ref = models.CharField(max_length=100, blank=True)
    contact_name = models.CharField(max_length=200, blank=True)
    contact_email = models.EmailField(blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)
    contingency_rate = models.DecimalField(
        max_digits=5,
        decimal_places=4,
        default=Decimal("0.2500"),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(1))],
        help_text="The agency's share of what it collects, 0.25 is twenty-five percent.",
    )
    settlement_floor = models.DecimalField(
        max_digits=5,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(1))],
        help_text="The share of the balance down to which a collector may settle alone; empty: as the agency says.",
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint("agency", Lower("name"), name="creditor_name_unique_in_agency"),
            models.CheckConstraint(
                condition=models.Q(contingency_rate__gte=0, contingency_rate__lte=1), name="creditor_rate_is_a_share"
            ),
            models.CheckConstraint(
                condition=models.Q(settlement_floor=None) | models.Q(settlement_floor__gte=0, settlement_floor__lte=1),
                name="creditor_settlement_floor_is_a_share",
            ),
        ]

    def __str__(self) -> str:
        return self.name
