"""The first visible sheet of a workbook (stdin) as CSV (stdout): run by `spreadsheet` in a process of its own.

Nothing of ours is imported, so that it starts at once. The first record is the sheet's name; then each row that is
not empty, behind its number in the sheet. What a cell becomes:

- a number: decimal text of the 15 digits that a spreadsheet shows, whole numbers without a point;
- a number in the column of ZIP codes or of last digits of SSNs: with the zeros in front that it lost (`_with_zeros`);
- a date: as the mapping writes dates, a moment at midnight too; other moments as YYYY-MM-DD HH:MM:SS;
- TRUE or FALSE; a formula: its last result; an error such as #N/A, which is no value: an empty cell.

Exit code 3: refused, with the sentence on stderr. Any other than 0: it broke.
"""

import csv
import io
import json
import re
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
    """`arguments`: the most bytes of memory, seconds, bytes to write, characters of a row; pattern of dates, point;
    lines above the header; field to pattern of its title for columns whose numbers keep their zeros, in JSON."""
    memory, seconds, output_size, longest, date_pattern, point, skipped, padded = arguments
    _limit(int(memory), int(seconds), int(output_size))
    titles = {field: re.compile(title, re.IGNORECASE) for field, title in json.loads(padded).items()}
    output = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="")
    try:
        sheet = _first_sheet()
        writer = csv.writer(output)
        writer.writerow([sheet.name])
        for number, values in _with_zeros(_rows(sheet), int(skipped), titles):
            cells = [value if type(value) is str else _text(value, number, date_pattern, point) for value in values]
            if not any(map(str.strip, cells)):
                continue
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


def _rows(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    """Each row that is not empty, behind its number."""
    for number, values in enumerate(sheet.iter_rows(), 1):
        if any(value.strip() if type(value) is str else True for value in values):
            yield number, values


def _with_zeros(
    rows: Iterator[tuple[int, list[Any]]], skipped: int, titles: dict[str, re.Pattern[str]]
) -> Iterator[tuple[int, list[Any]]]:
    """The same rows; below the header, whole numbers in columns of such a title are text with their zeros in front.

    A cell that holds a number holds no zeros in front (Microsoft, “Keep leading zeros in number codes”), and Excel's
    formats for ZIP codes only show them: 02134 is kept as 2134. What was typed in as text is left alone, so a row says
    what its creditor wrote.
    """
    places: list[tuple[int, str]] | None = None
    for number, values in rows:
        if places is None and number > skipped:
            places = [
                (i, f) for i, title in enumerate(values) for f, like in titles.items() if like.fullmatch(str(title))
            ]
        else:
            for place, field in places or ():
                values[place] = _PADDED[field](values[place])
        yield number, values


def _zip(value: Any) -> Any:
    """Five digits, or ZIP+4; the lowest ZIP code that is in use is 00501, so fewer than three digits are none."""
    if isinstance(value, float | int) and not isinstance(value, bool) and value == int(value):
        digits = str(int(value))
        if 3 <= len(digits) <= 5:
            return digits.zfill(5)
        if 7 <= len(digits) <= 9 and digits.isdigit():
            return f"{digits.zfill(9)[:5]}-{digits[-4:]}"
    return value


def _ssn_last4(value: Any) -> Any:
    """Four digits. No SSN ends in 0000 (SSA, POMS RM 10201.035 B), so a zero is no such number."""
    if isinstance(value, float | int) and not isinstance(value, bool) and value == int(value) and 0 < value < 10_000:
        return str(int(value)).zfill(4)
    return value


_PADDED = {"zip": _zip, "debtor_ssn_last4": _ssn_last4}


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
