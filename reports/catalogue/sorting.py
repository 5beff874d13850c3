"""In which order are the rows of a sheet? In its own, or by the column that the URL names."""

from dataclasses import dataclass, replace
from typing import Any

from core.sheet import Sheet, plain


@dataclass(frozen=True)
class Order:
    """`balance`, or `-balance` for the greatest first; `by_creditor.balance` names a sheet among several."""

    sheet: str = ""
    column: str = ""
    descending: bool = False

    @classmethod
    def read(cls, text: str) -> "Order":
        """The order that the URL names; whether such a column exists is seen when a sheet is sorted."""
        sheet, _, column = text.removeprefix("-").rpartition(".")
        return cls(sheet, column, text.startswith("-"))

    def __str__(self) -> str:
        name = f"{self.sheet}.{self.column}" if self.sheet else self.column
        return f"{'-' if self.descending else ''}{name}"

    def position_in(self, key: str, sheet: Sheet) -> int | None:
        """Which column of the sheet of that key it names; None for none."""
        keys = [column.key for column in sheet.columns]
        return keys.index(self.column) if self.sheet == key and self.column in keys else None

    def sort(self, key: str, sheet: Sheet) -> Sheet:
        """The sheet with its rows in this order: what has no value comes last, and equal rows stay as they were."""
        position = self.position_in(key, sheet)
        if position is None:
            return sheet
        rows = list(sheet.rows)
        without = [row for row in rows if plain(row[position]) is None]
        with_value = [row for row in rows if plain(row[position]) is not None]
        with_value.sort(key=lambda row: _comparable(row[position]), reverse=self.descending)
        return replace(sheet, rows=[*with_value, *without])


def _comparable(cell: object) -> Any:
    value = plain(cell)
    return value.casefold() if isinstance(value, str) else value
