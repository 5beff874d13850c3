"""Which files has somebody asked for, and what became of them?"""

from django.db import models
from django.db.models.functions import MD5
from django.utils import timezone

from core.tenancy import TenantModel

_UNFINISHED = models.Q(status__in=["waiting", "running"])


class Export(TenantModel):
    """One list or report as a file, for who asked for it: the row holds the state, any worker can take it up."""

    class Format(models.TextChoices):
        CSV = "csv", "CSV"
        XLSX = "xlsx", "Excel"

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    UNFINISHED = (Status.WAITING, Status.RUNNING)

    requested_by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    # What `core.exportable` knows by this name, and the page's query string, which it reads.
    source = models.CharField(max_length=60)
    query = models.TextField(blank=True, default="")
    format = models.CharField(max_length=4, choices=Format)
    title = models.CharField(max_length=200)
    status = models.CharField(max_length=9, choices=Status, default=Status.WAITING)
    rows_done = models.PositiveIntegerField(default=0, db_default=0)
    rows_expected = models.PositiveIntegerField(null=True, blank=True)
    # Written down before the file is stored, so that what a killed worker left is found.
    stored_file = models.CharField(max_length=255, blank=True, default="")
    file_size = models.BigIntegerField(null=True, blank=True)
    error = models.TextField(blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="When the file is deleted")

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            # A double click asks once.
            models.UniqueConstraint(
                "requested_by",
                "source",
                MD5("query"),
                "format",
                condition=_UNFINISHED,
                name="export_made_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="done") | models.Q(expires_at__isnull=False), name="export_done_expires"
            ),
        ]
        indexes = [
            models.Index("agency", "requested_by", "created_at", "id", name="export_of_user"),
            models.Index("agency", "created_at", "id", condition=_UNFINISHED, name="export_unfinished"),
            models.Index("agency", "expires_at", condition=~models.Q(stored_file=""), name="export_expiring"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.get_format_display()})"

    @property
    def is_unfinished(self) -> bool:
        """Is it still to be made?"""
        return self.status in self.UNFINISHED

    @property
    def is_there(self) -> bool:
        """Is its file there to be downloaded?"""
        alive = self.expires_at is not None and self.expires_at > timezone.now()
        return self.status == self.Status.DONE and bool(self.stored_file) and alive
