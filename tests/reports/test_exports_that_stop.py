"""An export is whole or not at all: killed workers, a cancel in between, a full disk, trouble of the database."""

import resource
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import connection, connections
from django.http import QueryDict
from django.test import Client

from core import claims, exportable, tenancy
from core.exportable import Exportable
from core.models import Account, Agency, User
from core.sheet import Column, Sheet
from core.streaming import FETCHED_AT_ONCE, Streamed
from reports.exports import asking, making
from reports.models import Export
from tests import other_process
from tests.at_once import at_once
from tests.cast import make_account
from tests.reports.exporting import csv_rows, file_of, only, work, work_off

pytestmark = pytest.mark.django_db(transaction=True)

As = Callable[[User], Client]
ACCOUNTS = "worklist.accounts"
COPIES = """
INSERT INTO core_account (agency_id, debtor_id, creditor_id, external_ref, original_amount, status, priority,
    account_type, particulars, next_action, closed_reason, updated_at)
SELECT agency_id, debtor_id, creditor_id, 'COPY-' || n, 100 + n, 'new', 0, '', '{}', '', '', now()
FROM core_account, generate_series(1, %s) n
"""


def many(agency: Agency, number: int) -> None:
    with tenancy.acting_for(agency):
        make_account(original_amount=Decimal(100))
        with connection.cursor() as cursor:
            cursor.execute(COPIES, [number - 1])


def asked(agency: Agency, user: User, kind: str = "csv") -> Export:
    with tenancy.acting_for(agency):
        return asking.ask(ACCOUNTS, "status=any", kind, by=user)


def left_over() -> list[str]:
    """Files that nobody knows, and folders of work."""
    stored = [str(path) for path in Path(default_storage.location).rglob("*") if path.is_file()]
    return [*stored, *(str(path) for path in Path(tempfile.gettempdir()).glob("debtflow-export-*"))]


@pytest.fixture(autouse=True)
def _a_temporary_folder_of_our_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(work))
    monkeypatch.setenv("TMPDIR", str(work))


KILLED = """
import os, signal
from django.conf import settings
from reports.exports import making
settings.MEDIA_ROOT = args[2]
place, when = args[:2]
original = getattr(making, place)
def dying(*args, **kwargs):
    result = original(*args, **kwargs) if when == "after" else None
    if place != "_pieces" :
        os.kill(os.getpid(), signal.SIGKILL)
    return result
def pieces(*args):
    for n, piece in enumerate(original(*args)):
        if n == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        yield piece
setattr(making, place, pieces if place == "_pieces" else dying)
making.run()
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "place"),
    [
        ("csv", "_start after"),
        ("xlsx", "_pieces amid"),
        ("xlsx", "_store before"),
        ("csv", "_store after"),
        ("csv", "_finish after"),
    ],
)
def test_a_killed_worker_s_export_is_taken_up_again(
    kind: str, place: str, harborline: Agency, dana: User, as_user: As, settings: object
) -> None:
    many(harborline, FETCHED_AT_ONCE + 500)
    export = asked(harborline, dana, kind)
    files = str(default_storage.location)
    assert other_process.run(harborline, KILLED, *place.split(), files) == -signal.SIGKILL
    with tenancy.acting_for(harborline):
        export.refresh_from_db()
    assert export.status == ("done" if place == "_finish after" else "running")
    work_off()  # the task itself, which was never acknowledged
    making.resume_all()
    work_off()
    with tenancy.acting_for(harborline):
        export.refresh_from_db()
    assert (export.status, export.rows_done) == ("done", FETCHED_AT_ONCE + 500)
    assert left_over() == [default_storage.path(export.stored_file)]


def test_what_kills_its_worker_every_time_fails_with_a_sentence(harborline: Agency, dana: User) -> None:
    many(harborline, 1)
    export, files = asked(harborline, dana), str(default_storage.location)
    for _ in range(making.MOST_ATTEMPTS):
        assert other_process.run(harborline, KILLED, "_store", "before", files) == -signal.SIGKILL
    work(harborline)
    with tenancy.acting_for(harborline):
        export.refresh_from_db()
    assert export.status == "failed"
    assert export.error.startswith("It was begun 3 times and never finished.")


def test_what_a_killed_worker_had_stored_is_not_left(harborline: Agency, dana: User) -> None:
    """It died between the file and the row."""
    many(harborline, 1)
    export = asked(harborline, dana)
    killed = KILLED.replace(
        "from reports.exports import making", "from reports.exports import making\nfrom core import storage"
    )
    killed = killed.replace("making, place", "storage, place")
    assert other_process.run(harborline, killed, "keep_as", "after", str(default_storage.location)) == -signal.SIGKILL
    assert len([path for path in left_over() if "debtflow-export" not in path]) == 1
    work(harborline)
    with tenancy.acting_for(harborline):
        export.refresh_from_db()
    assert left_over() == [default_storage.path(export.stored_file)]


@contextmanager
def full_disk(bytes_left: int) -> Iterator[None]:
    """No file of this process grows beyond that."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_left, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("room", [4096, 400_000])
def test_a_full_disk_is_said_and_nothing_is_left(kind: str, room: int, harborline: Agency, dana: User) -> None:
    many(harborline, 9000)
    export = asked(harborline, dana, kind)
    with full_disk(room):
        work(harborline)
    with tenancy.acting_for(harborline):
        export.refresh_from_db()
    assert export.status == "failed"
    assert export.error.startswith("The disk of this installation is full.")
    assert left_over() == []


def registered(name: str, prepare: Callable[[User, QueryDict], list[Sheet]]) -> None:
    exportable.register(Exportable(name, "Made for a test", lambda _: True, prepare, lambda: "/"))


def test_cancelling_stops_it_within_a_few_thousand_rows(harborline: Agency, dana: User) -> None:
    read: list[int] = []

    def cancelling(_: User, __: QueryDict) -> list[Sheet]:
        def rows() -> Iterator[list[object]]:
            for n in range(100_000):
                if n == FETCHED_AT_ONCE:
                    at_once(lambda: cancel(harborline))
                read.append(n)
                yield [str(n)]

        return [Sheet("Numbers", (Column("n", "N"),), rows())]

    registered("test.cancelled", cancelling)
    with tenancy.acting_for(harborline):
        export = asking.ask("test.cancelled", "", "xlsx", by=dana)
    work(harborline)
    with tenancy.acting_for(harborline):
        export.refresh_from_db()
    assert export.status == "cancelled"
    assert len(read) <= 2 * FETCHED_AT_ONCE
    assert left_over() == []


def cancel(agency: Agency) -> None:
    with tenancy.acting_for(agency):
        assert asking.cancel(Export.objects.get())


def test_an_error_of_ours_is_told_without_its_words(harborline: Agency, dana: User) -> None:
    def broken(_: User, __: QueryDict) -> list[Sheet]:
        raise KeyError("secret")

    registered("test.broken", broken)
    with tenancy.acting_for(harborline):
        export = asking.ask("test.broken", "", "csv", by=dana)
    work(harborline)
    with tenancy.acting_for(harborline):
        export.refresh_from_db()
    assert export.status == "failed"
    assert export.error.startswith("It stopped with an error of ours.")


def test_trouble_of_the_database_is_waited_out_and_then_told(harborline: Agency, dana: User) -> None:
    def refused(_: User, __: QueryDict) -> list[Sheet]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        return []

    registered("test.refused", refused)
    with tenancy.acting_for(harborline):
        export = asking.ask("test.refused", "", "csv", by=dana)
    with tenancy.working_for(harborline):
        making.run()
    with tenancy.acting_for(harborline):
        export.refresh_from_db()
    assert (export.status, export.attempts) == ("running", 1)
    work(harborline)
    with tenancy.acting_for(harborline):
        export.refresh_from_db()
    assert (export.status, export.attempts) == ("failed", 3)
    assert export.error.startswith("The database could not be reached")


def test_two_workers_never_make_the_same_file(harborline: Agency, dana: User, as_user: As) -> None:
    many(harborline, 300)
    asked(harborline, dana)

    def run() -> None:
        with tenancy.working_for(harborline):
            making.run()

    at_once(run, run, run)
    work_off()
    assert len(csv_rows(file_of(as_user(dana)))) == 300
    assert only(harborline, dana).attempts == 1


def test_while_one_is_made_the_others_wait_and_then_follow(harborline: Agency, dana: User, auditor: User) -> None:
    many(harborline, 1)
    first, second = asked(harborline, dana), asked(harborline, auditor)
    with tenancy.working_for(harborline):
        held = connections.create_connection("default")
        try:
            with held.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"{claims.EXPORTS}:{harborline.pk}"]
                )
            making.run()
        finally:
            held.close()
    assert statuses(harborline) == ["waiting", "waiting"]
    work_off()
    assert statuses(harborline) == ["done", "done"]
    assert first.pk != second.pk


def statuses(agency: Agency) -> list[str]:
    with tenancy.acting_for(agency):
        return list(Export.objects.order_by("created_at").values_list("status", flat=True))


def test_two_clicks_at_the_same_moment_make_one_file(harborline: Agency, dana: User) -> None:
    made = at_once(*[lambda: asked(harborline, dana)] * 4)
    assert len({export.pk for export in made}) == 1


def test_a_file_shows_the_books_of_one_moment(harborline: Agency) -> None:
    """What changes while it is written is not in it, nor twice, nor half."""
    many(harborline, FETCHED_AT_ONCE + 10)
    with tenancy.acting_for(harborline):
        rows = Streamed.of(Account.objects.order_by("external_ref").values_list("external_ref", "priority"))
    assert isinstance(rows, Streamed)
    assert len(rows) == FETCHED_AT_ONCE + 10
    with tenancy.acting_for(harborline):
        Account.objects.update(priority=3)
    found = list(rows)
    rows.close()
    assert {priority for _, priority in found} == {0}
    assert len({ref for ref, _ in found}) == len(found) == FETCHED_AT_ONCE + 10


def test_a_stream_reads_no_other_agency(harborline: Agency, northwind: Agency) -> None:
    for agency in (harborline, northwind):
        many(agency, 3)
    with tenancy.acting_for(northwind):
        rows = Streamed("SELECT agency_id FROM core_account", ())
    with tenancy.acting_for(harborline):
        assert {agency for (agency,) in rows} == {northwind.pk}
    rows.close()
