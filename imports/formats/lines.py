"""The lines of a text file, one by one: never much more of it in memory than the longest line allowed."""

import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from django.conf import settings

from imports.formats import Refused
from imports.formats.encoding import Encoding

_PIECE = 1 << 16
_WIDEST = 4  # bytes of a character
_LINE_END = re.compile(r"\r\n|\r|\n")


def lines(file: BinaryIO, encoding: Encoding) -> Iterator[str]:
    """Every line with its end (LF, CR or CRLF, also mixed), from the start of the file.

    Raises Refused for a line that is no text, or longer than IMPORT_MAX_ROW_BYTES characters.
    """
    limit = settings.IMPORT_MAX_ROW_BYTES
    file.seek(encoding.skip)
    pieces = io.BufferedReader(_Pieces(file, limit * _WIDEST), _PIECE)
    text = io.TextIOWrapper(pieces, encoding=encoding.codec, newline="")
    number = 0
    try:
        for line in text:
            number += 1
            if "\0" in line:
                raise Refused(f"Line {number} is not text: the file is binary or damaged.")
            if len(line) > limit:
                raise Refused(_too_long(number))
            yield line
    except _TooLong:
        raise Refused(_too_long(number + 1)) from None
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode(encoding.codec, errors="replace")
        raise Refused(
            f"The file is not {encoding.title} text: line {number + 1 + len(_LINE_END.findall(before))} holds the byte"
            f" 0x{error.object[error.start]:02X}. Save it as UTF-8, or choose its encoding in the mapping."
        ) from error


def _too_long(number: int) -> str:
    return f"Line {number} is longer than {settings.IMPORT_MAX_ROW_BYTES:,} characters."


class _TooLong(Exception):
    """No line ended for longer than a line may be."""


class _Pieces(io.RawIOBase):
    """Reads a file that somebody else closes, and stops where a line does not end: the text layer would collect it."""

    def __init__(self, file: BinaryIO, longest: int) -> None:
        self._file = file
        self._longest = longest
        self._since_line_end = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._file.read(len(buffer))
        end = max(data.rfind(b"\n"), data.rfind(b"\r"))
        self._since_line_end = len(data) - end if end >= 0 else self._since_line_end + len(data)
        if self._since_line_end > self._longest:
            raise _TooLong
        buffer[: len(data)] = data
        return len(data)
