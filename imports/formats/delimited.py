"""Text with a separator between its cells: comma, semicolon, tab, pipe or colon, found out from the header.

Quoting is that of RFC 4180: double quotation marks, doubled inside, around newlines as well.
"""

import csv
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO

from django.conf import settings

from imports import columns
from imports.formats import NOTHING_BELOW, Document, Record, Refused, Table, encoding, without_empty_tail
from imports.formats.lines import lines
from imports.mapping import MOST_SKIPPED, Spec

NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe", ":": "colon"}
_SAMPLE_LINES, _SAMPLE_CHARACTERS = 30, 4096
# So much of a line is enough to know its separator.
_SAMPLE_WIDTH = 16_384
# What Excel writes above the header where the comma is the decimal point.
_TOLD = re.compile(r"sep=([,;\t|:])[\r\n]*", re.IGNORECASE)


def document(file: BinaryIO, spec: Spec) -> Document:
    """The file, its encoding and separator found out. Raises Refused when it is empty or no text."""
    characters = encoding.detect(file, spec.encoding)
    sample = [line[:_SAMPLE_WIDTH] for line in islice(lines(file, characters), MOST_SKIPPED + _SAMPLE_LINES)]
    told = _TOLD.fullmatch(sample[0]) if sample else None

    def separator(skip: int) -> str:
        return spec.delimiter or (told.group(1) if told else _delimiter(sample[skip : skip + _SAMPLE_LINES], spec))

    def below(skip: int) -> Table:
        return _table(lines(file, characters), separator(skip), max(skip, 1 if told else 0))

    return Document(f"{characters.title}, {NAMES[separator(spec.skip_lines)]}", below, spec.skip_lines)


def _table(text: Iterator[str], delimiter: str, skip: int) -> Table:
    csv.field_size_limit(settings.IMPORT_MAX_ROW_BYTES)
    rows = csv.reader(islice(text, skip, None), delimiter=delimiter, skipinitialspace=True, strict=True)
    records = _records(rows, skip)
    header = next(records, None)
    if header is None:
        raise Refused(NOTHING_BELOW if skip else "The file is empty.")
    return without_empty_tail(header[1], records)


def _records(rows: Any, skipped: int) -> Iterator[Record]:
    begins = following = 1 + skipped
    try:
        for cells in rows:
            if cells:  # a blank line is no record
                yield begins, cells
            begins = rows.line_num + following
    except csv.Error as error:
        raise Refused(f"Line {begins} cannot be read ({error}). Is a quotation mark missing?") from error


def _delimiter(sample: list[str], spec: Spec) -> str:
    """The separator under which most titles of the header are known; the standard library's guess among equals."""
    known = {delimiter: _known_titles(sample, delimiter, spec) for delimiter in NAMES}
    best = [delimiter for delimiter, count in known.items() if count == max(known.values())]
    if len(best) > 1:
        try:
            guess = csv.Sniffer().sniff("".join(sample)[:_SAMPLE_CHARACTERS], "".join(best)).delimiter
        except csv.Error:
            return best[0]
        return guess if guess in best else best[0]
    return best[0]


def _known_titles(sample: list[str], delimiter: str, spec: Spec) -> int:
    try:
        header: list[str] = next(filter(None, csv.reader(sample, delimiter=delimiter, skipinitialspace=True)), [])
    except csv.Error:
        return 0
    return sum(columns.is_known(title, spec) for title in header)
