"""The first visible sheet of a workbook (stdin) as CSV (stdout): run by `spreadsheet` in a process of its own.

Nothing of ours is imported, so that it starts at once. The first record is the sheet's name; then each row that is
not empty, behind its number in the sheet. What a cell becomes:

- a number: decimal text of the 15 digits that a spreadsheet shows, whole numbers without a point;
- a date: as the mapping writes dates, a moment at midnight too; other moments as YYYY-MM-DD HH:MM:SS;
- TRUE or FALSE; a formula: its last result; an error such as #N/A, which is no value: an empty cell.

Exit code 3: refused, with the sentence on stderr. Any other than 0: it broke.
"""

import csv
import io
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import python_calamine

REFUSED = 3
_EXACT = 10**15


class _Refused(Exception):
    """Why the workbook cannot be imported, for people."""


def main(arguments: list[str]) -> None:
    """`arguments`: the most bytes of memory, seconds, bytes to write, characters of a row; pattern of dates, point."""
    memory, seconds, output_size, longest, date_pattern, point = arguments
    _limit(int(memory), int(seconds), int(output_size))
    output = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="")
    try:
        sheet = _first_sheet()
        writer = csv.writer(output)
        writer.writerow([sheet.name])
        for number, cells in _rows(sheet, date_pattern, point):
            if sum(map(len, cells)) > int(longest):
                raise _Refused(f"Row {number} is longer than {int(longest):,} characters.")
            writer.writerow([number, *cells])
    except _Refused as refusal:
        sys.stderr.buffer.write(str(refusal).encode())
        raise SystemExit(REFUSED) from None
    output.flush()


def _limit(memory: int, seconds: int, output_size: int) -> None:
    """Break beyond these, also when nobody waits any more."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (output_size, output_size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _first_sheet() -> Any:
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(sys.stdin.buffer)
    except python_calamine.PasswordError:
        raise _Refused("The workbook is protected with a password. Save it without one, or as CSV.") from None
    except python_calamine.CalamineError:
        raise _Refused("The workbook is damaged. Save it again, or as CSV.") from None
    kind, visible = python_calamine.SheetTypeEnum.WorkSheet, python_calamine.SheetVisibleEnum.Visible
    for index, sheet in enumerate(book.sheets_metadata):
        if (sheet.typ, sheet.visible) == (kind, visible):
            try:
                return book.get_sheet_by_index(index)
            except python_calamine.CalamineError:
                raise _Refused(f"The sheet “{sheet.name}” is damaged. Save it again, or as CSV.") from None
    raise _Refused("The workbook has no sheet with cells that can be seen.")


def _rows(sheet: Any, date_pattern: str, point: str) -> Iterator[tuple[int, list[str]]]:
    for number, row in enumerate(sheet.iter_rows(), 1):
        cells = [value if type(value) is str else _text(value, number, date_pattern, point) for value in row]
        if any(map(str.strip, cells)):
            yield number, cells


def _text(value: Any, row: int, date_pattern: str, point: str) -> str:
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case float() | int():
            return _number(value, row).replace(".", point)
        case datetime() if value.time() != time():
            return value.isoformat(" ", "seconds")
        case date():
            return value.strftime(date_pattern)
        case time():
            return value.isoformat("seconds")
        case timedelta():
            hours, seconds = divmod(round(value.total_seconds()), 3600)
            return f"{hours}:{seconds // 60:02}:{seconds % 60:02}"
    return str(value)


def _number(value: float, row: int) -> str:
    if abs(value) >= _EXACT:
        # A longer reference lost its last digits when it was typed in: two accounts would become one.
        raise _Refused(
            f"Row {row} holds a number of more than 15 digits; a spreadsheet keeps only the first 15."
            " Format that column as text and enter it again."
        )
    return str(int(value)) if value == int(value) else format(Decimal(f"{value:.15g}"), "f")


if __name__ == "__main__":
    main(sys.argv[1:])
