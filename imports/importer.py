"""How does a file become accounts, exactly once, whatever dies on the way?

The job's row says how many records are committed; each batch moves that number in the transaction that applies it,
so a worker that takes over carries on behind the last committed batch. A job is worked on by the one process that
holds its claim.
"""

from datetime import timedelta
from typing import BinaryIO
from uuid import UUID

import structlog
from django.db.models import F, Q
from django.utils import timezone

from core import audit, clock, crossings, jobs, storage, tenancy
from core.models import AuditLog, Creditor
from imports import applying, batches, claims, formats, lookthrough, rows
from imports.models import SFTPImportJob

PROCESS = "imports.importer.process"
ARCHIVE = "imports.polling.archive"
# Starts without a single committed batch, then the file is given up: it kills its worker.
MAX_STARTS = 5
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
    with claims.claimed(claims.JOB, key) as mine, structlog.contextvars.bound_contextvars(import_job=str(key)):
        if mine and (job := _start(key)):
            _import(job)


def resume_abandoned() -> None:
    """Enqueue every unfinished job that nobody works on: its worker died (a recurring job)."""
    for agency_id in crossings.active_agencies():
        with tenancy.working_for(agency_id):
            for job in _unmoved():
                _resume(job)


def _unmoved() -> list[SFTPImportJob]:
    now = timezone.now()
    abandoned = Q(status=Status.PROCESSING, last_progress_at__lt=now - ABANDONED_AFTER)
    queued = Q(status=Status.PENDING, created_at__lt=now - FORGOTTEN_AFTER)
    just_resumed = Q(last_progress_at__gte=now - FORGOTTEN_AFTER)
    with tenancy.transaction():
        return list(SFTPImportJob.objects.filter(abandoned | (queued & ~just_resumed)))


def _resume(job: SFTPImportJob) -> None:
    if claims.is_claimed(claims.JOB, job.pk):
        return
    with tenancy.transaction():
        # Once a look: the condition keeps two sweepers, and a long queue, from piling up tasks.
        moved = SFTPImportJob.objects.filter(pk=job.pk, last_progress_at=job.last_progress_at)
        if moved.update(last_progress_at=timezone.now()):
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
        job.save(update_fields=["status", "starts", "started_at", "last_progress_at"])
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
    columns, overview = _look_through(job, file)
    preparation = batches.Preparation(columns, overview, default_creditor=job.creditor_id is not None)
    upcoming = preparation.batches(formats.read(file, job.format).records, job.records_done)
    creditors: list[UUID] = []
    applying.make_staging()
    for batch in batches.ahead(upcoming):
        creditors += [_creditor(name) for name in preparation.creditors[len(creditors) :]]
        with tenancy.transaction():
            _move_on(job, applying.apply(job, batch, creditors))


def _look_through(job: SFTPImportJob, file: BinaryIO) -> tuple[rows.Columns, lookthrough.Overview]:
    table = formats.read(file, job.format)
    columns = rows.columns(table.header)
    overview = lookthrough.look_through(table, columns)
    with tenancy.transaction():
        SFTPImportJob.objects.filter(pk=job.pk).update(total_records=overview.records, last_progress_at=timezone.now())
    return columns, overview


def _creditor(name: str) -> UUID:
    """The creditor of that name, whatever its case; made when the agency has none."""
    with tenancy.transaction():
        claims.wait_turn(claims.BATCHES, tenancy.current_agency_id())
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
        starts=0,
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
    if finished and job.feed_id:
        jobs.enqueue(ARCHIVE, str(job.pk))
