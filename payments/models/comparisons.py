"""Did a processor move the same money that we know of, on one day?"""

from decimal import Decimal

from django.db import models

from core.tenancy import TenantModel


class DailyComparison(TenantModel):
    """One processor's balance transactions of one day beside ours (SPEC §7.6). Made anew while it differs."""

    processor = models.ForeignKey(
        "payments.PaymentProcessor", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    day = models.DateField(help_text="In the agency's zone")
    taken_there = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    taken_here = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    returned_there = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    returned_here = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    # Sentences, the first fifty.
    differences = models.JSONField(default=list)
    differs = models.BooleanField(default=False)
    compared_at = models.DateTimeField()

    class Meta:
        ordering = ["-day", "id"]
        indexes = [models.Index("agency", "day", condition=models.Q(differs=True), name="comparison_differs")]
        constraints = [models.UniqueConstraint("processor", "day", name="comparison_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day}"
