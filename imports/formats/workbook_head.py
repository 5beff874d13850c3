"""What do the first rows of a workbook say? A small workbook of them, so that a preview need not wait for the rest.

Its reader takes a sheet whole, which for 200,000 rows lasts seconds. So the sheets' XML is cut behind the first rows,
and the table of their texts behind the last one that these name: nothing else is unpacked.
"""

import re
import tempfile
import zipfile
from contextlib import ExitStack
from typing import IO, BinaryIO, cast

from django.conf import settings

from imports.mapping import MOST_SKIPPED

# What stands above the table, the header, what is looked through for one, and what is shown.
ROWS = MOST_SKIPPED + 100
_PIECE = 1 << 16
# A row may be long; a beginning that is longer still is no beginning.
_LONGEST = 16 << 20
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_TEXTS = "xl/sharedStrings.xml"
_KEPT = re.compile(r"(\[Content_Types\]\.xml|_rels/.*|xl/workbook\.xml|xl/_rels/.*|xl/styles\.xml)")
_ROW_ENDS = re.compile(rb"</(?:(\w+):)?row>")
_TEXT_ENDS = re.compile(rb"</(?:(\w+):)?si>")
_NAMES_TEXT = re.compile(rb"""<(?:\w+:)?c\b[^>]*\bt=["']s["'][^>]*>\s*<(?:\w+:)?v>(\d+)<""")


class _NotCut(Exception):
    """There is no end of it in a reasonable length."""


def cut(book: BinaryIO, temporary: ExitStack) -> BinaryIO | None:
    """A workbook that ends behind row ROWS, closed with `temporary`; None when it is short, or cannot be cut."""
    try:
        with zipfile.ZipFile(book) as archive:
            names = archive.namelist()
            sheets = {name: _beginning_of_sheet(archive, name) for name in names if _SHEET.fullmatch(name)}
            if not any(len(sheet) < archive.getinfo(name).file_size for name, sheet in sheets.items()):
                return None
            parts = {name: archive.read(name) for name in names if _KEPT.fullmatch(name)} | sheets
            if _TEXTS in names:
                parts[_TEXTS] = _texts(archive, max(map(_last_text, sheets.values())) + 1)
    except (_NotCut, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError):
        return None  # whoever reads it whole tells what is wrong with it
    head = temporary.enter_context(tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR))  # noqa: SIM115
    with zipfile.ZipFile(cast("IO[bytes]", head), "w") as small:
        for name, content in parts.items():
            small.writestr(name, content)
    return head


def _beginning_of_sheet(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return _beginning(part, _ROW_ENDS, ROWS, "</{0}sheetData></{0}worksheet>")


def _last_text(sheet: bytes) -> int:
    return max(map(int, _NAMES_TEXT.findall(sheet)), default=-1)


def _texts(archive: zipfile.ZipFile, count: int) -> bytes:
    with archive.open(_TEXTS) as part:
        return _beginning(part, _TEXT_ENDS, max(count, 1), "</{0}sst>")


def _beginning(part: IO[bytes], ends: re.Pattern[bytes], count: int, closing: str) -> bytes:
    """The part behind its `count`th such end, closed; the whole part when it has fewer. Raises _NotCut."""
    content, found, searched = bytearray(), 0, 0
    while piece := part.read(_PIECE):
        content += piece
        for end in ends.finditer(content, searched):
            found, searched = found + 1, end.end()
            if found == count:
                prefix = f"{end.group(1).decode()}:" if end.group(1) else ""
                return bytes(content[:searched]) + closing.format(prefix).encode()
        if len(content) > _LONGEST:
            raise _NotCut
    return bytes(content)
