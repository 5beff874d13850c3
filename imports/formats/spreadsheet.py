"""The first visible sheet of an Excel workbook, turned into a temporary CSV that is read row by row.

The reader holds the whole sheet in memory, and a hostile workbook may ask for any amount: it runs in a process of its
own, bounded in memory, time and output. Whatever becomes of it, the worker goes on.
"""

import csv
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import structlog
from django.conf import settings

from imports.formats import Document, Record, Refused, Table, without_empty_tail
from imports.formats.cells_of_sheet import REFUSED
from imports.formats.unpacking import refuse_large
from imports.mapping import DATE_FORMATS, Spec

SECONDS = 300
MEMORY = 3 << 30  # bytes of address space; a million rows of 15 columns take half of it
_READER = Path(__file__).with_name("cells_of_sheet.py")

log = structlog.get_logger(__name__)


def document(file: BinaryIO, spec: Spec, temporary: ExitStack) -> Document:
    """The workbook's first sheet; line numbers are its row numbers. Raises Refused."""
    with zipfile.ZipFile(file) as archive:
        refuse_large(sum(info.file_size for info in archive.infolist()))
    converted = _converted(file, spec, temporary)
    [name] = next(_rows(converted))
    return Document(f"Excel, sheet “{name}”", lambda: _table(converted))


def _converted(file: BinaryIO, spec: Spec, temporary: ExitStack) -> BinaryIO:
    """The first sheet as CSV, in a temporary file without a name."""
    point = "," if spec.amount_format == "eu" else "."
    limits = (MEMORY, SECONDS, settings.IMPORT_MAX_UNPACKED_BYTES, settings.IMPORT_MAX_ROW_BYTES)
    # Nothing of the environment or the working directory can stand in for a module.
    command = [sys.executable, "-I", str(_READER), *map(str, limits), DATE_FORMATS[spec.date_format], point]
    # It needs no secrets of ours.
    environment = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    result = temporary.enter_context(tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR))  # noqa: SIM115
    with tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as book:
        file.seek(0)
        shutil.copyfileobj(file, book)
        book.seek(0)
        try:
            done = subprocess.run(
                command,
                stdin=book,
                stdout=result,
                stderr=subprocess.PIPE,
                env=environment,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise Refused("Reading the workbook took too long. Save it as CSV.") from None
    if done.returncode:
        raise Refused(_told(done))
    return result


def _told(done: subprocess.CompletedProcess[bytes]) -> str:
    if done.returncode == REFUSED:
        return done.stderr.decode()
    log.warning("workbook_not_read", exit_code=done.returncode, error=done.stderr[:500].decode(errors="replace"))
    return "The workbook is damaged, or too large to be read. Save it as CSV."


def _rows(converted: BinaryIO) -> Iterator[list[str]]:
    converted.seek(0)
    csv.field_size_limit(settings.IMPORT_MAX_ROW_BYTES)
    with open(converted.fileno(), encoding="utf-8", newline="", closefd=False) as text:
        yield from csv.reader(text)


def _table(converted: BinaryIO) -> Table:
    rows = _rows(converted)
    next(rows)
    header = next(rows, None)
    if header is None:
        raise Refused("The first sheet of the workbook is empty.")
    return without_empty_tail(header[1:], _records(rows))


def _records(rows: Iterator[list[str]]) -> Iterator[Record]:
    for number, *cells in rows:
        yield int(number), cells
