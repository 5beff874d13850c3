"""The creditor gets his rejected rows back as he wrote them, with line and reason, to mend and send again."""

import csv
import io
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from core import tenancy
from core.models import Agency, AuditLog, User
from imports import importer, record_pieces, rejected_rows
from imports.models import ImportedRecord, SFTPImportJob
from tests.imports.conftest import csv_of, make_job, row

Browser = Callable[[User], Client]
ROWS = [row(1, city="Austin"), row(2, original_amount="-120.00", city="=1+1"), row(3, city=""), row(4, state="Texas")]


def url(job: SFTPImportJob) -> str:
    return reverse("imports:rejected", args=[job.pk])


def table(text: str) -> list[dict[str, str]]:
    assert text.startswith(rejected_rows.BYTE_ORDER_MARK)
    return list(csv.DictReader(io.StringIO(text[1:], newline=""), strict=True))


def of(job: SFTPImportJob) -> list[dict[str, str]]:
    return table("".join(rejected_rows.lines(job)))


def test_rejected_rows_have_their_columns_line_and_reason(import_file: Any) -> None:
    found = of(import_file(ROWS))
    assert list(found[0])[:2] == ["line", "reason"]
    assert list(found[0])[2:] == list(csv.DictReader(io.StringIO(csv_of(ROWS).decode())).fieldnames or [])
    assert [(r["line"], r["external_ref"], r["city"]) for r in found] == [
        ("3", "NGH-00002", "'=1+1"),
        ("5", "NGH-00004", ""),
    ]
    assert found[0]["reason"] == "original_amount: Must be more than 0"
    assert found[0]["original_amount"] == "'-120.00", "a cell that begins like a formula is made harmless"


def test_a_row_with_too_many_cells_comes_back_whole(import_file: Any) -> None:
    content = b"external_ref,debtor_name,original_amount,creditor_name\r\nA,B,1,2,3\r\nC\r\nD,E,5,F\r\n"
    text = "".join(rejected_rows.lines(import_file(content))).split("\r\n")
    assert text[1].endswith(",A,B,1,2,3")
    assert text[2].endswith(",C")
    assert len(text) == 4


def test_a_file_that_has_such_columns_keeps_them_apart(import_file: Any) -> None:
    found = of(import_file([row(1, original_amount="?", Line="77", reason="late", line_2="x")]))
    assert found[0]["line_3"] == "2"
    assert (found[0]["Line"], found[0]["reason"], found[0]["line_2"]) == ("77", "late", "x")
    assert "Not an amount" in found[0]["reason_2"]


def test_a_line_that_the_file_no_longer_yields_is_still_listed(import_file: Any) -> None:
    job = import_file(ROWS)
    ImportedRecord.objects.filter(job=job, line_number=5).update(line_number=4_000)
    assert [(r["line"], r["external_ref"]) for r in of(job)] == [("3", "NGH-00002"), ("4000", None)]
    default_storage.delete(job.stored_file)
    assert [(r["line"], list(r)) for r in of(job)] == [("3", ["line", "reason"]), ("4000", ["line", "reason"])]


def test_a_file_that_breaks_off_today_still_gives_every_reason(import_file: Any, settings: Any) -> None:
    job = import_file(ROWS)
    with default_storage.open(job.stored_file, "wb") as file:
        file.write(csv_of(ROWS)[:-4] + b'"')
    assert [r["line"] for r in of(job)] == ["3", "5"]


def test_pieces_meet_without_a_gap(import_file: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    job = import_file([row(n, original_amount="?" if n % 3 else "1") for n in range(20)])
    for size in (1, 3, 13):
        monkeypatch.setattr(record_pieces, "LINES", size)
        assert [(r["line"], r["external_ref"]) for r in of(job)] == [
            (str(n + 2), f"NGH-{n:05}") for n in range(20) if n % 3
        ]


def test_the_download_is_an_audited_attachment(import_file: Any, dana: User, as_user: Browser) -> None:
    job = import_file(ROWS, name="../north gate.csv")
    answer = as_user(dana).get(url(job))
    assert answer.headers["Content-Disposition"] == f'attachment; filename="north_gate_rejected_{job.pk.hex[-8:]}.csv"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert len(table(b"".join(answer.streaming_content).decode())) == 2
    entry = AuditLog.objects.get(action=AuditLog.Action.EXPORT)
    assert (entry.object_pk, entry.actor, entry.changes) == (str(job.pk), dana, {"downloaded": [None, "rejected rows"]})


def test_who_gets_them(import_file: Any, sarah: User, auditor: User, stranger: User, as_user: Browser) -> None:
    job = import_file(ROWS)
    with tenancy.acting_for(None):
        assert [as_user(user).get(url(job)).status_code for user in (sarah, auditor, stranger)] == [404, 200, 404]


@pytest.mark.slow
def test_a_real_server_streams_after_the_request_has_ended(
    live_server: LiveServer, harborline: Agency, dana: User, as_user: Browser
) -> None:
    with tenancy.working_for(harborline):
        with tenancy.transaction():
            job = make_job(csv_of([row(n, original_amount="?") for n in range(5_000)]))
        importer.process(job.pk)
    cookie = as_user(dana).cookies["sessionid"].value
    for path, lines in ((url(job), 5_000), (reverse("imports:acknowledgment", args=[job.pk]), 5_009)):
        request = urllib.request.Request(live_server.url + path, headers={"Cookie": f"sessionid={cookie}"})
        with urllib.request.urlopen(request) as answer:
            text = answer.read().decode("utf-8-sig")
        assert len(text.splitlines()) == lines + 1
