"""What forbids contact or collection for now?"""

from django.db import models

from core.tenancy import TenantModel


class Hold(TenantModel):
    """Blocks contact and collection of an account or of a whole debtor; not a status, and several may stand."""

    class Kind(models.TextChoices):
        DISPUTE = "dispute", "Dispute"
        CEASE = "cease", "Cease communication"
        ATTORNEY = "attorney", "Represented by an attorney"
        BANKRUPTCY = "bankruptcy", "Bankruptcy"
        DECEASED = "deceased", "Deceased"
        FRAUD = "fraud", "Fraud or identity theft"
        MILITARY = "military", "Military service"
        RECALL = "recall", "Recall pending"

    account = models.ForeignKey(
        "core.Account", on_delete=models.PROTECT, null=True, blank=True, related_name="holds", db_constraint=False
    )
    debtor = models.ForeignKey(
        "core.Debtor", on_delete=models.PROTECT, null=True, blank=True, related_name="holds", db_constraint=False
    )
    kind = models.CharField(max_length=12, choices=Kind)
    reason = models.CharField(max_length=500, blank=True, default="")
    placed_at = models.DateTimeField(db_default=models.functions.Now())
    placed_by = models.ForeignKey("core.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        "core.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    # The status to go back to when a dispute is resolved is not kept here: SPEC §4 sends it to in_contact.

    class Meta:
        ordering = ["-placed_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(account__isnull=False, debtor__isnull=True)
                | models.Q(account__isnull=True, debtor__isnull=False),
                name="hold_is_on_an_account_or_a_debtor",
            ),
            models.UniqueConstraint(
                "account", "kind", condition=models.Q(lifted_at__isnull=True), name="hold_once_per_account"
            ),
            models.UniqueConstraint(
                "debtor", "kind", condition=models.Q(lifted_at__isnull=True), name="hold_once_per_debtor"
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
