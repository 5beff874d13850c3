"""What happened on an account, in order?"""

from django.db import models

from core.tenancy import TenantModel


class Activity(TenantModel):
    """One event of an account's timeline; append-only (a trigger refuses UPDATE and DELETE)."""

    class Kind(models.TextChoices):
        NOTE = "note", "Note"
        STATUS = "status", "Status"
        ASSIGNMENT = "assignment", "Assignment"
        CONTACT = "contact", "Contact"
        PAYMENT = "payment", "Payment"
        PROMISE = "promise", "Promise"
        IMPORT = "import", "Import"
        BALANCE = "balance", "Balance"
        HOLD = "hold", "Hold"
        SYSTEM = "system", "System"

    account = models.ForeignKey(
        "core.Account", on_delete=models.PROTECT, related_name="activities", db_index=False, db_constraint=False
    )
    kind = models.CharField(max_length=12, choices=Kind)
    # None: the system did it.
    actor = models.ForeignKey("core.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    body = models.TextField(blank=True, default="", db_default="")
    data = models.JSONField(default=dict, db_default=models.Value("{}", output_field=models.JSONField()))

    class Meta:
        verbose_name_plural = "activities"
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index("account", models.F("created_at").desc(), models.F("id").desc(), name="activity_timeline")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.body[:60]}"
