"""For how much less than the balance would the account be settled?"""

from decimal import Decimal

from django.db import models

from core.tenancy import TenantModel


class SettlementOffer(TenantModel):
    """An offer to take part of the balance for all of it; the rest is waived when the offered amount has come."""

    class Status(models.TextChoices):
        AWAITING = "awaiting", "Awaiting approval"
        OFFERED = "offered", "Offered"
        ACCEPTED = "accepted", "Accepted"
        PAID = "paid", "Paid"
        BROKEN = "broken", "Broken"
        EXPIRED = "expired", "Expired"
        WITHDRAWN = "withdrawn", "Withdrawn"
        REFUSED = "refused", "Not approved"

    account = models.ForeignKey(
        "core.Account", on_delete=models.PROTECT, related_name="settlement_offers", db_index=False, db_constraint=False
    )
    balance = models.DecimalField(max_digits=12, decimal_places=2, help_text="What was owed when it was made")
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    instalments = models.PositiveSmallIntegerField(default=1)
    expires_on = models.DateField()
    note = models.CharField(max_length=255, blank=True, default="", db_default="", help_text="Why so little")
    status = models.CharField(max_length=10, choices=Status)
    made_by = models.ForeignKey("core.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    decided_by = models.ForeignKey("core.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    decided_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    plan = models.ForeignKey(
        "payments.PaymentPlan",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    received = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))
    waived = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))
    # The offered amount had come once; should it be taken back and come again, the rest is waived again.
    was_paid = models.BooleanField(default=False, db_default=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index("account", models.F("created_at").desc(), name="settlement_account"),
            models.Index("agency", "status", "created_at", "id", name="settlement_status"),
            models.Index(
                "agency",
                "created_at",
                "id",
                condition=~models.Q(status__in=["awaiting", "offered", "accepted"]),
                name="settlement_ended",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                "account",
                condition=models.Q(status__in=["awaiting", "offered", "accepted"]),
                name="settlement_one_open_per_account",
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gt=0, amount__lt=models.F("balance")), name="settlement_is_less_than_balance"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} for {self.balance}"
