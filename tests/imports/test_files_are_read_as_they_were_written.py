"""Whatever separator, encoding, line end and quoting a table is written with, the same cells come out."""

import csv
import gzip
import io
import zipfile
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from imports import formats, rows
from imports.formats import delimited
from imports.mapping import DATE_FORMATS, NOTHING, Column, Spec

# The machine that runs the tests is often busy.
untimed = settings(deadline=None)
HEADER = ["external_ref", "debtor_name", "original_amount", "note"]
# Letters and signs of Windows-1252 that ISO-8859-1 has as well.
WESTERN = "".join(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x100))))

type Cells = list[list[str]]


def tables(text: st.SearchStrategy[str]) -> st.SearchStrategy[Cells]:
    row = st.lists(text, min_size=len(HEADER), max_size=len(HEADER)).filter(lambda cells: any(map(str.strip, cells)))
    return st.lists(row, max_size=6)


ANY_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
QUOTINGS = st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC])


def written(table: Cells, delimiter: str, quoting: Any, ends: list[str]) -> str:
    """The table as text; each line ends in the next of `ends`."""
    text = ""
    for number, cells in enumerate([HEADER, *table]):
        line = io.StringIO()
        # Told both ends, the writer quotes either; then the line gets the one that is meant.
        csv.writer(line, delimiter=delimiter, quoting=quoting, lineterminator="\r\n").writerow(cells)
        text += line.getvalue().removesuffix("\r\n") + ends[number % len(ends)]
    return text


def read(content: bytes, spec: Spec = NOTHING, form: str = "csv") -> tuple[str, list[str], Cells]:
    with formats.opened(io.BytesIO(content), form, spec) as document:
        table = document.table()
        found = [cells for _, cells in table.records]
        assert [cells for _, cells in document.table().records] == found  # from the start at each call
        return document.kind, table.header, found


def stripped(table: Cells) -> Cells:
    """As every cell is looked at: blanks at its ends mean nothing."""
    return [[cell.strip() for cell in cells] for cells in table]


ENDS = st.lists(st.sampled_from(["\n", "\r", "\r\n"]), min_size=1, max_size=3)


@untimed
@given(tables(ANY_TEXT), st.sampled_from(sorted(delimited.NAMES)), QUOTINGS, ENDS, st.data())
def test_what_can_be_found_out_is_found_out(
    table: Cells, delimiter: str, quoting: Any, ends: list[str], data: Any
) -> None:
    encoding = data.draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
    kind, header, found = read(written(table, delimiter, quoting, ends).encode(encoding))
    assert kind == f"{encoding.upper().removesuffix('-SIG')}, {delimited.NAMES[delimiter]}"
    assert (header, stripped(found)) == (HEADER, stripped(table))


@untimed
@given(tables(st.text(WESTERN, max_size=12)), st.sampled_from(",;\t|"), QUOTINGS, ENDS, st.data())
def test_what_the_mapping_says_is_believed(
    table: Cells, delimiter: Any, quoting: Any, ends: list[str], data: Any
) -> None:
    encoding = data.draw(st.sampled_from(["utf-8", "cp1252", "iso-8859-1", "utf-16"]))
    content = written(table, delimiter, quoting, ends).encode("utf-16-be" if encoding == "utf-16" else encoding)
    _, header, found = read(content, Spec(delimiter=delimiter, encoding=encoding))
    assert (header, stripped(found)) == (HEADER, stripped(table))


@untimed
@given(tables(st.sampled_from(["José Muñoz", "Zoë “Bunny” O’Neill", "GRÖSSE", "Hôpital – Général", "€ 5", "Jane"])))
def test_windows_text_is_told_from_utf_8(table: Cells) -> None:
    text = written([*table, ["A-1", "Šimon", "1", ""]], ",", csv.QUOTE_MINIMAL, ["\r\n"])
    assert read(text.encode("cp1252"))[0] == "Windows-1252, comma"
    assert read(text.encode())[0] == "UTF-8, comma"
    assert read(text.encode("cp1252"))[1:] == read(text.encode())[1:]


@untimed
@given(tables(ANY_TEXT))
def test_archives_change_nothing(table: Cells) -> None:
    text = written(table, ";", csv.QUOTE_ALL, ["\n"]).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("placements.csv", text)
    kind, *content = read(text)
    assert read(gzip.compress(text)) == (f"gzip, {kind}", *content)
    assert read(packed.getvalue()) == (f"zip, {kind}", *content)


WIDTHS = (12, 20, 10, 15)
ONE_LINE = st.text(st.characters(exclude_characters="\0\r\n", exclude_categories=["Cs"]), max_size=25)


@untimed
@given(tables(ONE_LINE), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]), ENDS, st.booleans())
def test_fixed_width_is_cut_where_it_was_put(table: Cells, encoding: str, ends: list[str], full: bool) -> None:
    cut = [[cell[:width] for cell, width in zip(cells, WIDTHS, strict=True)] for cells in table]
    cut = [cells for cells in cut if "".join(cells).strip()]
    lines = ["".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True)) for cells in cut]
    text = "title\n" + "".join(
        (line if full else line.rstrip(" ")) + ends[number % len(ends)] for number, line in enumerate(lines)
    )
    layout = [Column(name=n, start=1 + sum(WIDTHS[:i]), length=WIDTHS[i]) for i, n in enumerate(HEADER)]
    spec = Spec(layout=layout, skip_lines=1)
    if not cut:
        with pytest.raises(formats.Refused, match="no rows"):
            read(text.encode(encoding), spec, "fixed_width")
        return
    _, header, found = read(text.encode(encoding), spec, "fixed_width")
    assert (header, stripped(found)) == (HEADER, stripped(cut))


MONEY = st.decimals(min_value="0.01", max_value="9999999999.99", places=2)
DAYS = st.dates(min_value=date(1900, 3, 1), max_value=date(2199, 12, 31))
# What a spreadsheet can hold: no control characters.
SHEET_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=12)


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(SHEET_TEXT, MONEY, DAYS), min_size=1, max_size=8),
    st.sampled_from(sorted(DATE_FORMATS)),
    st.sampled_from(["us", "eu"]),
)
def test_a_workbook_gives_text_numbers_and_dates(
    cells: list[tuple[str, Decimal, date]], date_format: str, amount_format: Any
) -> None:
    workbook = io.BytesIO()
    with xlsxwriter.Workbook(workbook, {"in_memory": True}) as book:
        sheet, day = book.add_worksheet("May"), book.add_format({"num_format": "d mmm yy"})
        sheet.write_row(0, 0, ["external_ref", "debtor_name", "original_amount", "due_date"])
        for number, (text, amount, due) in enumerate(cells, 1):
            sheet.write_string(number, 0, "0042")
            sheet.write_string(number, 1, text)
            sheet.write_number(number, 2, float(amount))
            sheet.write_datetime(number, 3, due, day)
    spec = Spec(date_format=date_format, amount_format=amount_format)
    _, _, found = read(workbook.getvalue(), spec)
    for (text, amount, due), row in zip(cells, found, strict=True):
        placement = rows.check(_values(row) | {"debtor_name": "Jane Doe"}, rows.writing_of(spec))
        assert row[:2] == ["0042", text]
        assert (Decimal(placement.amount), placement.row.get("due_date")) == (amount, due.isoformat())


def _values(row: list[str]) -> dict[str, str]:
    return dict(zip(("external_ref", "debtor_name", "original_amount", "due_date"), row, strict=True))


@untimed
@given(MONEY, st.sampled_from(["{}", "€{}", "{} €", "€ {}"]), st.booleans())
def test_a_decimal_comma_is_read_back(amount: Decimal, sign: str, grouped: bool) -> None:
    text = f"{amount:,.2f}" if grouped else f"{amount:.2f}"
    text = sign.format(text.translate(str.maketrans(",.", ".,")))
    assert Decimal(_checked(text, Spec(amount_format="eu")).amount) == amount


@untimed
@given(MONEY, st.integers(0, 6))
def test_cents_are_read_back(amount: Decimal, zeros: int) -> None:
    text = "0" * zeros + str(int(amount * 100))
    assert Decimal(_checked(text, Spec(amount_format="cents")).amount) == amount


@pytest.mark.parametrize("date_format", DATE_FORMATS)
@untimed
@given(day=DAYS)
def test_a_date_is_read_back(date_format: str, day: date) -> None:
    placement = _checked("1", Spec(date_format=date_format), due_date=day.strftime(DATE_FORMATS[date_format]))
    assert placement.row.get("due_date") == day.isoformat()


@pytest.mark.parametrize("date_format", sorted(set(DATE_FORMATS) - {"YYYY-MM-DD"}))
@untimed
@given(text=st.text("0123456789/-.JanFeb ", min_size=1, max_size=12))
def test_no_text_is_taken_for_a_date_by_accident(date_format: str, text: str) -> None:
    found = rows.iso_date(text, date_format)
    if found is not None:
        assert date.fromisoformat(found)
        assert sum(character.isdigit() for character in text) >= 6 - 2 * ("Mon" in date_format)


@pytest.mark.parametrize("text", ["00000000", "00/00/0000", "0"])
def test_a_date_of_zeros_says_nothing(text: str) -> None:
    assert not _checked("1", Spec(date_format="MMDDYYYY"), due_date=text).row.get("due_date")


def _checked(amount: str, spec: Spec, **cells: str) -> rows.Placement:
    values = {"external_ref": "A-1", "debtor_name": "Jane Doe", "original_amount": amount} | cells
    return rows.check(values, rows.writing_of(spec))
