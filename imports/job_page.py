"""What does the page of one import job say?"""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone

from imports.models import ImportedRecord, SFTPImportJob

PER_PAGE = 50
HAPPENED = ("Download", "Validate and import", "Archive")


@dataclass(frozen=True)
class Refusal:
    """One reason why a line was refused."""

    line: int
    reference: str
    field: str
    value: str
    message: str


class JobPage:
    """One job with its figures in words, and one page of its refused lines."""

    def __init__(self, job: SFTPImportJob, query: QueryDict) -> None:
        self.job = job
        after = query.get("after", "")
        self.after = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0

    @property
    def imported(self) -> int:
        return self.job.processed_ok

    @property
    def waiting(self) -> int | None:
        """Rows that are still to come; None while the file has not been counted."""
        total = self.job.total_records
        return None if total is None else max(total - self.job.records_done, 0)

    @property
    def rows(self) -> int:
        """The bar's whole: rows of the file, or those done while it has not been counted."""
        return max(self.job.total_records or 0, self.job.records_done)

    @property
    def took(self) -> timedelta | None:
        if self.job.started_at is None:
            return None
        return (self.job.completed_at or timezone.now()) - self.job.started_at

    @property
    def speed(self) -> int | None:
        """Rows a second so far."""
        took = self.took
        return int(self.job.records_done / took.total_seconds()) if took and took.total_seconds() > 0.2 else None

    @property
    def time_left(self) -> timedelta | None:
        if self.job.is_finished or not self.waiting or not self.speed:
            return None
        return timedelta(seconds=self.waiting / self.speed)

    @property
    def title(self) -> str:
        """Title of the page: carries the state."""
        job = self.job
        if job.is_finished:
            return f"{job.get_status_display()}, {job.file_name}"
        return f"Import {job.records_done:,} of {job.total_records or '…'}, {job.file_name}"

    @property
    def steps(self) -> list[tuple[str, str]]:
        """(step, state) with state `done`, `now`, `failed` or `waiting`."""
        job = self.job
        reading = {"pending": "waiting", "processing": "now", "completed": "done", "failed": "failed"}[job.status]
        archive = "done" if job.archived_at else ("failed" if job.archive_error else "waiting")
        states = ["done", reading, archive]
        return list(zip(HAPPENED, states, strict=True))[: 3 if job.feed_id else 2]

    @cached_property
    def _records(self) -> list[ImportedRecord]:
        records: QuerySet[ImportedRecord] = ImportedRecord.objects.filter(
            job=self.job, outcome=ImportedRecord.Outcome.REJECTED, line_number__gt=self.after
        ).order_by("line_number")
        return list(records[: PER_PAGE + 1])

    @cached_property
    def refusals(self) -> list[Refusal]:
        """One line a reason, in the order of the file."""
        return [
            Refusal(
                record.line_number,
                record.external_ref,
                error.get("field", ""),
                str(error.get("value", "")),
                error.get("message", ""),
            )
            for record in self._records[:PER_PAGE]
            for error in record.errors
        ]

    @property
    def next_after(self) -> int | None:
        """The line after which the next page begins; None on the last page."""
        return self._records[PER_PAGE - 1].line_number if len(self._records) > PER_PAGE else None
