"""Who has which account open, which lists do people come back to, and which bulk acts can be undone?"""

from django.db import models
from django.db.models.functions import Lower

from core.tenancy import TenantModel


class Lease(TenantModel):
    """An account that somebody has open: nobody else is given it until the time is over."""

    account = models.OneToOneField("core.Account", on_delete=models.CASCADE, related_name="lease", db_constraint=False)
    holder = models.ForeignKey("core.User", on_delete=models.CASCADE, related_name="+", db_index=False)
    until = models.DateTimeField()
    # Where it stood in the queue when it was given: "Next" goes on behind it, although working it moves it.
    place = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index("agency", "holder", "until", name="lease_holder")]

    def __str__(self) -> str:
        return f"{self.holder} until {self.until:%H:%M}"


class SavedView(TenantModel):
    """A name for a query of the worklist; private, or shared with the agency."""

    owner = models.ForeignKey("core.User", on_delete=models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=2000, blank=True, default="", help_text="Normalised query string")
    is_shared = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "agency",
                "owner",
                Lower("name"),
                name="saved_view_name_once_per_owner",
                violation_error_message="You have a view of this name already.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BulkAct(TenantModel):
    """What somebody did to many accounts at once, kept for as long as it can be undone.

    A table and not the session: ten thousand accounts with where they stood would be read with every request.
    """

    class Kind(models.TextChoices):
        ASSIGNMENT = "assignment", "Assignment"
        PRIORITY = "priority", "Priority"

    owner = models.ForeignKey("core.User", on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=12, choices=Kind)
    done_at = models.DateTimeField()
    # One list an account: its id, what it was and what it became.
    accounts = models.JSONField(default=list)
    # How many were put back; None while nothing was undone.
    undone = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = [models.Index("agency", "owner", "done_at", name="bulk_act_owner")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {len(self.accounts)} accounts"
