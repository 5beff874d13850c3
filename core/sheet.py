"""What is a table before it becomes a page, a spreadsheet or paper? Columns with a kind, and rows of plain values.

A report makes one, a list streams one; whoever shows it decides how: HTML, CSV, XLSX and PDF are written from the same
columns and rows, so that they cannot disagree.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """How a column's values are written and aligned."""

    TEXT = "text"
    MONEY = "money"  # Decimal, in the agency's currency
    NUMBER = "number"  # int
    PERCENT = "percent"  # Decimal share: 0.25 is 25 %
    DATE = "date"  # date, on the agency's calendar
    MOMENT = "moment"  # aware datetime


@dataclass(frozen=True)
class Column:
    """One column; `key` names it in URLs and files, `about` is its formula or meaning in words."""

    key: str
    title: str
    kind: Kind = Kind.TEXT
    about: str = ""


@dataclass(frozen=True)
class Linked:
    """A value that leads somewhere on a page: to the accounts or payments behind it. In a file it is the value."""

    value: object
    url: str


@dataclass(frozen=True)
class Sheet:
    """Rows have a value for each column, None where there is none; `totals` is one more such row, or nothing."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[object]]
    totals: Sequence[object] | None = None
    notes: Sequence[str] = field(default_factory=tuple)


def plain(cell: object) -> object:
    """The value of a cell, without where it leads."""
    return cell.value if isinstance(cell, Linked) else cell
