"""What does the page of one job show? Read once, for the page and for its progress alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from imports.models import ImportedRecord, SFTPImportJob

LINES = 50
DONE, NOW, FAILED, LATER = "done", "now", "failed", ""
Status = SFTPImportJob.Status


@dataclass(frozen=True)
class Refusal:
    """One reason why one line was rejected."""

    line: int
    reference: str
    field: str
    value: str
    message: str


@dataclass(frozen=True)
class JobPage:
    """One job as its page tells it."""

    job: SFTPImportJob
    refusals: list[Refusal]
    after: int
    next_after: int | None

    @property
    def title(self) -> str:
        """Carries the state, for tabs and screen readers."""
        job = self.job
        if job.is_finished:
            return f"Import {job.get_status_display().lower()}, {job.file_name}"
        return f"Import {job.records_done} of {job.total_records or '…'}, {job.file_name}"

    @property
    def rows(self) -> int:
        """The number of rows, at least one so that a bar has a length."""
        return self.job.total_records or max(self.job.records_done, 1)

    @property
    def imported(self) -> int:
        """Rows that were accepted."""
        return self.job.processed_ok

    @property
    def waiting(self) -> int | None:
        """Rows still to come; None while they are not counted."""
        total = self.job.total_records
        return None if total is None else total - self.job.records_done

    @property
    def took(self) -> timedelta | None:
        """From start to end, or until now."""
        if self.job.started_at is None:
            return None
        return (self.job.completed_at or timezone.now()) - self.job.started_at

    @property
    def speed(self) -> int:
        """Rows a second; 0 when it was too short to say."""
        seconds = self.took.total_seconds() if self.took else 0
        return int(self.job.records_done / seconds) if seconds > 0 else 0

    @property
    def time_left(self) -> timedelta | None:
        """At the speed so far; None when nothing can be said."""
        if self.job.is_finished or not self.speed or not self.waiting:
            return None
        return timedelta(seconds=self.waiting / self.speed)

    @property
    def steps(self) -> list[tuple[str, str]]:
        """The file's way, with what is done, under way, or failed."""
        job = self.job
        counted = job.total_records is not None
        ended = {Status.COMPLETED: DONE, Status.FAILED: FAILED}.get(Status(job.status))
        under_way = NOW if job.status == Status.PROCESSING else LATER
        steps = [
            ("Receive", DONE),
            ("Look through", DONE if counted else ended or under_way),
            ("Import rows", (ended or under_way) if counted else LATER),
        ]
        if job.feed_id:
            steps.append(("Archive", self._archived()))
        return steps

    def _archived(self) -> str:
        if self.job.archived_at:
            return DONE
        if self.job.archive_error:
            return FAILED
        return NOW if self.job.is_finished else LATER


def page_of(job: SFTPImportJob, after: str = "") -> JobPage:
    """The page, with the rejected lines behind line `after` (as the query string has it)."""
    line = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0
    rejected = ImportedRecord.objects.filter(job=job, outcome=ImportedRecord.Outcome.REJECTED, line_number__gt=line)
    records = list(rejected.order_by("line_number")[: LINES + 1])
    shown = records[:LINES]
    more = shown[-1].line_number if len(records) > LINES else None
    return JobPage(job, [refusal for record in shown for refusal in _refusals(record)], line, more)


def _refusals(record: ImportedRecord) -> Iterator[Refusal]:
    for error in record.errors:
        yield Refusal(record.line_number, record.external_ref, error["field"], error["value"] or "", error["message"])
