"""The creditor gets a line for each line of his file, and totals that he can check against his own."""

import csv
from typing import Any

import pytest

from imports import acknowledgment, record_pieces
from imports.models import SFTPImportJob
from tests.imports.conftest import csv_of, row


def told(job: SFTPImportJob) -> tuple[list[dict[str, str]], dict[str, str]]:
    """The rows, and the totals by name."""
    text = list(acknowledgment.lines(job))
    assert all(line.endswith("\r\n") for line in text)
    table = list(csv.DictReader(text, strict=True))
    totals = {row["external_ref"]: row["status"] for row in table if row["line"] == acknowledgment.TOTAL}
    return [row for row in table if row["line"] != acknowledgment.TOTAL], totals


def test_every_line_is_told_in_the_order_of_the_file(import_file: Any) -> None:
    import_file([row(1), row(2)])
    job = import_file([row(1), row(2, original_amount="90.00"), row(3, original_amount="-1"), row(4)])
    rows, _ = told(job)
    assert [(r["line"], r["external_ref"], r["status"], r["outcome"]) for r in rows] == [
        ("2", "NGH-00001", "accepted", "unchanged"),
        ("3", "NGH-00002", "accepted", "updated"),
        ("4", "NGH-00003", "rejected", "rejected"),
        ("5", "NGH-00004", "accepted", "created"),
    ]
    assert [r["reason"] for r in rows] == ["", "", "original_amount: Must be more than 0", ""]


def test_every_reason_of_a_line_stands_in_one_cell(import_file: Any) -> None:
    rows, _ = told(import_file([row(1, original_amount="?", state="Texas"), row(2, state="TX")]))
    assert rows[0]["reason"].count("; ") == 1
    assert "original_amount: Not an amount" in rows[0]["reason"]
    assert "state: " in rows[0]["reason"]


def test_the_totals_are_the_jobs(import_file: Any) -> None:
    job = import_file([row(1), row(2), row(3, original_amount="x")], file_sha256="ab" * 32)
    _, totals = told(job)
    assert totals.pop("received_at") == f"{job.created_at:%Y-%m-%dT%H:%M:%SZ}"
    assert totals.pop("completed_at") == f"{job.completed_at:%Y-%m-%dT%H:%M:%SZ}"
    assert totals == {
        "file": "completed",
        "records": "3",
        "accepted": "2",
        "rejected": "1",
        "amount_accepted": "204.00",
        "file_name": "northgate.csv",
        "sha256": "ab" * 32,
    }


def test_a_refused_file_is_told_with_the_sentence(import_file: Any) -> None:
    text = "".join(acknowledgment.lines(import_file(b"external_ref,name\r\n1,2\r\n")))
    assert 'total,file,failed,,"The header lacks original_amount.' in text
    assert "total,records,0,," in text


def test_pieces_meet_without_a_gap(import_file: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    job = import_file([row(n) for n in range(12)])
    for size in (1, 4, 5, 12, 13):
        monkeypatch.setattr(record_pieces, "LINES", size)
        assert [r["line"] for r in told(job)[0]] == [str(n) for n in range(2, 14)]


def test_nothing_in_it_runs_in_a_spreadsheet(import_file: Any) -> None:
    rows, totals = told(
        import_file([row(1, external_ref="=1+1"), row(2, external_ref="@x", original_amount="?")], name="=2+2.csv")
    )
    assert [r["external_ref"] for r in rows] == ["'=1+1", "'@x"]
    assert totals["file_name"] == "'=2+2.csv"


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("northgate.csv", "northgate"),
        ("Northgate 2026-03-03.csv.gz", "Northgate_2026-03-03"),
        ("../../etc/passwd", "passwd"),
        ("a\\b\nc.csv", "b_c"),
        ("=cmd.csv", "cmd"),
        ("placements.2026.csv", "placements_2026"),
        ("Ö.csv", "file"),
        ("", "file"),
        ("x" * 900 + ".csv", "x" * 80),
    ],
)
def test_its_name_is_the_senders_made_safe(inside: Any, name: str, stem: str) -> None:
    job = SFTPImportJob.objects.create(file_name=name, file_size=1)
    assert acknowledgment.name_for(job) == f"{stem}_ack_{job.pk.hex[-8:]}.csv"


def test_it_is_written_outside_any_agency_too(import_file: Any) -> None:
    from core import tenancy

    job = import_file(csv_of([row(1), row(2)]))
    with tenancy.acting_for(None):
        assert [r["external_ref"] for r in told(job)[0]] == ["NGH-00001", "NGH-00002"]
