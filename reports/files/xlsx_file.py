"""XLSX with real amounts, days and moments, written row by row: xlsxwriter keeps one row in memory.

No text becomes a formula or a link, whatever it begins with. A sheet that is full goes on in the next one. What the
file is about (agency, moment, filters, formulas) stands on a sheet of its own behind the data.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from core.sheet import Kind, Sheet, plain
from reports.files.about import About, Cells

ROWS_OF_A_SHEET = 1_048_576
LONGEST_TEXT = 32_767
LONGEST_NAME = 31
NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
FIRST_YEAR = 1900  # before it a spreadsheet knows no days
FORMATS = {
    Kind.TEXT: {},
    Kind.MONEY: {"num_format": '"$"#,##0.00;[Red]-"$"#,##0.00'},
    Kind.NUMBER: {"num_format": "#,##0"},
    Kind.PERCENT: {"num_format": "0.0%"},
    Kind.DATE: {"num_format": "yyyy-mm-dd"},
    Kind.MOMENT: {"num_format": "yyyy-mm-dd hh:mm"},
}
WIDTHS = {Kind.TEXT: 22, Kind.MONEY: 15, Kind.NUMBER: 11, Kind.PERCENT: 10, Kind.DATE: 12, Kind.MOMENT: 17}
HEADING = {"bold": True, "bg_color": "#EAF1FF", "bottom": 1, "text_wrap": True, "valign": "top"}

type Put = Callable[[int, int, Any], object]


class XlsxFile:
    """A workbook that is written into the folder of `path` and put together when it is left."""

    def __init__(self, path: Path, about: About) -> None:
        options = {
            "constant_memory": True,
            "tmpdir": str(path.parent),
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "default_date_format": "yyyy-mm-dd",
        }
        self._book = xlsxwriter.Workbook(str(path), options)
        self._book.use_zip64()
        self._book.set_properties({"author": about.agency, "created": about.made_at.astimezone(about.zone)})
        self._heading = self._book.add_format(HEADING)
        self._formats = {kind: self._book.add_format(how) for kind, how in FORMATS.items()}
        self._bold = {kind: self._book.add_format({**how, "bold": True, "top": 1}) for kind, how in FORMATS.items()}
        self._about = about
        self._told: list[Sheet] = []
        self._names: set[str] = set()
        self._sheet: Sheet
        self._page: Any = None
        self._puts: list[Put] = []
        self._row = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._give_up()
            return
        self._write_about()
        try:
            self._book.close()
        except FileCreateError as trouble:
            cause = trouble.args[0] if trouble.args else trouble
            raise (cause if isinstance(cause, OSError) else OSError(str(trouble))) from trouble

    def _give_up(self) -> None:
        """Close what is open without putting it together; a full disk says so here once more."""
        for page in self._book.worksheets():
            with suppress(OSError):
                page.row_data_fh.close()

    def begin(self, sheet: Sheet) -> None:
        """The headings, which stay in view, with a filter for each column."""
        self._sheet = sheet
        self._told.append(sheet)
        self._begin_page()

    def write(self, rows: Iterable[Cells]) -> None:
        """Some rows."""
        puts = self._puts
        for row in rows:
            if self._row == ROWS_OF_A_SHEET:
                self._end_page()
                self._begin_page()
                puts = self._puts
            number = self._row
            for column, raw in enumerate(row):
                cell = plain(raw)
                if cell is not None:
                    puts[column](number, column, cell)
            self._row += 1

    def end(self) -> None:
        """The totals below the rows, outside of the filter."""
        self._end_page()
        totals = self._sheet.totals
        if totals is None:
            return
        if self._row == ROWS_OF_A_SHEET:
            self._begin_page()
        for column, (raw, kind) in enumerate(zip(totals, self._kinds, strict=True)):
            cell, look = plain(raw), self._bold[kind]
            if cell is None:
                self._page.write_blank(self._row, column, None, look)
            else:  # the word "Total" may stand in any column
                put = _put(self._page, Kind.TEXT if isinstance(cell, str) else kind, look, self._about)
                put(self._row, column, cell)

    @property
    def _kinds(self) -> list[Kind]:
        return [column.kind for column in self._sheet.columns]

    def _begin_page(self) -> None:
        page = self._page = self._book.add_worksheet(self._free_name(self._sheet.title))
        page.freeze_panes(1, 0)
        page.repeat_rows(0)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        for number, column in enumerate(self._sheet.columns):
            page.set_column(number, number, max(WIDTHS[column.kind], min(len(column.title) + 4, 40)))
            page.write_string(0, number, column.title, self._heading)
        self._puts = [_put(page, kind, self._formats[kind], self._about) for kind in self._kinds]
        self._row = 1

    def _end_page(self) -> None:
        self._page.autofilter(0, 0, max(self._row - 1, 0), len(self._sheet.columns) - 1)

    def _free_name(self, title: str) -> str:
        stem, number = title.translate(NOT_IN_NAMES).strip(" '") or "Sheet", 1
        name = stem[:LONGEST_NAME]
        while name.casefold() in self._names:
            number += 1
            end = f" ({number})"
            name = stem[: LONGEST_NAME - len(end)] + end
        self._names.add(name.casefold())
        return name

    def _write_about(self) -> None:
        page = self._book.add_worksheet(self._free_name("About this file"))
        page.set_column(0, 0, 28)
        page.set_column(1, 1, 90)
        for row, (name, words) in enumerate(self._facts()):
            page.write_string(row, 0, name, self._heading if not words else None)
            page.write_string(row, 1, words)

    def _facts(self) -> Iterable[tuple[str, str]]:
        made = self._about.made_at.astimezone(self._about.zone)
        yield "Agency", self._about.agency
        yield "Made", f"{made:%Y-%m-%d %H:%M} ({self._about.zone.key}), for {self._about.made_for}"
        yield "Days and times", f"are those of {self._about.zone.key}"
        yield from (("", words) for words in self._about.said)
        for sheet in self._told:
            yield sheet.title, ""
            yield from (("", note) for note in sheet.notes)
            yield from ((column.title, column.about) for column in sheet.columns if column.about)


def _put(page: Any, kind: Kind, look: Any, about: About) -> Put:
    """What writes one cell of that kind."""

    def text(row: int, column: int, cell: object) -> None:
        page.write_string(row, column, str(cell)[:LONGEST_TEXT], look)

    def figure(row: int, column: int, cell: Decimal | int) -> None:
        page.write_number(row, column, float(cell), look)

    def day(row: int, column: int, cell: date) -> None:
        if cell.year < FIRST_YEAR:
            page.write_string(row, column, cell.isoformat())
        else:
            page.write_datetime(row, column, cell, look)

    def moment(row: int, column: int, cell: datetime) -> None:
        day(row, column, cell.astimezone(about.zone).replace(tzinfo=None))

    figures = dict.fromkeys((Kind.MONEY, Kind.NUMBER, Kind.PERCENT), figure)
    puts: dict[Kind, Put] = {Kind.TEXT: text, Kind.DATE: day, Kind.MOMENT: moment, **figures}
    return puts[kind]
