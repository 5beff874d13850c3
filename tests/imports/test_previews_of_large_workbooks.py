"""The first rows of a large workbook are shown without converting all of it, and are the same."""

import io
import zipfile
from contextlib import ExitStack
from typing import Any

import pytest
import xlsxwriter

from imports import formats
from imports.formats import spreadsheet, workbook_head
from imports.mapping import NOTHING, Spec
from imports.pages import preview

HEADER = ["external_ref", "debtor_name", "original_amount", "creditor_name"]


def workbook(rows: int, *, above: int = 0, sheets: int = 1) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        for _ in range(sheets):
            sheet = book.add_worksheet()
            sheet.write(above + rows + 5, 0, "last text, but the first in the table of texts")
            sheet.write_row(above, 0, HEADER)
            for number in range(rows):
                sheet.write_row(above + 1 + number, 0, [f"A-{number}", f"Zoë & Doe {number}", 12, "Northgate"])
    return content.getvalue()


def seen(content: bytes, spec: Spec = NOTHING) -> preview.Preview:
    return preview.of_file(io.BytesIO(content), "csv", spec, default_creditor=True)


@pytest.fixture
def sizes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The bytes of each workbook that was converted."""
    found: list[int] = []
    converted = spreadsheet._converted

    def looking(file: Any, *rest: Any) -> Any:
        found.append(file.seek(0, io.SEEK_END))
        return converted(file, *rest)

    monkeypatch.setattr(spreadsheet, "_converted", looking)
    return found


@pytest.mark.parametrize(("above", "sheets"), [(0, 1), (3, 2)])
def test_the_first_rows_are_those_of_the_whole(above: int, sheets: int, sizes: list[int], monkeypatch) -> None:
    content = workbook(3_000, above=above, sheets=sheets)
    spec = Spec(skip_lines=above)
    head = seen(content, spec)
    monkeypatch.setattr(workbook_head, "cut", lambda *_: None)
    assert head == seen(content, spec)
    assert head.lines[4].fields[1].text == "Zoë & Doe 4"
    assert head.lines[0].number == above + 2
    assert sizes[0] < sizes[1]


def test_an_import_reads_all_of_it() -> None:
    with formats.opened(io.BytesIO(workbook(3_000)), "csv") as document:
        assert sum(1 for _ in document.table().records) == 3_001


def test_other_producers_prefix_their_elements() -> None:
    content = prefixed(workbook(1_000))
    head = seen(content)
    assert [line.cells[0] for line in head.lines] == [f"A-{number}" for number in range(5)]
    with ExitStack() as temporary:
        assert workbook_head.cut(io.BytesIO(content), temporary) is not None


def prefixed(content: bytes) -> bytes:
    """The workbook with its cells and texts as `<x:row>`, `<x:si>`."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name.startswith("xl/worksheets/sheet") or name == "xl/sharedStrings.xml":
                for tag in (b"worksheet", b"sheetData", b"row", b"sst", b"si", b"c", b"v", b"t"):
                    for end in (b" ", b">"):
                        part = part.replace(b"<" + tag + end, b"<x:" + tag + end)
                        part = part.replace(b"</" + tag + end, b"</x:" + tag + end)
                part = part.replace(b"xmlns=", b"xmlns:x=")
                for left in (b"dimension", b"sheetViews", b"sheetView", b"sheetFormatPr", b"pageMargins", b"selection"):
                    part = part.replace(b"<" + left, b"<x:" + left).replace(b"</" + left, b"</x:" + left)
            new.writestr(name, part)
    return made.getvalue()


def test_a_short_one_is_read_whole() -> None:
    with ExitStack() as temporary:
        assert workbook_head.cut(io.BytesIO(workbook(20)), temporary) is None
        assert workbook_head.cut(io.BytesIO(b"PK\x03\x04 no archive"), temporary) is None


def test_a_damaged_one_is_refused_as_ever() -> None:
    content = workbook(3_000)
    assert seen(content[: len(content) // 2]).refusal
