"""How can a debtor pay again without telling his card once more? Never a number, only the processor's references."""

from django.db import models

from core.tenancy import TenantModel


class Customer(TenantModel):
    """What a debtor is called at a processor."""

    processor = models.ForeignKey(
        "payments.PaymentProcessor", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    debtor = models.ForeignKey(
        "core.Debtor", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    ref = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint("processor", "debtor", name="customer_once_per_debtor")]

    def __str__(self) -> str:
        return self.ref


class SavedMethod(TenantModel):
    """A card or bank account that the debtor allowed to be charged again, with the words of his consent
    (Regulation E, 12 CFR 1005.10(b))."""

    class Kind(models.TextChoices):
        CARD = "card", "Card"
        BANK_TRANSFER = "bank_transfer", "Bank account"

    processor = models.ForeignKey(
        "payments.PaymentProcessor", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    debtor = models.ForeignKey(
        "core.Debtor", on_delete=models.PROTECT, related_name="saved_methods", db_index=False, db_constraint=False
    )
    ref = models.CharField(max_length=100)
    kind = models.CharField(max_length=16, choices=Kind)
    brand = models.CharField(max_length=60, blank=True, default="")
    last4 = models.CharField(max_length=4, blank=True, default="")
    expires = models.DateField(null=True, blank=True, help_text="The last day on which the card is valid")
    consent = models.TextField(blank=True, default="")
    is_active = models.BooleanField(default=True)
    saved_by = models.ForeignKey("core.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index("debtor", condition=models.Q(is_active=True), name="saved_method_debtor")]
        constraints = [models.UniqueConstraint("processor", "ref", name="saved_method_once")]

    def __str__(self) -> str:
        return f"{self.brand or self.get_kind_display()} ending in {self.last4}"
