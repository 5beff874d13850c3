"""A ZIP code or the last digits of an SSN that Excel keeps as a number get their zeros back; text stays as it is."""

import io
import re
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from imports import formats
from imports.formats.spreadsheet import columns_with_zeros
from imports.mapping import Source, Spec, title_key, title_pattern


def workbook(header: list[str], *rows: list[Any], above: int = 0) -> io.BytesIO:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for place in range(above):
            sheet.write(place, 0, "ZIP")
        for place, cells in enumerate((header, *rows), above):
            for column, cell in enumerate(cells):
                write = sheet.write_string if isinstance(cell, str) else sheet.write
                write(place, column, cell)
    return content


def cells(book: io.BytesIO, spec: Spec = Spec()) -> list[list[str]]:  # noqa: B008  (frozen)
    with formats.opened(book, "csv", spec) as document:
        return [found for _, found in document.table().records]


ZIPS = [
    *((2134, "02134"), (501, "00501"), (43215, "43215"), (21341234, "02134-1234"), (432151234, "43215-1234")),
    *((5011234, "00501-1234"), (12, "12"), (0, "0"), (213412, "213412"), (2134.5, "2134.5"), (-2134, "-2134")),
    *(("2134", "2134"), ("02134-1234", "02134-1234"), (True, "TRUE")),
]
ENDINGS = [
    (42, "0042"),
    (7, "0007"),
    (1234, "1234"),
    (0, "0"),
    (12345, "12345"),
    (-42, "-42"),
    (4.5, "4.5"),
    ("42", "42"),
]


@pytest.mark.parametrize(("value", "text"), ZIPS)
def test_zip(value: Any, text: str) -> None:
    assert cells(workbook(["ref", "ZIP Code", "amount"], ["A", value, 2134])) == [["A", text, "2134"]]


@pytest.mark.parametrize(("value", "text"), ENDINGS)
def test_ssn_last_four(value: Any, text: str) -> None:
    assert cells(workbook(["SSN last 4", "amount"], [value, 42])) == [[text, "42"]]


def test_the_column_is_the_one_that_the_mapping_says() -> None:
    spec = Spec(fields={"zip": Source(columns=["Postal"])})
    assert cells(workbook(["Postal", "zip"], [2134, 2134]), spec) == [["02134", "2134"]]
    constant = Spec(fields={"zip": Source(constant="02134")})
    assert cells(workbook(["zip"], [2134]), constant) == [["2134"]]
    joined = Spec(fields={"zip": Source(columns=["zip", "plus4"])})
    assert cells(workbook(["zip", "plus4"], [2134, 12]), joined) == [["2134", "12"]]


def test_the_header_is_the_one_below_the_lines_left_out() -> None:
    book = workbook(["ref", "zip"], [2134, 2134], above=2)
    assert cells(book, Spec(skip_lines=2)) == [["2134", "02134"]]


def test_a_csv_file_says_what_it_says(import_file: Any) -> None:
    content = b"external_ref,debtor_name,original_amount,creditor_name,ssn4\nA,Ann,1,N,42\n"
    assert import_file(content).processed_errors == 1


@settings(deadline=None)
@given(st.text(max_size=12), st.sampled_from(["zip", "zip_code", "ssn_last_4"]))
def test_a_title_is_recognised_as_everywhere_else(noise: str, key: str) -> None:
    title = f"{noise}{key.upper()}{noise}"
    assert bool(re.fullmatch(title_pattern([key]), title, re.IGNORECASE)) == (title_key(title) == key)


def test_nothing_is_padded_that_the_mapping_takes_from_nowhere() -> None:
    assert "zip" not in columns_with_zeros(Spec(fields={"zip": Source(constant="1")}))
