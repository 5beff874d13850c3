"""What was taken, given back, or taken back by a bank?"""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models

from core.tenancy import TenantModel

_UNDECIDED = models.Q(status__in=["pending", "unknown"])


class Payment(TenantModel):
    """One payment on one account. Its effect on the balance is entries that name it (core.BalanceEntry.payment)."""

    class Status(models.TextChoices):
        PENDING = "pending", "Pending"
        COMPLETED = "completed", "Completed"
        FAILED = "failed", "Failed"
        REFUNDED = "refunded", "Refunded"
        UNKNOWN = "unknown", "Unknown"

    class Method(models.TextChoices):
        CARD = "card", "Card"
        BANK_TRANSFER = "bank_transfer", "Bank transfer"
        CHECK = "check", "Check"
        CASH = "cash", "Cash"

    class WaitsFor(models.TextChoices):
        """What a payment that is pending waits for."""

        NOTHING = "", "Nothing"
        WORKER = "worker", "Our worker"
        DETAILS = "details", "The card or bank details"
        ACTION = "action", "The debtor’s confirmation with his bank"
        BANK = "bank", "The bank"
        GATEWAY = "gateway", "The processor’s answer"
        RETRY = "retry", "The next try"

    account = models.ForeignKey(
        "core.Account", on_delete=models.PROTECT, related_name="payments", db_index=False, db_constraint=False
    )
    processor = models.ForeignKey(
        "payments.PaymentProcessor",
        on_delete=models.PROTECT,
        related_name="payments",
        db_index=False,
        db_constraint=False,
    )
    instalment = models.ForeignKey(
        "payments.Instalment",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="payments",
        db_index=False,
        db_constraint=False,
    )
    saved_method = models.ForeignKey(
        "payments.SavedMethod",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    amount = models.DecimalField(max_digits=12, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))])
    method = models.CharField(max_length=16, choices=Method)
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    waits_for = models.CharField(max_length=10, choices=WaitsFor, blank=True, default="")
    refunded_amount = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))
    charged_back_amount = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))
    # Held, but more than was owed (SPEC §7.8): kept by `completing`, so that what is due to debtors is found by index.
    credit = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0), db_default=Decimal(0))
    # Who had the account on his desk when it was completed, and his share at that moment; both stand from then on.
    collector = models.ForeignKey(
        "core.Collector",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    commission_rate = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True)
    processor_ref = models.CharField(max_length=100, blank=True, default="")
    idempotency_key = models.CharField(max_length=100)
    failure_code = models.CharField(max_length=100, blank=True, default="")
    failure_message = models.CharField(max_length=500, blank=True, default="")
    # What the processor told: brand, last4, charge, receipt; of a payment recorded by hand its reference.
    metadata = models.JSONField(default=dict, blank=True)
    received_on = models.DateField(null=True, blank=True, help_text="The day on which a check or cash came")
    taken_by = models.ForeignKey("core.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    looked_up_at = models.DateTimeField(null=True, blank=True, help_text="When the processor was last asked about it")
    completed_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index("account", models.F("created_at").desc(), name="payment_account"),
            models.Index("agency", "status", "created_at", "id", name="payment_status_created"),
            models.Index("agency", "created_at", "id", name="payment_created"),
            models.Index("agency", "collector", "completed_at", name="payment_collector"),
            models.Index("agency", "next_attempt_at", condition=_UNDECIDED, name="payment_undecided"),
            models.Index("agency", "created_at", "id", condition=models.Q(credit__gt=0), name="payment_credit"),
        ]
        constraints = [
            models.UniqueConstraint("agency", "idempotency_key", name="payment_once_per_key"),
            models.UniqueConstraint(
                "processor", "processor_ref", condition=~models.Q(processor_ref=""), name="payment_once_per_charge"
            ),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="payment_amount_positive"),
            models.CheckConstraint(
                condition=models.Q(refunded_amount__gte=0, refunded_amount__lte=models.F("amount")),
                name="payment_refunds_within_amount",
            ),
            models.CheckConstraint(
                condition=models.Q(charged_back_amount__gte=0, charged_back_amount__lte=models.F("amount")),
                name="payment_chargebacks_within_amount",
            ),
            models.CheckConstraint(
                condition=models.Q(completed_at=None) | models.Q(status__in=["completed", "refunded"]),
                name="payment_completed_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_method_display()} {self.amount}"

    @property
    def was_taken(self) -> bool:
        """Did the money come, whatever happened to it later?"""
        return self.status in (self.Status.COMPLETED, self.Status.REFUNDED)

    @property
    def is_undecided(self) -> bool:
        """Is it not known yet whether the money comes?"""
        return self.status in (self.Status.PENDING, self.Status.UNKNOWN)

    @property
    def held(self) -> Decimal:
        """What we hold of it now: taken, and not given back nor taken back. Never negative."""
        if not self.was_taken:
            return Decimal(0)
        return max(self.amount - self.refunded_amount - self.charged_back_amount, Decimal(0))


class Refund(TenantModel):
    """Money of one payment given back."""

    class Status(models.TextChoices):
        PENDING = "pending", "Pending"
        COMPLETED = "completed", "Completed"
        FAILED = "failed", "Failed"

    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="refunds", db_index=False, db_constraint=False
    )
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    reason = models.CharField(max_length=255, blank=True, default="")
    # Nobody: it was made at the processor.
    requested_by = models.ForeignKey("core.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    processor_ref = models.CharField(max_length=100, blank=True, default="")
    idempotency_key = models.CharField(max_length=100)
    failure_code = models.CharField(max_length=100, blank=True, default="")
    failure_message = models.CharField(max_length=500, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [
            models.Index("payment", "created_at", name="refund_payment"),
            models.Index("agency", "created_at", "id", condition=models.Q(status="failed"), name="refund_failed"),
        ]
        constraints = [
            models.UniqueConstraint("agency", "idempotency_key", name="refund_once_per_key"),
            models.UniqueConstraint(
                "payment", "processor_ref", condition=~models.Q(processor_ref=""), name="refund_once_per_ref"
            ),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="refund_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"Refund of {self.amount}"


class Chargeback(TenantModel):
    """Money of one payment that the debtor's bank took, or asks, back; a bank debit's return is one as well."""

    class Status(models.TextChoices):
        INQUIRY = "inquiry", "Inquiry"  # nothing is taken yet
        OPEN = "open", "Open"
        WON = "won", "Won"
        LOST = "lost", "Lost"

    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="chargebacks", db_index=False, db_constraint=False
    )
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    status = models.CharField(max_length=10, choices=Status)
    reason = models.CharField(max_length=100, blank=True, default="")
    processor_ref = models.CharField(max_length=100)
    opened_at = models.DateTimeField(db_default=models.functions.Now())
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [
            models.Index(
                "agency", "opened_at", "id", condition=models.Q(status__in=["inquiry", "open"]), name="chargeback_open"
            )
        ]
        constraints = [
            models.UniqueConstraint("payment", "processor_ref", name="chargeback_once_per_ref"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="chargeback_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"Chargeback of {self.amount}"
