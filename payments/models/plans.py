"""In which instalments was it agreed to pay, and which of them came?"""

from decimal import Decimal

from django.db import models

from core.tenancy import TenantModel


class PaymentPlan(TenantModel):
    """An agreed schedule of instalments for one account; its rows sum exactly to its total."""

    class Frequency(models.TextChoices):
        WEEKLY = "weekly", "Every week"
        BIWEEKLY = "biweekly", "Every two weeks"
        SEMIMONTHLY = "semimonthly", "Twice a month"
        MONTHLY = "monthly", "Every month"

    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        COMPLETED = "completed", "Completed"
        BROKEN = "broken", "Broken"
        CANCELLED = "cancelled", "Cancelled"

    account = models.ForeignKey(
        "core.Account", on_delete=models.PROTECT, related_name="plans", db_index=False, db_constraint=False
    )
    total = models.DecimalField(max_digits=12, decimal_places=2)
    frequency = models.CharField(max_length=12, choices=Frequency)
    first_due = models.DateField()
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    # None: the debtor pays by himself, and what comes is recorded.
    saved_method = models.ForeignKey(
        "payments.SavedMethod",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    grace_days = models.PositiveSmallIntegerField(default=5)
    reminder_days = models.PositiveSmallIntegerField(default=3)
    # What the debtor agreed to, word for word (Regulation E, 12 CFR 1005.10(b)).
    authorization = models.TextField()
    copy_due = models.BooleanField(default=False, db_default=False, help_text="A copy for the debtor is to be sent")
    made_by = models.ForeignKey("core.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField(max_length=255, blank=True, default="")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index("account", models.F("created_at").desc(), name="plan_account")]
        constraints = [
            models.UniqueConstraint("account", condition=models.Q(status="active"), name="plan_one_active_per_account"),
            models.CheckConstraint(condition=models.Q(total__gt=0), name="plan_total_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.total} {self.get_frequency_display().lower()}"


class Instalment(TenantModel):
    """One row of a plan."""

    class Status(models.TextChoices):
        SCHEDULED = "scheduled", "Scheduled"
        PAID = "paid", "Paid"
        PARTIAL = "partial", "Partly paid"
        BROKEN = "broken", "Broken"
        CANCELLED = "cancelled", "Cancelled"

    plan = models.ForeignKey(
        PaymentPlan, on_delete=models.PROTECT, related_name="instalments", db_index=False, db_constraint=False
    )
    number = models.PositiveSmallIntegerField()
    due_date = models.DateField()
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    paid = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))
    status = models.CharField(max_length=10, choices=Status, default=Status.SCHEDULED)
    reminded_at = models.DateTimeField(null=True, blank=True)
    missed_at = models.DateTimeField(null=True, blank=True, help_text="When its collector was told so")

    class Meta:
        ordering = ["due_date", "number"]
        indexes = [
            models.Index(
                "agency", "due_date", condition=models.Q(status__in=["scheduled", "partial"]), name="instalment_due"
            )
        ]
        constraints = [
            models.UniqueConstraint("plan", "number", name="instalment_number_unique_in_plan"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="instalment_amount_positive"),
            models.CheckConstraint(
                condition=models.Q(paid__gte=0, paid__lte=models.F("amount")), name="instalment_paid_within_amount"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.amount} on {self.due_date}"
