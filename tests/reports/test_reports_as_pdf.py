"""A report on paper: title, what it is of, every cell, totals, formulas, page numbers; on its side when it is wide."""

import io
import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader

from core.sheet import Column, Kind, Linked, Sheet
from core.words import MINUS
from reports import files
from reports.files import About, pdf_file, pdf_fonts

ABOUT = About(
    "Harborline Recovery", ZoneInfo("America/Chicago"), datetime(2026, 11, 29, 20, 5, tzinfo=UTC), "Dana",
    title="Collector performance", said=["Last month, Oct 1 to Oct 31", "Northgate Hospital"],
)  # fmt: skip
COLUMNS = (
    Column("name", "Collector"),
    Column("amount", "Collected", Kind.MONEY, "Payments less refunds"),
    Column("share", "Kept", Kind.PERCENT),
)


def pages(path: Path, *sheets: Sheet) -> list[str]:
    return [page.extract_text() for page in document(path, *sheets).pages]


def document(path: Path, *sheets: Sheet) -> PdfReader:
    file = path / "report.pdf"
    with files.new_file("pdf", file, ABOUT) as writer:
        for sheet in sheets:
            writer.begin(sheet)
            writer.write(sheet.rows)
            writer.end()
    return PdfReader(io.BytesIO(file.read_bytes()))


def test_everything_that_the_sheet_says_is_on_paper(tmp_path: Path) -> None:
    rows = [["Sarah Mitchell", Linked(Decimal("-1234.5"), "/x/"), Decimal("0.125")], ["Zoë", None, None]]
    sheet = Sheet("Collector performance", COLUMNS, rows, ["Total", Decimal("99"), None], ["Only active desks."])
    [page] = pages(tmp_path, sheet)
    for words in (
        "Harborline Recovery", "Collector performance", "Last month, Oct 1 to Oct 31", "Northgate Hospital",
        "Sarah Mitchell", f"{MINUS}$1,234.50", "12.5%", "Zoë", "Total", "$99.00", "Only active desks.",
        "How the numbers are worked out", "Payments less refunds", "Page 1 of 1", "November 29, 2026, 14:05 CST",
    ):  # fmt: skip
        assert words in page


def test_the_heading_is_on_every_page(tmp_path: Path) -> None:
    rows = [[f"Collector {n}", Decimal(n), None] for n in range(120)]
    found = pages(tmp_path, Sheet("Collector performance", COLUMNS, rows))
    assert len(found) > 2
    for number, page in enumerate(found[:-1], 1):
        assert "Collected" in page
        assert f"Page {number} of {len(found)}" in page
    assert sorted(int(n) for page in found for n in re.findall(r"Collector (\d+)", page)) == list(range(120))


def test_what_is_wide_lies_on_its_side_and_what_is_wider_goes_on_below(tmp_path: Path) -> None:
    def sheet(number: int) -> Sheet:
        columns = [Column("p", "Placed"), *(Column(str(n), f"Month {n}", Kind.MONEY) for n in range(number))]
        return Sheet("Months", columns, [["2026-01", *map(Decimal, range(1000, 1000 + number))]])

    def is_on_its_side(reader: PdfReader) -> bool:
        box = reader.pages[0].mediabox
        return float(box.width) > float(box.height)

    assert not is_on_its_side(document(tmp_path, sheet(3)))
    assert is_on_its_side(document(tmp_path, sheet(11)))
    [page] = pages(tmp_path, sheet(40))
    assert page.count("2026-01") > 2
    assert all(f"${n:,}.00" in page for n in range(1000, 1040))


def test_a_letter_that_the_font_lacks_is_set_without_its_accent() -> None:
    told = f"Müller, O’Hara: {MINUS}5 “ok” ½"
    assert pdf_fonts.printable(f"Łukasz Dvořák, {told}") == f"Lukasz Dvorák, {told}"
    assert pdf_fonts.printable("Δ 東\n") == "? ? "


def test_what_is_left_out_of_an_endless_table_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_file, "MOST_ROWS", 2)
    [page] = pages(tmp_path, Sheet("Collector performance", COLUMNS, [["A", None, None]] * 5))
    assert "3 more rows are left out; Excel has all of them." in page


def test_a_report_without_anything_is_a_page_all_the_same(tmp_path: Path) -> None:
    [page] = pages(tmp_path)
    assert "Collector performance" in page
    [page] = pages(tmp_path, Sheet("Nothing", COLUMNS, []))
    assert "Collected" in page
