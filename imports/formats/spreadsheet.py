"""The first visible sheet of an Excel workbook, turned into a temporary CSV that is read row by row.

The reader holds the whole sheet in memory, and a hostile workbook may ask for any amount: it runs in a process of its
own, bounded in memory, time and output. Whatever becomes of it, the worker goes on.
"""

import csv
import json
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

from imports.columns import SYNONYMS
from imports.formats import NOTHING_BELOW, Document, Record, Refused, Table, without_empty_tail, workbook_head
from imports.formats.cells_of_sheet import REFUSED
from imports.formats.unpacking import refuse_large
from imports.mapping import DATE_FORMATS, Spec, title_pattern

SECONDS = 300
MEMORY = 3 << 30  # bytes of address space; a million rows of 15 columns take half of it
_READER = Path(__file__).with_name("cells_of_sheet.py")

log = structlog.get_logger(__name__)


def document(file: BinaryIO, spec: Spec, temporary: ExitStack, *, head: bool = False) -> Document:
    """The workbook's first sheet; line numbers are its row numbers. Raises Refused.

    With `head` it may end behind row `workbook_head.ROWS`: converting the whole of a large one takes seconds.
    """
    with zipfile.ZipFile(file) as archive:
        refuse_large(sum(info.file_size for info in archive.infolist()))
    beginning = workbook_head.cut(file, temporary) if head else None
    converted = _converted(beginning or file, spec, temporary)
    [name] = next(_rows(converted))
    return Document(f"Excel, sheet “{name}”", lambda skip: _table(converted, skip), spec.skip_lines)


def _converted(file: BinaryIO, spec: Spec, temporary: ExitStack) -> BinaryIO:
    """The first sheet as CSV, in a temporary file without a name."""
    point = "," if spec.amount_format == "eu" else "."
    limits = (MEMORY, SECONDS, settings.IMPORT_MAX_UNPACKED_BYTES, settings.IMPORT_MAX_ROW_BYTES)
    # Nothing of the environment or the working directory can stand in for a module.
    written = (DATE_FORMATS[spec.date_format], point, str(spec.skip_lines), json.dumps(columns_with_zeros(spec)))
    command = [sys.executable, "-I", str(_READER), *map(str, limits), *written]
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


def columns_with_zeros(spec: Spec) -> dict[str, str]:
    """Field to the pattern of its column's title, for the fields whose numbers must keep their zeros in front."""
    patterns = {}
    for field in ("zip", "debtor_ssn_last4"):
        source = spec.fields.get(field)
        titles = source.columns if source else (field, *SYNONYMS[field])
        if len(titles) == 1 or not source:  # of several joined columns none holds the whole
            patterns[field] = title_pattern(titles)
    return patterns


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


def _table(converted: BinaryIO, skip: int) -> Table:
    rows = _rows(converted)
    next(rows)
    header = next((row for row in rows if int(row[0]) > skip), None)
    if header is None:
        raise Refused(NOTHING_BELOW if skip else "The first sheet of the workbook is empty.")
    return without_empty_tail(header[1:], _records(rows))


def _records(rows: Iterator[list[str]]) -> Iterator[Record]:
    for number, *cells in rows:
        yield int(number), cells
