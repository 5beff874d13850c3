"""How do files get here? Each feed is looked into when it is due; what is new and complete is fetched.

A file counts as seen by name, size and time of change: the job it made is the memory. One process polls a feed at a
time, and each feed is a job of its own, so one server's trouble delays no other's.
"""

import posixpath
import tempfile
import time
from datetime import timedelta
from fnmatch import fnmatchcase
from uuid import UUID

import structlog
from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from core import crossings, jobs, storage, tenancy
from core.models import Agency
from imports import claims, importer, sftp
from imports.models import SFTPFeed, SFTPImportJob
from imports.sftp import RemoteFile

POLL = "imports.polling.poll_feed"
POLL_DUE = "imports.polling.poll_due_feeds"
# Between the two looks at a file that must not have changed: nobody who writes pauses for so long.
LOOK_AGAIN_SECONDS = 1.5

log = structlog.get_logger(__name__)
Status = SFTPImportJob.Status


def poll_due_feeds() -> None:
    """Enqueue a poll of every feed that is due, and come back when the next one is (a recurring job)."""
    for agency_id, feed_id in crossings.due_feeds():
        with tenancy.acting_for(agency_id):
            if _take_turn(feed_id):
                enqueue(feed_id)
    seconds = crossings.seconds_to_next_feed()
    if seconds is not None:
        jobs.run_earlier(POLL_DUE, seconds)


def enqueue(feed_id: UUID) -> None:
    """Have the worker poll the feed, once the caller's transaction commits."""
    jobs.enqueue(POLL, str(feed_id))


def poll_now() -> int:
    """Enqueue a poll of every active feed of the agency, due or not; gives their number."""
    with tenancy.transaction():
        feeds = list(SFTPFeed.objects.filter(is_active=True).values_list("pk", flat=True))
        SFTPFeed.objects.filter(pk__in=feeds).update(last_polled_at=timezone.now())
        for feed_id in feeds:
            enqueue(feed_id)
    return len(feeds)


def _take_turn(feed_id: UUID) -> bool:
    """Move the feed's clock; False when another worker just did."""
    every = timedelta(seconds=Agency.objects.get(pk=tenancy.current_agency_id()).choices.poll_every_seconds)
    now = timezone.now()
    due = SFTPFeed.objects.filter(Q(last_polled_at=None) | Q(last_polled_at__lte=now - every), pk=feed_id)
    return bool(due.update(last_polled_at=now))


def poll_feed(feed_id: str | UUID) -> list[UUID]:
    """Look into the feed's folder; gives the jobs made. Trouble is written on the feed, not raised."""
    key = UUID(str(feed_id))
    with claims.claimed(claims.FEED, key) as mine, structlog.contextvars.bound_contextvars(feed=str(key)):
        if not mine:
            return []
        with tenancy.transaction():
            feed = SFTPFeed.objects.get(pk=key)
        made: list[UUID] = []
        error = ""
        try:
            with sftp.connected(address(feed)) as remote:
                error = _Visit(feed, remote, made).all_new_files()
        except sftp.Trouble as trouble:
            error = str(trouble)
        if error:
            log.warning("poll_failed", error=error)
        with tenancy.transaction():
            SFTPFeed.objects.filter(pk=key).update(last_error=error, last_polled_at=timezone.now())
    return made


def archive(job_id: str | UUID) -> None:
    """Move the file of a finished job out of the way. Failing that, each later poll tries again."""
    with tenancy.transaction():
        job = SFTPImportJob.objects.select_related("feed").get(pk=job_id)
    if job.feed is None or job.archived_at or not job.is_finished:
        return
    try:
        with sftp.connected(address(job.feed)) as remote:
            _move_away(remote, job.feed, job)
    except sftp.Trouble as trouble:
        _note_archive_error(job, trouble)


def address(feed: SFTPFeed) -> sftp.Address:
    """How to reach the feed's server."""
    return sftp.Address(feed.host, feed.port, feed.username, feed.password, feed.private_key, feed.host_key)


class _Visit:
    """One look into one feed's folder."""

    def __init__(self, feed: SFTPFeed, remote: sftp.Remote, made: list[UUID]) -> None:
        self._feed = feed
        self._remote = remote
        self._made = made

    def all_new_files(self) -> str:
        """Fetch what is new and complete. Gives the last trouble with a single file, empty when there was none."""
        error = ""
        for file in self._complete():
            try:
                self._fetch(file)
            except sftp.Unreachable:
                raise
            except sftp.Trouble as trouble:
                error = str(trouble)
        return error

    def _complete(self) -> list[RemoteFile]:
        """New files that did not change between two looks."""
        before = self._new()
        if not before:
            return []
        time.sleep(LOOK_AGAIN_SECONDS)
        now = set(self._matching())
        return [file for file in before if file in now]

    def _matching(self) -> list[RemoteFile]:
        pattern = self._feed.pattern.lower()
        files = self._remote.files(self._feed.remote_dir)
        return [file for file in files if fnmatchcase(file.name.lower(), pattern)]

    def _new(self) -> list[RemoteFile]:
        files = self._matching()
        with tenancy.transaction():
            jobs_of_names = SFTPImportJob.objects.filter(feed=self._feed, file_name__in=[f.name for f in files])
            known = {RemoteFile(j.file_name, j.file_size, j.remote_mtime or 0): j for j in jobs_of_names}
        for file in files:
            job = known.get(file)
            if job and job.is_finished:
                self._move_again(job)
        return [file for file in files if file not in known]

    def _move_again(self, job: SFTPImportJob) -> None:
        try:
            _move_away(self._remote, self._feed, job)
        except sftp.Unreachable:
            raise
        except sftp.Trouble as trouble:
            _note_archive_error(job, trouble)

    def _fetch(self, file: RemoteFile) -> None:
        if file.size > settings.IMPORT_MAX_FILE_BYTES:
            self._refuse(file)
            return
        with tempfile.TemporaryFile() as local:
            digest = self._remote.download(self._feed.remote_dir, file, local)
            if self._remote.look_at(self._feed.remote_dir, file.name) != file:
                log.info("file_still_grows", file=file.name)
                return
            with tenancy.transaction():
                stored = storage.keep(local, "imports")
                job = self._job(file, file_sha256=digest, stored_file=stored)
                importer.enqueue(job)
        self._made.append(job.pk)
        log.info("file_fetched", file=file.name, size=file.size, import_job=str(job.pk))

    def _refuse(self, file: RemoteFile) -> None:
        most = settings.IMPORT_MAX_FILE_BYTES
        with tenancy.transaction():
            self._job(
                file,
                status=Status.FAILED,
                completed_at=timezone.now(),
                error_details=f"The file has {file.size:,} bytes; at most {most:,} are allowed. Split it.",
            )

    def _job(self, file: RemoteFile, **facts: object) -> SFTPImportJob:
        feed = self._feed
        return SFTPImportJob.objects.create(
            feed=feed,
            creditor_id=feed.creditor_id,
            format=feed.format,
            mapping_id=feed.mapping_id,
            source_host=feed.host,
            file_name=file.name,
            file_size=file.size,
            remote_mtime=file.mtime,
            **facts,
        )


def _move_away(remote: sftp.Remote, feed: SFTPFeed, job: SFTPImportJob) -> None:
    """Move the very file that the job imported; one of the same name that came since stays."""
    there = remote.look_at(feed.remote_dir, job.file_name)
    if there == RemoteFile(job.file_name, job.file_size, job.remote_mtime or 0):
        folder = feed.failed_dir if job.status == Status.FAILED else feed.processed_dir
        stem, ending = posixpath.splitext(job.file_name)
        remote.move(feed.remote_dir, job.file_name, folder, otherwise=f"{stem}-{job.pk.hex[-12:]}{ending}")
    with tenancy.transaction():
        SFTPImportJob.objects.filter(pk=job.pk).update(archived_at=timezone.now(), archive_error="")


def _note_archive_error(job: SFTPImportJob, trouble: sftp.Trouble) -> None:
    log.warning("archive_failed", import_job=str(job.pk), error=str(trouble))
    with tenancy.transaction():
        SFTPImportJob.objects.filter(pk=job.pk).update(archive_error=str(trouble))
