"""Comma-separated text in UTF-8, with or without a byte-order mark, with any line ending and quoted newlines."""

import csv
import io
from collections.abc import Iterator
from typing import Any, BinaryIO

from django.conf import settings

from imports.formats import Record, Refused, Table


def read(file: BinaryIO) -> Table:
    """The table of a CSV file. Raises Refused when it is empty, binary, not UTF-8 or badly quoted."""
    file.seek(0)
    text = io.TextIOWrapper(_Unclosed(file), encoding="utf-8-sig", newline="")
    rows = csv.reader(_lines(text), strict=True)
    csv.field_size_limit(settings.IMPORT_MAX_ROW_BYTES)
    records = _records(rows)
    header = next(records, None)
    if header is None:
        raise Refused("The file is empty.")
    return Table(header[1], records)


class _Unclosed(io.BufferedReader):
    """Reads a file that somebody else closes: the text layer closes what is below it when it is thrown away."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(_Raw(file), 1 << 16)


class _Raw(io.RawIOBase):
    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    limit = settings.IMPORT_MAX_ROW_BYTES
    number = 0
    try:
        while line := text.readline(limit):
            number += 1
            if "\0" in line:
                raise Refused(f"Line {number} is not text: the file is binary or damaged.")
            if len(line) == limit and line[-1] not in "\r\n":
                raise Refused(f"Line {number} is longer than {limit:,} characters.")
            yield line
    except UnicodeDecodeError as error:
        raise Refused(
            f"The file is not UTF-8 text: line {number + 1} or one soon after it holds the byte"
            f" 0x{error.object[error.start]:02X}. Save it as UTF-8."
        ) from error


def _records(rows: Any) -> Iterator[Record]:
    begins = 1
    try:
        for cells in rows:
            if cells:  # a blank line is no record
                yield begins, cells
            begins = rows.line_num + 1
    except csv.Error as error:
        raise Refused(f"Line {begins} cannot be read ({error}). Is a quotation mark missing?") from error
