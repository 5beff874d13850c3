"""How did the balance come to be what it is?"""

from django.db import models

from core.tenancy import TenantModel

# What moves money; the other kinds change what is owed.
_money = models.Q(kind__in=["payment", "refund", "chargeback"])


class BalanceEntry(TenantModel):
    """One signed change of one account's balance; append-only, and `current_balance` is their sum.

    A trigger refuses UPDATE and DELETE; another keeps the account's cached balance.
    """

    class Kind(models.TextChoices):
        PLACEMENT = "placement", "Placement"
        PAYMENT = "payment", "Payment"
        REFUND = "refund", "Refund"
        CHARGEBACK = "chargeback", "Chargeback"
        ADJUSTMENT = "adjustment", "Adjustment"
        INTEREST = "interest", "Interest"
        FEE = "fee", "Fee"
        WAIVER = "waiver", "Waiver"

    class Bucket(models.TextChoices):
        PRINCIPAL = "principal", "Principal"
        INTEREST = "interest", "Interest"
        FEES = "fees", "Fees"
        COSTS = "costs", "Costs"

    account = models.ForeignKey(
        "core.Account", on_delete=models.PROTECT, related_name="balance_entries", db_index=False, db_constraint=False
    )
    kind = models.CharField(max_length=12, choices=Kind)
    bucket = models.CharField(max_length=12, choices=Bucket, default=Bucket.PRINCIPAL, db_default=Bucket.PRINCIPAL)
    amount = models.DecimalField(max_digits=12, decimal_places=2, help_text="Positive: the debtor owes more")
    # The id of payments.Payment; no foreign key, because the kernel does not know who moves money.
    payment = models.UUIDField(null=True, editable=False)
    reason = models.CharField(max_length=255, blank=True, default="", db_default="")
    actor = models.ForeignKey("core.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name_plural = "balance entries"
        ordering = ["created_at", "id"]
        indexes = [
            models.Index("account", "created_at", name="balance_entry_account"),
            models.Index("payment", condition=models.Q(payment__isnull=False), name="balance_entry_payment"),
            models.Index("agency", "created_at", "id", condition=_money, name="balance_entry_money"),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(amount=0), name="balance_entry_not_zero"),
            models.UniqueConstraint(
                "account", condition=models.Q(kind="placement"), name="balance_entry_one_placement"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"
