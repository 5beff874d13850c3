"""What did a processor tell us, and was it worked off?"""

from django.db import models

from core.tenancy import TenantModel


class WebhookEvent(TenantModel):
    """One event of one processor, stored before it is worked off, and never twice."""

    processor = models.ForeignKey(
        "payments.PaymentProcessor",
        on_delete=models.PROTECT,
        related_name="events",
        db_index=False,
        db_constraint=False,
    )
    event_id = models.CharField(max_length=100)
    type = models.CharField(max_length=100)
    payload = models.JSONField(default=dict)
    # The payment that it turned out to be about, when it is one of ours.
    payment = models.ForeignKey(
        "payments.Payment", on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    processed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index("agency", models.F("created_at").desc(), models.F("id").desc(), name="webhook_event_newest"),
            models.Index("agency", "next_attempt_at", condition=models.Q(processed_at=None), name="webhook_event_due"),
            models.Index("payment", condition=models.Q(payment__isnull=False), name="webhook_event_payment"),
        ]
        constraints = [models.UniqueConstraint("processor", "event_id", name="webhook_event_once")]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"
