"""CSV as spreadsheets and programs read it: UTF-8 with its mark, one heading, plain values, no totals among rows."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from core.sheet import Kind, Sheet, plain
from core.spreadsheet_cells import line
from reports.files.about import About, Cells

BYTE_ORDER_MARK = "\ufeff"  # so that a spreadsheet takes the file for UTF-8
CENT, BASIS_POINT = Decimal("0.01"), Decimal("0.0001")


class CsvFile:
    """Amounts as `1234.50`, shares as `0.2500`, days as `2026-11-29`, moments as `2026-11-29 14:05:00` in the zone."""

    def __init__(self, path: Path, about: About) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")
        self._file.write(BYTE_ORDER_MARK)
        self._about = about
        self._sheets = 0
        self._values: list[Callable[[Any], object]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def begin(self, sheet: Sheet) -> None:
        """The headings; where there are several sheets, each under its title."""
        if self._sheets:
            self._file.write(line([]) + line([sheet.title]))
        self._sheets += 1
        self._values = [self._value(column.kind) for column in sheet.columns]
        self._file.write(line(column.title for column in sheet.columns))

    def write(self, rows: Iterable[Cells]) -> None:
        """Some rows."""
        self._file.writelines(line(self._cells(row)) for row in rows)

    def _cells(self, row: Cells) -> list[object]:
        cells = zip(self._values, map(plain, row), strict=True)
        return [None if cell is None else value(cell) for value, cell in cells]

    def end(self) -> None:
        """Nothing: whoever adds up a column would count its total as well."""

    def _value(self, kind: Kind) -> Callable[[Any], object]:
        zone = self._about.zone

        def moment(when: datetime) -> str:
            return f"{when.astimezone(zone):%Y-%m-%d %H:%M:%S}"

        values: dict[Kind, Callable[[Any], object]] = {
            Kind.TEXT: str,
            Kind.MONEY: _quantized(CENT),
            Kind.NUMBER: int,
            Kind.PERCENT: _quantized(BASIS_POINT),
            Kind.DATE: date.isoformat,
            Kind.MOMENT: moment,
        }
        return values[kind]


def _quantized(unit: Decimal) -> Callable[[Decimal], Decimal]:
    return lambda value: Decimal(value).quantize(unit)
