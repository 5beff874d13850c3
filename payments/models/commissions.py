"""What did a collector earn, and what was taken back?"""

from django.db import models

from core.tenancy import TenantModel


class Commission(TenantModel):
    """One signed change of a collector's commission by one payment; append-only."""

    collector = models.ForeignKey(
        "core.Collector", on_delete=models.PROTECT, related_name="commissions", db_index=False, db_constraint=False
    )
    payment = models.ForeignKey(
        "payments.Payment", on_delete=models.PROTECT, related_name="commissions", db_index=False, db_constraint=False
    )
    base = models.DecimalField(max_digits=12, decimal_places=2, help_text="What the payment changed the balance by")
    rate = models.DecimalField(max_digits=5, decimal_places=4)
    amount = models.DecimalField(max_digits=12, decimal_places=2, help_text="Negative: clawed back")

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [
            models.Index("agency", "collector", "created_at", name="commission_collector"),
            models.Index("payment", name="commission_payment"),
        ]

    def __str__(self) -> str:
        return str(self.amount)
