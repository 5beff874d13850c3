"""A sheet becomes CSV and XLSX: real amounts and days, no cell that runs, any number of rows, whole or not at all."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.sheet import Column, Kind, Linked, Sheet
from reports import files
from reports.files import About, xlsx_file
from tests.reports.exporting import sheets

ABOUT = About("Harborline Recovery", ZoneInfo("America/Chicago"), datetime(2026, 11, 29, 20, 5, tzinfo=UTC), "Dana")
COLUMNS = (
    Column("name", "Name"),
    Column("amount", "Amount", Kind.MONEY, "What was taken"),
    Column("number", "Number", Kind.NUMBER),
    Column("share", "Share", Kind.PERCENT),
    Column("day", "Day", Kind.DATE),
    Column("at", "At", Kind.MOMENT),
)
MOMENT = datetime(2026, 3, 2, 5, 59, 30, tzinfo=UTC)  # March 1, 11:59 PM in Chicago
ROW = ("Ann", Decimal("-1234.5"), 7, Decimal("0.25"), date(2026, 3, 2), MOMENT)
RUNS = [
    "=1+1",
    "+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    '=HYPERLINK("http://x")',
    "http://example.com",
    "{=1}",
    "'x",
]


def written(path: Path, kind: str, *made: Sheet) -> bytes:
    file = path / f"file.{kind}"
    with files.new_file(kind, file, ABOUT) as writer:
        for sheet in made:
            writer.begin(sheet)
            for row in sheet.rows:
                writer.write([row])
            writer.end()
    return file.read_bytes()


def cells(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))


def test_csv_has_plain_values(tmp_path: Path) -> None:
    content = written(tmp_path, "csv", Sheet("Sums", COLUMNS, [ROW, [None] * 6], totals=["Total", *[None] * 5]))
    assert content.startswith(b"\xef\xbb\xbf")
    assert cells(content) == [
        ["Name", "Amount", "Number", "Share", "Day", "At"],
        ["Ann", "-1234.50", "7", "0.2500", "2026-03-02", "2026-03-01 23:59:30"],
        [""] * 6,
    ]


def test_several_sheets_of_one_csv_are_told_apart(tmp_path: Path) -> None:
    made = [Sheet(title, (Column("n", "N", Kind.NUMBER),), [[1]]) for title in ("One", "Two")]
    assert cells(written(tmp_path, "csv", *made)) == [["N"], ["1"], [], ["Two"], ["N"], ["1"]]


def test_xlsx_has_real_amounts_and_days(tmp_path: Path) -> None:
    linked = (Linked("Bob", "/accounts/1/"), *ROW[1:])
    totals = ["Total", Decimal("-2469"), None, None, None, None]
    found = sheets(written(tmp_path, "xlsx", Sheet("Sums", COLUMNS, [ROW, linked], totals, ["Month: March"])))
    moment = datetime(2026, 3, 1, 23, 59, 30)  # noqa: DTZ001  (a spreadsheet knows no zones)
    assert found["Sums"] == [
        ["Name", "Amount", "Number", "Share", "Day", "At"],
        ["Ann", -1234.5, 7.0, 0.25, date(2026, 3, 2), moment],
        ["Bob", -1234.5, 7.0, 0.25, date(2026, 3, 2), moment],
        ["Total", -2469.0, "", "", "", ""],
    ]
    about = found["About this file"]
    assert ["Agency", "Harborline Recovery"] in about
    assert ["Made", "2026-11-29 14:05 (America/Chicago), for Dana"] in about
    assert ["", "Month: March"] in about
    assert ["Amount", "What was taken"] in about


def test_the_headings_of_xlsx_stay_in_view_and_filter(tmp_path: Path) -> None:
    content = written(tmp_path, "xlsx", Sheet("Sums", COLUMNS, [ROW, ROW], totals=ROW))
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml").decode()
        styles = packed.read("xl/styles.xml").decode()
    assert 'state="frozen"' in sheet
    assert '<autoFilter ref="A1:F3"' in sheet  # without the totals
    assert "$" in styles
    assert "0.0%" in styles


@pytest.mark.parametrize("text", RUNS)
def test_no_text_runs_in_a_spreadsheet(text: str, tmp_path: Path) -> None:
    sheet = Sheet("Sums", COLUMNS[:1], [[text]], totals=[text])
    content = written(tmp_path, "xlsx", sheet)
    assert [row[0] for row in sheets(content)["Sums"][1:]] == [text, text]
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert "<f>" not in packed.read("xl/worksheets/sheet1.xml").decode()
        assert not [name for name in packed.namelist() if "_rels/sheet" in name]  # no link
    cell = cells(written(tmp_path, "csv", sheet))[1][0]
    assert cell == (text if text in ("http://example.com", "{=1}", "'x") else f"'{text}")


def test_a_full_sheet_goes_on_in_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_file, "ROWS_OF_A_SHEET", 4)
    numbers: list[list[object]] = [[n] for n in range(6)]
    sheet = Sheet("A name that is longer than 31 signs", (Column("n", "N", Kind.NUMBER),), numbers, totals=[15])
    found = sheets(written(tmp_path, "xlsx", sheet))
    name = "A name that is longer than 31 s"
    assert list(found) == [name, f"{name[:27]} (2)", f"{name[:27]} (3)", "About this file"]
    assert [row for rows in list(found.values())[:3] for row in rows] == [
        ["N"], [0.0], [1.0], [2.0], ["N"], [3.0], [4.0], [5.0], ["N"], [15.0]
    ]  # fmt: skip


def test_what_a_spreadsheet_does_not_know_is_written_as_text(tmp_path: Path) -> None:
    row = ["x" * 40_000, None, None, None, date(1850, 1, 1), None]
    found = sheets(written(tmp_path, "xlsx", Sheet("a/b[c]:*?\\'", COLUMNS, [row])))
    assert found["a b c"][1] == ["x" * 32_767, "", "", "", "1850-01-01", ""]


def test_a_sheet_without_rows_is_a_file_all_the_same(tmp_path: Path) -> None:
    empty = Sheet("Sums", COLUMNS, [])
    assert len(cells(written(tmp_path, "csv", empty))) == 1
    assert len(sheets(written(tmp_path, "xlsx", empty))["Sums"]) == 1


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_that_is_given_up_is_not_put_together(kind: str, tmp_path: Path) -> None:
    def rows() -> Any:
        yield ROW
        raise ValueError

    with pytest.raises(ValueError):
        written(tmp_path, kind, Sheet("Sums", COLUMNS, rows()))
    assert kind == "csv" or not (tmp_path / "file.xlsx").exists()
