"""What happens on the creditor's server once a file is imported? It is moved away, and acknowledged when he wants that.

Trouble with either is written on the job as `archive_error`, and every later poll of the feed tries again. Neither
ever leads to a second import: the job is the memory, not the folder.
"""

import posixpath
import tempfile
from functools import partial
from uuid import UUID

import structlog
from django.db.models import Q
from django.utils import timezone

from core import claims, tenancy
from imports import acknowledgment
from imports.fetching import sftp, side_by_side, visits
from imports.fetching.sftp import RemoteFile
from imports.models import SFTPFeed, SFTPImportJob

JOBS_A_VISIT = 200
# A server that refuses so many refuses the rest too.
REFUSALS_A_VISIT = 10

log = structlog.get_logger(__name__)
Status = SFTPImportJob.Status


def archive(job_id: str | UUID) -> None:
    """Move and acknowledge the file of a finished job, and of the feed's others that wait (a job)."""
    with tenancy.transaction():
        job = SFTPImportJob.objects.select_related("feed").get(pk=job_id)
    if job.feed and job.is_finished and not job.archived_at:
        side_by_side.run([partial(_archive_all, job.feed)])


def catch_up(feed: SFTPFeed, remote: sftp.Remote) -> None:
    """Within a visit: what earlier tries did not get through. Raises Unreachable."""
    with claims.claimed(claims.IMPORT_ARCHIVE, feed.pk) as mine:
        if mine:
            _archive(feed, remote, _finished(feed).filter(_undone()))


def _archive_all(feed: SFTPFeed) -> None:
    """Whoever finds another at it may go: that one looks again after he is done."""
    fresh = _finished(feed).filter(archived_at=None, archive_error="")
    ours = True
    while ours and _any(fresh):
        with claims.claimed(claims.IMPORT_ARCHIVE, feed.pk) as ours:
            if ours:
                try:
                    with sftp.connected(visits.address(feed)) as remote:
                        _archive(feed, remote, fresh)
                except sftp.Trouble as trouble:
                    _note_trouble(fresh, str(trouble))


def _archive(feed: SFTPFeed, remote: sftp.Remote, waiting: tenancy.TenantQuerySet[SFTPImportJob]) -> None:
    with tenancy.transaction():
        # What never was tried comes first.
        jobs = list(waiting.order_by("archive_error", "created_at", "pk")[:JOBS_A_VISIT])
    refusals = 0
    for job in jobs:
        error = _archive_one(feed, remote, job)
        refusals += bool(error)
        if refusals >= REFUSALS_A_VISIT:
            _note_trouble(waiting.filter(archive_error=""), error)
            return


def _archive_one(feed: SFTPFeed, remote: sftp.Remote, job: SFTPImportJob) -> str:
    """Gives the trouble. Raises Unreachable: then the others need not be tried."""
    errors: list[str] = []
    for step in (_move_away, _acknowledge):
        try:
            step(remote, feed, job)
        except sftp.Unreachable as trouble:
            _note_trouble(_finished(feed).filter(pk=job.pk), str(trouble))
            raise
        except sftp.Trouble as trouble:
            errors.append(str(trouble))
    _note_trouble(_finished(feed).filter(pk=job.pk), " ".join(errors))
    return " ".join(errors)


def _move_away(remote: sftp.Remote, feed: SFTPFeed, job: SFTPImportJob) -> None:
    """Move the very file that the job imported; one of the same name that came since stays."""
    if job.archived_at:
        return
    there = remote.look_at(feed.remote_dir, job.file_name)
    if there == RemoteFile(job.file_name, job.file_size, job.remote_mtime or 0):
        folder = feed.failed_dir if job.status == Status.FAILED else feed.processed_dir
        stem, ending = posixpath.splitext(job.file_name)
        remote.move(feed.remote_dir, job.file_name, folder, otherwise=f"{stem}-{job.pk.hex[-12:]}{ending}")
    with tenancy.transaction():
        _finished(feed).filter(pk=job.pk).update(archived_at=timezone.now())


def _acknowledge(remote: sftp.Remote, feed: SFTPFeed, job: SFTPImportJob) -> None:
    """Put the acknowledgment; again when the job was taken up again since."""
    sent, done = job.acknowledged_at, job.completed_at
    if not feed.outgoing_dir or (sent and (not done or sent >= done)):
        return
    with visits.our_disk(), tempfile.TemporaryFile() as content:
        content.writelines(line.encode() for line in acknowledgment.lines(job))
        content.seek(0)
        remote.put(feed.outgoing_dir, acknowledgment.name_for(job), content)
    with tenancy.transaction():
        _finished(feed).filter(pk=job.pk).update(acknowledged_at=timezone.now())


def _finished(feed: SFTPFeed) -> tenancy.TenantQuerySet[SFTPImportJob]:
    return SFTPImportJob.objects.get_queryset().filter(feed=feed).exclude(status__in=SFTPImportJob.UNFINISHED)


def _undone() -> Q:
    """An acknowledgment that was never tried is not due: the feed was set to send them later."""
    return Q(archived_at=None) | ~Q(archive_error="")


def _any(jobs: tenancy.TenantQuerySet[SFTPImportJob]) -> bool:
    with tenancy.transaction():
        return jobs.exists()


def _note_trouble(jobs: tenancy.TenantQuerySet[SFTPImportJob], error: str) -> None:
    if error:
        log.warning("archive_failed", error=error)
    with tenancy.transaction():
        jobs.exclude(archive_error=error).update(archive_error=error)
