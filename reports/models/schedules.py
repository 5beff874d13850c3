"""Which reports are mailed to whom, when, and what became of each?"""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from core.tenancy import TenantModel


class ReportSchedule(TenantModel):
    """One report of the catalogue, mailed again and again. Periods stay relative: last month is always the last."""

    class Frequency(models.TextChoices):
        DAILY = "daily", "Every day"
        WEEKLY = "weekly", "Every week"
        MONTHLY = "monthly", "Every month"

    class Weekday(models.IntegerChoices):
        MONDAY = 0, "Monday"
        TUESDAY = 1, "Tuesday"
        WEDNESDAY = 2, "Wednesday"
        THURSDAY = 3, "Thursday"
        FRIDAY = 4, "Friday"
        SATURDAY = 5, "Saturday"
        SUNDAY = 6, "Sunday"

    class Format(models.TextChoices):
        PDF = "pdf", "PDF"
        XLSX = "xlsx", "Excel"

    report = models.CharField(max_length=60)
    query = models.TextField(blank=True, default="")
    frequency = models.CharField(max_length=8, choices=Frequency)
    weekday = models.PositiveSmallIntegerField(choices=Weekday, null=True, blank=True)
    # Of a month that has no such day its last one.
    day = models.PositiveSmallIntegerField(null=True, blank=True)
    hour = models.PositiveSmallIntegerField(help_text="0 to 23, on the clock of the agency")
    format = models.CharField(max_length=4, choices=Format)
    # Ids of users; whoever may not see reports any more gets none, so each is judged when it is sent. As text, which
    # the audit log can tell.
    recipients = ArrayField(models.CharField(max_length=36))
    is_active = models.BooleanField(default=True)
    next_run_at = models.DateTimeField(null=True, blank=True, help_text="None while it is paused")
    # Where the pages are, for the links in the mail: a job knows no address of its own.
    site = models.CharField(max_length=200, blank=True, default="")
    made_by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(frequency="daily", weekday=None, day=None)
                | models.Q(frequency="weekly", weekday__range=(0, 6), day=None)
                | models.Q(frequency="monthly", weekday=None, day__range=(1, 31)),
                name="schedule_has_its_day",
            ),
            models.CheckConstraint(condition=models.Q(hour__lte=23), name="schedule_hour_is_of_a_day"),
            models.CheckConstraint(
                condition=models.Q(is_active=True, next_run_at__isnull=False)
                | models.Q(is_active=False, next_run_at=None),
                name="schedule_runs_while_active",
            ),
        ]
        indexes = [models.Index("agency", "next_run_at", name="schedule_due")]

    def __str__(self) -> str:
        return f"{self.report}, {self.get_frequency_display().lower()}"


class ReportDelivery(TenantModel):
    """One mail: a report to one recipient for one due moment. The row is what keeps it from being sent twice."""

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"
        SKIPPED = "skipped", "Not sent"

    schedule = models.ForeignKey(
        ReportSchedule, on_delete=models.CASCADE, related_name="deliveries", db_index=False, db_constraint=False
    )
    due_at = models.DateTimeField()
    recipient = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    status = models.CharField(max_length=8, choices=Status, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True, default="")
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-due_at", "id"]
        verbose_name_plural = "report deliveries"
        constraints = [
            models.UniqueConstraint("schedule", "due_at", "recipient", name="delivered_once_per_due_moment"),
        ]
        indexes = [
            models.Index("agency", "next_attempt_at", condition=models.Q(status="waiting"), name="delivery_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()}, {self.due_at:%Y-%m-%d %H:%M}"
