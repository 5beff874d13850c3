"""However large a file is, and whatever a workbook does to its reader, the worker stays small and alive."""

import gzip
import io
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest
import xlsxwriter

from imports import formats
from imports.formats import Refused, spreadsheet
from imports.mapping import NOTHING, Column, Spec

HEADER = "external_ref,debtor_name,original_amount,note\n"
ROWS = 200
# 12 million characters.
TEXT = HEADER + "".join(f"A-{number},Zoë Doe,12.00,{'x' * 60_000}\n" for number in range(ROWS))
MEGABYTES = 5
LAYOUT = Spec(layout=[Column(name="external_ref", start=1, length=9)], skip_lines=1)


def _zipped(content: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("placements.csv", content)
    return archive.getvalue()


@pytest.mark.parametrize(
    ("encoding", "pack", "form"),
    [
        ("utf-8", bytes, "csv"),
        ("cp1252", bytes, "csv"),
        ("utf-16", bytes, "csv"),
        ("utf-8", gzip.compress, "csv"),
        ("utf-8", _zipped, "csv"),
        ("utf-8", bytes, "fixed_width"),
    ],
)
def test_memory_is_flat(encoding: str, pack: Callable[[bytes], bytes], form: str) -> None:
    file = io.BytesIO(pack(TEXT.encode(encoding)))
    tracemalloc.start()
    try:
        with formats.opened(file, form, LAYOUT if form == "fixed_width" else NOTHING) as document:
            assert sum(1 for _ in document.table().records) == ROWS
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < MEGABYTES << 20


def test_a_line_without_end_is_not_collected() -> None:
    file = io.BytesIO(b"x" * (20 << 20))
    tracemalloc.start()
    try:
        assert refusal(file) == "Line 1 is longer than 65,536 characters."
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < MEGABYTES << 20


def workbook(rows: int, cell: str = "x") -> io.BytesIO:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Placements")
        sheet.write_row(0, 0, HEADER.strip().split(","))
        for number in range(1, rows + 1):
            sheet.write_row(number, 0, [f"A-{number}", "Zoë Doe", 12, cell])
    return content


def refusal(file: io.BytesIO) -> str:
    with pytest.raises(Refused) as refused, formats.opened(file, "csv"):
        pass
    return str(refused.value)


def test_a_workbook_is_read_in_a_process_of_its_own() -> None:
    file = workbook(2_000, "x" * 1_000)
    tracemalloc.start()
    try:
        with formats.opened(file, "csv") as document:
            assert [line for line, _ in document.table().records] == list(range(2, 2_002))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1 << 20  # its cells alone are 2 MB


def test_a_reader_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    file = workbook(5_000)
    monkeypatch.setattr(spreadsheet, "SECONDS", 0)
    assert refusal(file) == "Reading the workbook took too long. Save it as CSV."


def test_a_reader_that_wants_too_much_memory_breaks_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "external_ref")
        sheet.write(100_000, 200, "far off")  # the reader makes room for all cells between
    monkeypatch.setattr(spreadsheet, "MEMORY", 300 << 20)
    assert refusal(content) == "The workbook is damaged, or too large to be read. Save it as CSV."


def test_one_text_in_every_row_does_not_fill_the_disk(settings) -> None:
    settings.IMPORT_MAX_UNPACKED_BYTES = 1_000_000
    assert refusal(workbook(2_000, "x" * 1_000)) == "The workbook is damaged, or too large to be read. Save it as CSV."


def test_a_hidden_sheet_is_passed_over() -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        hidden, shown = book.add_worksheet("Lists"), book.add_worksheet("Placements")
        hidden.write(0, 0, "MED")
        hidden.hide()
        shown.activate()
        shown.set_first_sheet()
        shown.write_row(0, 0, HEADER.strip().split(","))
    with formats.opened(content, "csv") as document:
        assert document.kind == "Excel, sheet “Placements”"
