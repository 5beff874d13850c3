"""How does a file become accounts, exactly once, whatever dies on the way?

The job's row says how many records are committed; each batch moves that number in the transaction that applies it,
so a worker that takes over carries on behind the last committed batch. A job is worked on by the one process that
holds its claim.
"""

import errno
from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO
from uuid import UUID

import structlog
from django.db import DatabaseError, connection
from django.db.models import F, Q
from django.utils import timezone

from core import audit, claims, clock, crossings, jobs, storage, tenancy
from core.models import AuditLog, Creditor, User
from imports import applying, batches, formats, handing_out, header_search, lookthrough, rows
from imports.columns import Columns, understand
from imports.mapping import Spec
from imports.models import SFTPImportJob

PROCESS = "imports.importer.process"
ARCHIVE = "imports.fetching.archiving.archive"
# Starts without a single committed batch, then the file is given up: it kills its worker.
MAX_STARTS = 5
# After an error of ours (SPEC §5.10).
RETRIES, RETRY_SECONDS = 2, 120
# A job that nobody holds and that did not move for so long was abandoned; one that never started may just be queued.
ABANDONED_AFTER = timedelta(seconds=30)
FORGOTTEN_AFTER = timedelta(minutes=10)

log = structlog.get_logger(__name__)
Status = SFTPImportJob.Status


class LostJob(RuntimeError):
    """Somebody else moved the job on: what we prepared is not applied."""


def enqueue(job: SFTPImportJob) -> None:
    """Have the worker process the job, once the caller's transaction commits."""
    jobs.enqueue(PROCESS, str(job.pk))


def process(job_id: str | UUID) -> None:
    """Import the job's file, or what is left of it. Does nothing when it is finished or in other hands."""
    key = UUID(str(job_id))
    with claims.claimed(claims.IMPORT_JOB, key) as mine, structlog.contextvars.bound_contextvars(import_job=str(key)):
        if mine and (job := _start(key)):
            try:
                _import(job)
            except LostJob:
                log.info("import_left", reason="It was cancelled, or another worker has it.")
            except Exception as error:
                log.exception("import_failed")
                _try_later(key, error)


def _try_later(key: UUID, error: Exception) -> None:
    """Our own trouble (the database away, a full disk): twice more, RETRY_SECONDS apart, then a person decides."""
    if isinstance(error, DatabaseError) and not connection.in_atomic_block:
        connection.close()  # it may be broken; the next statement gets a new one
    with tenancy.transaction():
        job = SFTPImportJob.objects.locked().get(pk=key)
        if job.is_finished:
            return
        job.failures += 1
        if job.failures > RETRIES:
            _finish(job, f"{_told(error)} It was tried {job.failures} times. Press Retry once that is mended.")
            return
        job.retry_at = timezone.now() + timedelta(seconds=RETRY_SECONDS)
        job.status = Status.PENDING
        job.starts = 0
        job.error_details = _told(error)
        job.save(update_fields=["failures", "retry_at", "status", "starts", "error_details"])


def _told(error: Exception) -> str:
    """A sentence for people; what else is known stands in the log."""
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "The disk of this installation is full."
    if isinstance(error, DatabaseError):
        return "The database could not be reached, or refused to write."
    return "The import stopped with an error of ours."


def retry(job: SFTPImportJob) -> bool:
    """Take a failed job up again: behind its last committed row, and by the feed's mapping of today when it has none.

    False when it is not failed, or has no stored file.
    """
    with tenancy.transaction():
        job = SFTPImportJob.objects.locked().select_related("feed").get(pk=job.pk)
        if job.status != Status.FAILED or not job.stored_file:
            return False
        if job.feed and not job.records_done:
            job.mapping_id, job.format = job.feed.mapping_id, job.feed.format
        job.status, job.error_details, job.completed_at, job.archived_at = Status.PENDING, "", None, None
        job.failures = job.starts = 0
        job.save()
        audit.record(job, AuditLog.Action.UPDATE, {"status": [Status.FAILED, Status.PENDING]})
        enqueue(job)
    return True


def cancel(job: SFTPImportJob, by: User) -> bool:
    """Stop a job after the batch at hand; what is imported stays. False when it is finished."""
    with tenancy.transaction():
        job = SFTPImportJob.objects.locked().get(pk=job.pk)
        if job.is_finished:
            return False
        audit.record(job, AuditLog.Action.UPDATE, {"status": [job.status, Status.FAILED]})
        total = f" of {job.total_records:,}" if job.total_records else ""
        done = f"{job.records_done:,}{total} rows" if job.records_done else "no row"
        _finish(job, f"Cancelled by {by} with {done} imported. Retry carries on from there.")
    return True


def resume_abandoned() -> None:
    """Enqueue every unfinished job that nobody works on: its worker died (a recurring job)."""
    for agency_id in crossings.active_agencies():
        with tenancy.working_for(agency_id):
            for job in _unmoved():
                _resume(job)


def _unmoved() -> list[SFTPImportJob]:
    now = timezone.now()
    abandoned = Q(status=Status.PROCESSING, last_progress_at__lt=now - ABANDONED_AFTER)
    queued = Q(status=Status.PENDING, created_at__lt=now - FORGOTTEN_AFTER, retry_at=None)
    due = Q(status=Status.PENDING, retry_at__lte=now)
    just_resumed = Q(last_progress_at__gte=now - FORGOTTEN_AFTER)
    with tenancy.transaction():
        return list(SFTPImportJob.objects.filter(abandoned | due | (queued & ~just_resumed)))


def _resume(job: SFTPImportJob) -> None:
    if claims.is_claimed(claims.IMPORT_JOB, job.pk):
        return
    with tenancy.transaction():
        # Once a look: the condition keeps two sweepers, and a long queue, from piling up tasks.
        moved = SFTPImportJob.objects.filter(
            pk=job.pk, last_progress_at=job.last_progress_at, retry_at=job.retry_at, status=job.status
        )
        if moved.update(last_progress_at=timezone.now(), retry_at=None):
            log.warning("import_resumed", import_job=str(job.pk), done=job.records_done)
            enqueue(job)


def _start(key: UUID) -> SFTPImportJob | None:
    """The job, now processing; None when it is finished. Counts the start, so that it is not tried for ever."""
    with tenancy.transaction():
        job = SFTPImportJob.objects.locked().get(pk=key)
        if job.is_finished:
            return None
        if job.starts >= MAX_STARTS:
            _finish(job, f"The import was started {job.starts} times and never got through a batch. Ask support.")
            return None
        job.status = Status.PROCESSING
        job.starts += 1
        job.started_at = job.started_at or clock.now()
        job.last_progress_at = timezone.now()
        job.error_details = ""
        job.save(update_fields=["status", "starts", "started_at", "last_progress_at", "error_details"])
        return job


def _import(job: SFTPImportJob) -> None:
    try:
        with storage.opened(job.stored_file) as file:
            _apply_all(job, file)
        refusal = ""
    except formats.Refused as error:
        refusal = str(error)
    except FileNotFoundError:
        refusal = "The stored file is missing."
        log.exception("stored_file_missing", stored_file=job.stored_file)
    with tenancy.transaction():
        _finish(job, refusal)


def _apply_all(job: SFTPImportJob, file: BinaryIO) -> None:
    with tenancy.transaction():
        spec = job.spec
    with formats.opened(file, job.format, spec) as document:
        reading = read(document, spec)
        with tenancy.transaction():
            SFTPImportJob.objects.filter(pk=job.pk).update(
                total_records=reading.overview.records, dialect=document.kind[:200], last_progress_at=timezone.now()
            )
        preparation = reading.preparation(default_creditor=job.creditor_id is not None)
        upcoming = preparation.batches(document.table().records, job.records_done)
        creditors: list[UUID] = []
        applying.make_staging()
        for batch in batches.ahead(upcoming):
            creditors += [_creditor(name) for name in preparation.creditors[len(creditors) :]]
            with tenancy.transaction():
                _move_on(job, applying.apply(job, batch, creditors))


@dataclass(frozen=True)
class Reading:
    """A file that was looked through: its columns, its size, and how its cells are written."""

    columns: Columns
    overview: lookthrough.Overview
    writing: rows.Writing | None

    def preparation(self, *, default_creditor: bool) -> batches.Preparation:
        """What makes batches of its records."""
        return batches.Preparation(self.columns, self.overview, default_creditor=default_creditor, writing=self.writing)


def read(document: formats.Document, spec: Spec) -> Reading:
    """Look through the file as the mapping says. Raises Refused."""
    table = document.table()
    try:
        columns, writing = understand(table.header, spec), rows.writing_of(spec)
    except formats.Refused as refused:
        lines = header_search.suggested_skip(document, spec)
        if lines is None:
            raise
        raise formats.Refused(f"{refused} {header_search.sentence(lines)}") from None
    return Reading(columns, lookthrough.look_through(table, columns, writing), writing)


def _creditor(name: str) -> UUID:
    """The creditor of that name, whatever its case; made when the agency has none."""
    with tenancy.transaction():
        claims.wait_turn(claims.IMPORT_BATCHES, tenancy.current_agency_id())
        found = Creditor.objects.filter(name__iexact=name).first()
        return (found or Creditor.objects.create(name=name)).pk


def _move_on(job: SFTPImportJob, counts: applying.Counts) -> None:
    """Write down what the batch did, in the transaction that did it. Raises LostJob when the job was moved on."""
    done = counts.created + counts.updated + counts.unchanged
    moved = SFTPImportJob.objects.filter(
        pk=job.pk, status=Status.PROCESSING, processed_ok=job.processed_ok, processed_errors=job.processed_errors
    ).update(
        processed_ok=F("processed_ok") + done,
        processed_errors=F("processed_errors") + counts.rejected,
        created_count=F("created_count") + counts.created,
        updated_count=F("updated_count") + counts.updated,
        unchanged_count=F("unchanged_count") + counts.unchanged,
        accepted_amount=F("accepted_amount") + counts.accepted_amount,
        starts=0,
        failures=0,
        last_progress_at=timezone.now(),
    )
    if not moved:
        raise LostJob(f"Import job {job.pk} is not where it was.")
    _audit(job, counts)
    job.processed_ok += done
    job.processed_errors += counts.rejected
    job.created_count += counts.created
    job.updated_count += counts.updated


def _audit(job: SFTPImportJob, counts: applying.Counts) -> None:
    """One entry a batch stands for its rows; each line has its own record."""
    if counts.created or counts.updated:
        created, updated = job.created_count, job.updated_count
        changes = {
            "created_count": [created, created + counts.created],
            "updated_count": [updated, updated + counts.updated],
        }
        audit.record(job, AuditLog.Action.UPDATE, changes)


def _finish(job: SFTPImportJob, refusal: str) -> None:
    """Completed, or failed with a sentence; then the remote file is moved away."""
    finished = SFTPImportJob.objects.filter(pk=job.pk, status__in=SFTPImportJob.UNFINISHED).update(
        status=Status.FAILED if refusal else Status.COMPLETED,
        error_details=refusal,
        completed_at=clock.now(),
        last_progress_at=timezone.now(),
    )
    if finished:
        handing_out.enqueue(job)
    if finished and job.feed_id:
        jobs.enqueue(ARCHIVE, str(job.pk))
