"""How is a file made? By one worker at a time for an agency, in order, in constant memory, and whole or not at all.

The claim goes away with a killed worker, so whatever is running when nobody holds it was abandoned: it is begun anew,
a few times. A big export of one agency so never keeps every worker from payments and imports.
"""

import errno
from collections.abc import Iterable, Iterator, Sequence, Sized
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from shutil import rmtree
from uuid import UUID

import structlog
from django.db import DatabaseError, connection
from django.http import QueryDict
from django.utils import timezone

from core import audit_context, claims, crossings, exportable, jobs, storage, tenancy
from core.models import Agency, User
from core.sheet import Sheet
from core.streaming import FETCHED_AT_ONCE, Streamed
from reports.exports import keeping
from reports.exports.asking import RUN
from reports.exports.keeping import KEPT
from reports.files import About, File, new_file
from reports.models import Export

MOST_ATTEMPTS = 3
FOLDER = "exports"

log = structlog.get_logger(__name__)
Status = Export.Status


class CalledOff(RuntimeError):
    """It is not ours to make any more: it was cancelled."""


class Refused(RuntimeError):
    """It cannot be made; `str()` tells its user why."""


def run() -> None:
    """The job: make the current agency's next file. Does nothing when there is none, or another worker is at it."""
    agency_id = tenancy.current_agency_id()
    with claims.claimed(claims.EXPORTS, agency_id) as mine:
        export = _start() if mine else None
        finished = export is not None and _make(export)
    # Only now, without the claim: who asked while we held it found us at work and went away.
    if finished:
        with tenancy.transaction():
            if Export.objects.filter(status__in=Export.UNFINISHED).exists():
                jobs.enqueue(RUN)


def resume_all() -> None:
    """Enqueue what a killed worker left, and what had to wait (a recurring job)."""
    for agency_id in crossings.active_agencies():
        with tenancy.working_for(agency_id):
            with tenancy.transaction():
                waits = Export.objects.filter(status__in=Export.UNFINISHED).exists()
            if waits and not claims.is_claimed(claims.EXPORTS, agency_id):
                with tenancy.transaction():
                    jobs.enqueue(RUN)


def _start() -> Export | None:
    """The oldest that is to be made, now running; what was tried too often fails instead."""
    with tenancy.transaction():
        unfinished = Export.objects.locked().filter(status__in=Export.UNFINISHED)
        for export in unfinished.order_by("created_at", "id"):
            if export.stored_file:  # of an attempt that died between file and row
                storage.discard(export.stored_file)
            export.stored_file, export.rows_done, export.rows_expected = "", 0, None
            if export.attempts < MOST_ATTEMPTS:
                export.attempts, export.status = export.attempts + 1, Status.RUNNING
                export.save()
                return export
            rmtree(keeping.workplace(export.pk), ignore_errors=True)
            _fail(export, f"It was begun {export.attempts} times and never finished. Narrow the list, or ask support.")
    return None


def _make(export: Export) -> bool:
    """Make the file; gives whether the export is finished, well or not (else it is tried again later)."""
    with structlog.contextvars.bound_contextvars(export=str(export.pk)):
        try:
            with _workplace(export.pk) as folder:
                stored = _store(export, _written(export, folder / f"file.{export.format}"))
            _finish(export, *stored)
        except CalledOff:
            log.info("export_called_off")
        except Refused as refusal:
            _give_up(export, str(refusal))
        except DatabaseError as error:
            log.exception("export_failed")
            return _after_trouble_of_the_database(export, error)
        except Exception as error:
            log.exception("export_failed")
            _give_up(export, _told(error))
    return True


@contextmanager
def _workplace(pk: UUID) -> Iterator[Path]:
    """A folder of its own for one export; whatever an earlier attempt left in it is gone, as all is at the end."""
    folder = keeping.workplace(pk)
    rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        rmtree(folder, ignore_errors=True)


def _written(export: Export, path: Path) -> Path:
    with tenancy.transaction():
        user = _requester(export)
        agency = Agency.objects.get(pk=tenancy.current_agency_id())
        sheets = _prepared(export, user)
    try:
        with tenancy.transaction():
            expected = [len(sheet.rows) if isinstance(sheet.rows, Sized) else None for sheet in sheets]
        export.rows_expected = None if None in expected else sum(filter(None, expected))
        with new_file(export.format, path, About(agency.name, agency.zone, timezone.now(), str(user))) as file:
            for sheet in sheets:
                _write(export, file, sheet)
    finally:
        for sheet in sheets:
            if isinstance(sheet.rows, Streamed):
                with suppress(DatabaseError):  # a lost connection has forgotten them
                    sheet.rows.close()
    return path


def _requester(export: Export) -> User:
    user = crossings.person(export.requested_by_id)
    if not user.is_active or (user.agency_id != export.agency_id and not user.is_superuser):
        raise Refused("Whoever asked for it is not of this agency any more.")
    return user


def _prepared(export: Export, user: User) -> Sequence[Sheet]:
    what = exportable.named(export.source)
    if what is None:
        raise Refused("This list cannot be exported any more.")
    if not what.may(user):
        raise Refused("You may not export this list any more.")
    with audit_context.acting(audit_context.Who(user)):
        return what.prepare(user, QueryDict(export.query))


def _write(export: Export, file: File, sheet: Sheet) -> None:
    """All rows of one sheet; after each few it is told how far it is, and asked whether it is still wanted."""
    file.begin(sheet)
    for some in _pieces(export, sheet.rows):
        file.write(some)
    file.end()


def _pieces(export: Export, rows: Iterable[Sequence[object]]) -> Iterator[list[Sequence[object]]]:
    remaining = iter(rows)
    while True:
        with tenancy.transaction():
            piece = list(islice(remaining, FETCHED_AT_ONCE))
            export.rows_done += len(piece)
            same = Export.objects.filter(pk=export.pk, status=Status.RUNNING)
            if not same.update(rows_done=export.rows_done, rows_expected=export.rows_expected):
                raise CalledOff
        if not piece:
            return
        yield piece


def _store(export: Export, path: Path) -> tuple[str, int]:
    name = storage.new_name(FOLDER)
    with tenancy.transaction():
        if not Export.objects.filter(pk=export.pk, status=Status.RUNNING).update(stored_file=name):
            raise CalledOff
    with path.open("rb") as content:
        storage.keep_as(name, content)
    return name, path.stat().st_size


def _finish(export: Export, name: str, size: int) -> None:
    """It is done, and nothing but the stored file is left of the work."""
    now = timezone.now()
    with tenancy.transaction():
        done = Export.objects.filter(pk=export.pk, status=Status.RUNNING).update(
            status=Status.DONE, file_size=size, finished_at=now, expires_at=now + KEPT
        )
        if not done:  # cancelled while it was stored
            storage.discard(name)
            Export.objects.filter(pk=export.pk).update(stored_file="")


def _give_up(export: Export, sentence: str) -> None:
    with tenancy.transaction():
        kept = Export.objects.locked().filter(pk=export.pk, status__in=Export.UNFINISHED).first()
        if kept:
            _fail(kept, sentence)


def _fail(export: Export, sentence: str) -> None:
    if export.stored_file:
        storage.discard(export.stored_file)
    export.stored_file, export.status, export.error = "", Status.FAILED, sentence
    export.finished_at = timezone.now()
    export.save()


def _after_trouble_of_the_database(export: Export, error: DatabaseError) -> bool:
    """It may be a moment's: the row stays as it is, and is taken up again within a minute, a few times."""
    if not connection.in_atomic_block:
        connection.close()  # it may be broken; the next statement gets a new one
    if export.attempts >= MOST_ATTEMPTS:
        _give_up(export, _told(error))
        return True
    return False


def _told(error: Exception) -> str:
    """A sentence for people; what else is known stands in the log."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return "The disk of this installation is full. Ask its operator, then make it again."
    if isinstance(error, DatabaseError):
        return "The database could not be reached, or refused to answer. Make it again later."
    return "It stopped with an error of ours. Make it again; if that fails too, ask support."
