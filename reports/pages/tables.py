"""How does a sheet stand on a page? Each cell said in words, with where it leads and how it is aligned."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core.cell_words import RIGHT_ALIGNED, Voice
from core.sheet import Column, Linked, Sheet, plain
from reports.catalogue.sorting import Order


@dataclass(frozen=True)
class Head:
    """The head of a column: the order that it leads to, and how the table is ordered by it now, if it is."""

    title: str
    css: str
    order: str
    ordered: str


@dataclass(frozen=True)
class Cell:
    """`at` is a day or moment for machines, `value` the plain value."""

    text: str
    css: str
    url: str
    at: str
    value: object


@dataclass(frozen=True)
class Table:
    """What `components/sheet.html` shows; the first cell of a row is its head."""

    title: str
    heads: Sequence[Head]
    rows: Sequence[Sequence[Cell]]
    totals: Sequence[Cell]
    notes: Sequence[str]


def table(sheet: Sheet, voice: Voice, *, key: str = "", order: Order | None = None) -> Table:
    """The sheet in words, in this order; without one its rows are as they are, and its heads lead nowhere."""
    if order:
        sheet = order.sort(key, sheet)
    return Table(
        title=sheet.title,
        heads=[_head(column, key, sheet, order) for column in sheet.columns],
        rows=[_cells(row, sheet.columns, voice) for row in sheet.rows],
        totals=_cells(sheet.totals, sheet.columns, voice) if sheet.totals else [],
        notes=sheet.notes,
    )


def _head(column: Column, key: str, sheet: Sheet, order: Order | None) -> Head:
    if order is None:
        return Head(column.title, _css(column), "", "")
    position = order.position_in(key, sheet)
    here = position is not None and sheet.columns[position] == column
    # Figures are asked for from the greatest, names from the first.
    descending = not order.descending if here else column.kind in RIGHT_ALIGNED
    ordered = ("descending" if order.descending else "ascending") if here else ""
    return Head(column.title, _css(column), str(Order(key, column.key, descending)), ordered)


def _cells(row: Sequence[object], columns: Sequence[Column], voice: Voice) -> list[Cell]:
    return [_cell(cell, column, voice) for cell, column in zip(row, columns, strict=True)]


def _cell(cell: object, column: Column, voice: Voice) -> Cell:
    value = plain(cell)
    url = cell.url if isinstance(cell, Linked) and value is not None else ""
    at = value.isoformat() if isinstance(value, date | datetime) else ""
    return Cell(voice.say(value, column), _css(column), url, at, value)


def _css(column: Column) -> str:
    return "num" if column.kind in RIGHT_ALIGNED else ""
