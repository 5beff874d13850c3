"""What does the page of one job show? Read once, for the page and for its progress alone."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone

from core.words import count
from imports.importer import RETRIES
from imports.models import SFTPImportJob
from imports.pages import handing_out_words
from imports.pages.job_lines import JobLines

DONE, NOW, FAILED, LATER = "done", "now", "failed", ""
# The speed shown is that of the last seconds: of the time since a sample that is kept for so long.
SAMPLE_LASTS = timedelta(seconds=5)
# A finished job is asked about further while its file is moved away and its accounts are distributed.
ARCHIVED_WITHIN = timedelta(seconds=60)
Status = SFTPImportJob.Status


@dataclass(frozen=True)
class Seen:
    """What the asking page shows already; it says so in its next question, and the server keeps nothing."""

    phase: str = ""
    errors: int = -1
    # A sample: so many records were done at that moment.
    records: int = 0
    at: datetime | None = None

    @classmethod
    def read(cls, query: QueryDict) -> "Seen":
        """Out of a query string; what is not ours counts as nothing seen."""
        errors, records, at = (_number(query.get(name, "")) for name in ("errors", "records", "at"))
        moment = datetime.fromtimestamp(at / 1000, UTC) if at else None
        return cls(query.get("phase", ""), -1 if errors is None else errors, records or 0, moment)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 13 else None


class JobPage:
    """One job as its page tells it."""

    def __init__(self, job: SFTPImportJob, query: QueryDict) -> None:
        self.job = job
        self.lines = JobLines(job, query)
        self.seen = Seen.read(query)

    @property
    def title(self) -> str:
        """Carries the state, for tabs and screen readers."""
        job = self.job
        if job.is_finished:
            return f"Import {job.get_status_display().lower()}, {job.file_name}"
        return f"Import {job.records_done} of {job.total_records or '…'}, {job.file_name}"

    @property
    def records(self) -> int:
        """The number of records, at least one so that a bar has a length."""
        return self.job.total_records or max(self.job.records_done, 1)

    @property
    def waiting(self) -> int | None:
        """Records still to come; None while they are not counted."""
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
        """Records a second: lately while it runs, on the whole when it is done; 0 when it is too early to say."""
        job, since = self.job, self.seen.at
        if not job.is_finished and since and job.last_progress_at and job.last_progress_at > since:
            lately = (job.records_done - self.seen.records) / (job.last_progress_at - since).total_seconds()
            if lately > 0:
                return round(lately)
        seconds = self.took.total_seconds() if self.took else 0
        return round(job.records_done / seconds) if seconds > 0 else 0

    @property
    def time_left(self) -> timedelta | None:
        """At that speed; None when nothing can be said."""
        if self.job.status != Status.PROCESSING or not self.speed or not self.waiting:
            return None
        return timedelta(seconds=self.waiting / self.speed)

    @property
    def phase(self) -> str:
        """`waiting`, `started`, `half` or `ended`: what is said aloud changes with it alone."""
        job = self.job
        if job.is_finished:
            return "ended"
        if job.status == Status.PENDING:
            return "waiting"
        return "half" if job.total_records and job.records_done * 2 >= job.total_records else "started"

    @property
    def said(self) -> str:
        """The phase as a sentence for who does not see the page."""
        job = self.job
        counts = f"{count(job.processed_ok, 'record')} imported, {count(job.processed_errors, 'error')}"
        return {
            "waiting": "The import waits.",
            "started": "The import has started.",
            "half": f"Half of the file is imported: {counts}.",
            "ended": f"The import is {job.get_status_display().lower()}: {counts}.",
        }[self.phase]

    @property
    def is_new_phase(self) -> bool:
        """Does the asking page show another phase?"""
        return self.seen.phase != self.phase

    @property
    def has_new_errors(self) -> bool:
        """Does the asking page show other errors, or must it show that there are no more to come?"""
        return self.seen.errors != self.job.processed_errors or self.is_new_phase

    @property
    def is_moving(self) -> bool:
        """Is there something to wait for: records, the file's way into its folder, or the accounts' to their desks?"""
        job = self.job
        if not job.is_finished:
            return True
        recent = job.completed_at is not None and timezone.now() - job.completed_at < ARCHIVED_WITHIN
        return recent and (self._archived() == NOW or "waits" in job.distribution)

    @property
    def next_question(self) -> str:
        """The query string that asks for the next progress."""
        job, seen = self.job, self.seen
        records, at = seen.records, seen.at
        if job.last_progress_at and (at is None or job.last_progress_at - at > SAMPLE_LASTS):
            records, at = job.records_done, job.last_progress_at
        told: dict[str, str | int] = {"phase": self.phase, "errors": job.processed_errors, "records": records}
        return urlencode(told | ({"at": int(at.timestamp() * 1000)} if at else {}))

    @property
    def tries(self) -> tuple[int, int] | None:
        """How often it failed by our own trouble, and after how often it is given up; None while it did not."""
        return (self.job.failures, RETRIES + 1) if self.job.failures and not self.job.is_finished else None

    @property
    def distribution(self) -> str:
        """What became of its new accounts by themselves, as a sentence; empty when nothing did."""
        return handing_out_words.sentence(self.job.distribution) if self.job.created_count else ""

    @property
    def can_be_retried(self) -> bool:
        """Is it failed, with its file at hand?"""
        return self.job.status == Status.FAILED and bool(self.job.stored_file)

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
        return NOW if self.job.is_finished and self.job.feed_id else LATER


def carries_on(job: SFTPImportJob) -> str:
    """Where a retried job goes on, as a sentence."""
    if not job.records_done:
        return "It begins with the first row."
    return f"It carries on behind row {job.records_done:,}."
