"""What is fetched at one visit of a feed's folder? What matches, is new, and did not change between two looks.

A file counts as seen by name, size and time of change: the job it made is the memory. A visit fetches so many files
at most; what is left is fetched by the next one, at once.
"""

import errno
import heapq
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import batched
from typing import BinaryIO
from uuid import UUID

import structlog
from django.conf import settings
from django.utils import timezone

from core import storage, tenancy
from imports import importer
from imports.fetching import sftp
from imports.fetching.sftp import RemoteFile
from imports.models import SFTPFeed, SFTPImportJob

# Between the two looks at a file that must not have changed: nobody who writes pauses for so long.
LOOK_AGAIN_SECONDS = 1.5
FILES_A_VISIT = 200
NAMES_A_QUERY = 1_000
TOLD = 3
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}

log = structlog.get_logger(__name__)


class OurDisk(sftp.Trouble):
    """A file cannot be written here; the server is not to blame."""


@dataclass
class Outcome:
    """What a visit came to; it grows while the visit lasts."""

    made: list[UUID] = field(default_factory=list)
    has_more: bool = False
    is_transient: bool = False
    _sentences: list[str] = field(default_factory=list)

    def note(self, trouble: sftp.Trouble) -> None:
        """Add a trouble; a visit may go on after that of a single file."""
        if str(trouble) not in self._sentences:
            self._sentences.append(str(trouble))
        self.is_transient = self.is_transient or trouble.transient

    @property
    def error(self) -> str:
        """The troubles for people, empty when there were none."""
        more = len(self._sentences) - TOLD
        return " ".join(self._sentences[:TOLD]) + (f" And {more} more." if more > 0 else "")


def address(feed: SFTPFeed) -> sftp.Address:
    """How to reach the feed's server."""
    return sftp.Address(feed.host, feed.port, feed.username, feed.password, feed.private_key, feed.host_key)


def fetch_new_files(feed: SFTPFeed, remote: sftp.Remote, outcome: Outcome) -> None:
    """Fetch the oldest of what is new and complete; tells it in `outcome`. Raises Unreachable and OurDisk."""
    new, unusable = _new(feed, remote)
    if unusable:
        outcome.note(_unusable(unusable))
    for file in _complete(feed, remote, new[:FILES_A_VISIT]):
        try:
            outcome.made.append(_fetch(feed, remote, file))
        except (sftp.Unreachable, OurDisk):
            raise
        except sftp.Changed:
            log.info("file_still_grows", file=file.name)
        except sftp.NotThere:
            outcome.note(sftp.NotThere(f"{file.name!r} was gone before it could be fetched."))
        except sftp.Trouble as trouble:
            outcome.note(trouble)
    outcome.has_more = len(new) > FILES_A_VISIT and bool(outcome.made)


def _new(feed: SFTPFeed, remote: sftp.Remote) -> tuple[list[RemoteFile], list[str]]:
    """The oldest new files, one more than a visit fetches, and the names that cannot be used."""
    unusable: list[str] = []

    def matching() -> Iterator[RemoteFile]:
        for file in remote.files(feed.remote_dir):
            if file.matches(feed.pattern):
                if file.is_usable:
                    yield file
                else:
                    unusable.append(file.name)

    def new() -> Iterator[RemoteFile]:
        for files in batched(matching(), NAMES_A_QUERY, strict=False):
            known = _known(feed, files)
            yield from (file for file in files if file not in known)

    return heapq.nsmallest(FILES_A_VISIT + 1, new(), key=lambda file: (file.mtime, file.name)), unusable


def _known(feed: SFTPFeed, files: Sequence[RemoteFile]) -> set[RemoteFile]:
    """Those that were fetched before; one that was moved away and is back will be moved again."""
    with tenancy.transaction():
        jobs = SFTPImportJob.objects.filter(feed=feed, file_name__in=[file.name for file in files])
        facts = jobs.values_list("file_name", "file_size", "remote_mtime", "pk", "archived_at")
        found = {RemoteFile(name, size, mtime or 0): (pk, moved) for name, size, mtime, pk, moved in facts}
        back = [pk for file in files if file in found for pk, moved in [found[file]] if moved]
        if back:
            SFTPImportJob.objects.filter(pk__in=back).update(archived_at=None)
    return set(found)


def _complete(feed: SFTPFeed, remote: sftp.Remote, files: list[RemoteFile]) -> list[RemoteFile]:
    """Those that do not change while we wait a moment."""
    if not files:
        return []
    time.sleep(LOOK_AGAIN_SECONDS)
    still = set(files).intersection(remote.files(feed.remote_dir))
    return [file for file in files if file in still]


def _fetch(feed: SFTPFeed, remote: sftp.Remote, file: RemoteFile) -> UUID:
    """Download, store, and make the job, which is enqueued. Raises Trouble."""
    if file.size > settings.IMPORT_MAX_FILE_BYTES:
        return _refuse(feed, file)
    with our_disk(), tempfile.TemporaryFile() as local:
        digest = remote.download(feed.remote_dir, file, local)
        if remote.look_at(feed.remote_dir, file.name) != file:
            raise sftp.Changed(f"{file.name!r} changed while it was read.")
        job = _keep(feed, file, local, digest)
    log.info("file_fetched", file=file.name, size=file.size, import_job=str(job.pk))
    return job.pk


def _keep(feed: SFTPFeed, file: RemoteFile, local: BinaryIO, digest: str) -> SFTPImportJob:
    stored = storage.keep(local, "imports")
    with tenancy.transaction():
        job = _job(feed, file, file_sha256=digest, stored_file=stored)
        importer.enqueue(job)
    return job


def _refuse(feed: SFTPFeed, file: RemoteFile) -> UUID:
    most = settings.IMPORT_MAX_FILE_BYTES
    with tenancy.transaction():
        job = _job(
            feed,
            file,
            status=SFTPImportJob.Status.FAILED,
            completed_at=timezone.now(),
            error_details=f"The file has {file.size:,} bytes; at most {most:,} are allowed. Split it.",
        )
    return job.pk


def _job(feed: SFTPFeed, file: RemoteFile, **facts: object) -> SFTPImportJob:
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


@contextmanager
def our_disk() -> Iterator[None]:
    """An OSError within is of this installation: the server's are Troubles already."""
    try:
        yield
    except OSError as error:
        log.exception("file_not_stored")
        what = "The disk of this installation is full." if error.errno in FULL else "A file cannot be stored here."
        raise OurDisk(f"{what} Nothing was lost: once that is mended, the next poll fetches it.") from error


def _unusable(names: list[str]) -> sftp.NotAllowed:
    such = names[0][:80].encode(errors="surrogateescape").decode(errors="replace")
    what = "A file is" if len(names) == 1 else f"{len(names):,} files are"
    return sftp.NotAllowed(
        f"{what} passed over for a name that is not UTF-8 or is too long, such as {such!r}. It needs another name."
    )
