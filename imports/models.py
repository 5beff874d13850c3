"""Where do files come from, what became of each file, and of each of its lines?"""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower

from core.encryption import EncryptedTextField
from core.tenancy import TenantModel
from imports.mapping import NOTHING, Spec


class Format(models.TextChoices):
    """How rows are written in a file; each has its reader in `imports.formats`."""

    CSV = "csv", "Table with a header (CSV, Excel)"
    FIXED_WIDTH = "fixed_width", "Fixed width by a column layout"


class SFTPFeed(TenantModel):
    """A folder on a creditor's SFTP server that is looked into again and again."""

    name = models.CharField(max_length=200)
    creditor = models.ForeignKey(
        "core.Creditor",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="feeds",
        db_index=False,
        help_text="For rows that name no creditor.",
        db_constraint=False,
    )
    host = models.CharField(max_length=255)
    port = models.PositiveIntegerField(default=22, validators=[MinValueValidator(1), MaxValueValidator(65_535)])
    username = models.CharField(max_length=200)
    password = EncryptedTextField(blank=True, default="")
    private_key = EncryptedTextField(blank=True, default="", help_text="In OpenSSH or PEM form, without passphrase.")
    host_key = models.TextField(help_text="The server's public key as in known_hosts: ssh-ed25519 AAAA…")
    remote_dir = models.CharField(max_length=500, default="incoming")
    processed_dir = models.CharField(max_length=500, default="processed")
    failed_dir = models.CharField(max_length=500, default="failed")
    pattern = models.CharField(max_length=200, default="*.csv", help_text="Names that match are imported: *.csv")
    format = models.CharField(max_length=20, choices=Format, default=Format.CSV)
    # Empty: no acknowledgment files are sent back.
    outgoing_dir = models.CharField(
        max_length=500, blank=True, default="", help_text="Where acknowledgment files are put; empty: nowhere."
    )
    # The version in force; each job keeps the one that it was read by.
    mapping = models.ForeignKey(
        "imports.Mapping",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    is_active = models.BooleanField(default=True)
    # Failed polls in a row, and when the next try is: before the feed's usual turn while few (SPEC §5.10).
    failures = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    retry_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_polled_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_error = models.TextField(blank=True, default="", editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "SFTP feed"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "agency",
                Lower("name"),
                name="feed_name_unique_in_agency",
                violation_error_message="The agency has a feed of this name already.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Mapping(TenantModel):
    """One version of how a creditor's columns are read (`imports.mapping.Spec`). Never changed, so a job tells later
    how its file was read."""

    feed = models.ForeignKey(
        SFTPFeed,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="mappings",
        db_index=False,
        db_constraint=False,
    )
    version = models.PositiveIntegerField(default=1)
    content = models.JSONField(default=dict)
    made_by = models.ForeignKey("core.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        ordering = ["feed", "-version"]
        constraints = [
            models.UniqueConstraint(
                "feed", "version", condition=models.Q(feed__isnull=False), name="mapping_version_once_per_feed"
            ),
        ]

    def __str__(self) -> str:
        return f"Mapping, version {self.version}"

    @property
    def spec(self) -> Spec:
        """What it says."""
        return Spec.model_validate(self.content)


class SFTPImportJob(TenantModel):
    """One file, from the moment it was fetched: the row holds the state, any worker can carry on from it."""

    class Status(models.TextChoices):
        PENDING = "pending", "Pending"
        PROCESSING = "processing", "Processing"
        COMPLETED = "completed", "Completed"
        FAILED = "failed", "Failed"

    UNFINISHED = (Status.PENDING, Status.PROCESSING)

    # None: the file did not come by SFTP.
    feed = models.ForeignKey(
        SFTPFeed,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="jobs",
        db_index=False,
        db_constraint=False,
    )
    creditor = models.ForeignKey(
        "core.Creditor",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    format = models.CharField(max_length=20, choices=Format, default=Format.CSV)
    # None: columns are found by their names.
    mapping = models.ForeignKey(
        Mapping,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="jobs",
        db_index=False,
        db_constraint=False,
    )
    # How the file turned out to be written, in words: "Windows-1252, semicolon".
    dialect = models.CharField(max_length=200, blank=True, default="")
    uploaded_by = models.ForeignKey(
        "core.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    source_host = models.CharField(max_length=255, blank=True, default="")
    # As the sender named it: shown, matched, never used as a path of ours.
    file_name = models.CharField(max_length=1024)
    file_size = models.BigIntegerField()
    file_sha256 = models.CharField(max_length=64, blank=True, default="")
    remote_mtime = models.BigIntegerField(null=True, blank=True)
    stored_file = models.CharField(max_length=255, blank=True, default="")
    status = models.CharField(max_length=12, choices=Status, default=Status.PENDING)
    total_records = models.PositiveIntegerField(null=True, blank=True)
    processed_ok = models.PositiveIntegerField(default=0, db_default=0)
    processed_errors = models.PositiveIntegerField(default=0, db_default=0)
    created_count = models.PositiveIntegerField(default=0, db_default=0)
    updated_count = models.PositiveIntegerField(default=0, db_default=0)
    unchanged_count = models.PositiveIntegerField(default=0, db_default=0)
    # Of the accepted rows as the file has them: the control total of the acknowledgment.
    accepted_amount = models.DecimalField(max_digits=16, decimal_places=2, default=0, db_default=0)
    error_details = models.TextField(blank=True, default="", help_text="Why the file was refused, or not finished")
    # Tries that ended with an error of ours (the database away, a full disk), and when the next one is due.
    failures = models.PositiveSmallIntegerField(default=0, db_default=0)
    retry_at = models.DateTimeField(null=True, blank=True)
    # Starts since the last committed batch: a file that kills its worker is given up, see importer.MAX_STARTS.
    starts = models.PositiveSmallIntegerField(default=0, db_default=0)
    started_at = models.DateTimeField(null=True, blank=True)
    last_progress_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    archive_error = models.TextField(blank=True, default="")
    acknowledged_at = models.DateTimeField(null=True, blank=True, help_text="When the acknowledgment was sent back")
    # What automatic distribution did with its new accounts: {"waits": true} until it ran, then `handing_out.Told`.
    distribution = models.JSONField(
        default=dict, db_default=models.Value({}, output_field=models.JSONField()), editable=False
    )

    class Meta:
        verbose_name = "import job"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                "feed",
                "file_name",
                "file_size",
                "remote_mtime",
                condition=models.Q(feed__isnull=False),
                name="import_job_once_per_remote_file",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    processed_ok=models.F("created_count") + models.F("updated_count") + models.F("unchanged_count")
                ),
                name="import_job_counts_add_up",
            ),
        ]
        indexes = [
            models.Index("agency", "status", "created_at", name="import_job_status_created"),
            models.Index("agency", models.F("created_at").desc(), models.F("id").desc(), name="import_job_newest"),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def spec(self) -> Spec:
        """How its file is read."""
        return self.mapping.spec if self.mapping else NOTHING

    @property
    def records_done(self) -> int:
        """Records that are committed; work goes on behind them."""
        return self.processed_ok + self.processed_errors

    @property
    def is_finished(self) -> bool:
        """Will nothing more happen to it?"""
        return self.status not in self.UNFINISHED


class ImportedRecord(TenantModel):
    """What became of one line of a file; every line is accounted for."""

    class Outcome(models.TextChoices):
        CREATED = "created", "Created"
        UPDATED = "updated", "Updated"
        UNCHANGED = "unchanged", "Unchanged"
        REJECTED = "rejected", "Rejected"

    job = models.ForeignKey(
        SFTPImportJob, on_delete=models.PROTECT, related_name="records", db_index=False, db_constraint=False
    )
    line_number = models.PositiveIntegerField(help_text="Where the record begins in the file; the header is line 1")
    account = models.ForeignKey(
        "core.Account", on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    external_ref = models.CharField(max_length=100, blank=True, default="", help_text="Of rejected lines only")
    outcome = models.CharField(max_length=10, choices=Outcome)
    errors = models.JSONField(default=list, help_text="[{field, code, message, value}]")
    changes = models.JSONField(default=dict, help_text="{field: {old, new}}")

    class Meta:
        ordering = ["job", "line_number"]
        constraints = [
            models.UniqueConstraint("job", "line_number", name="imported_record_once_per_line"),
        ]
        indexes = [
            models.Index("job", "line_number", condition=models.Q(outcome="rejected"), name="imported_record_rejected"),
        ]

    def __str__(self) -> str:
        return f"Line {self.line_number}: {self.get_outcome_display()}"


class Upload(TenantModel):
    """A file that somebody brought by browser, looked at and tried out before it becomes a job."""

    class Trial(models.TextChoices):
        """The dry run."""

        NOT_RUN = "", "Not tried yet"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    file_name = models.CharField(max_length=1024)
    file_size = models.BigIntegerField()
    file_sha256 = models.CharField(max_length=64)
    stored_file = models.CharField(max_length=255)
    creditor = models.ForeignKey(
        "core.Creditor",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    format = models.CharField(max_length=20, choices=Format, default=Format.CSV)
    content = models.JSONField(default=dict, help_text="The mapping as edited so far")
    uploaded_by = models.ForeignKey("core.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    trial = models.CharField(max_length=8, choices=Trial, blank=True, default=Trial.NOT_RUN)
    # {"records", "created", "updated", "unchanged", "rejected", "refusal", "examples"}
    trial_result = models.JSONField(default=dict)
    # The dry run's last sign of life (at first when it was asked for), and how often a worker took it up.
    trial_heard_at = models.DateTimeField(null=True, blank=True)
    trial_starts = models.PositiveSmallIntegerField(default=0, db_default=0)
    job = models.OneToOneField(
        SFTPImportJob,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="upload",
        db_constraint=False,
    )

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index("agency", "created_at", name="upload_created")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def spec(self) -> Spec:
        """The mapping as edited so far."""
        return Spec.model_validate(self.content)
