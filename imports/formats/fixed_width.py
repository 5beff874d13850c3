"""Lines without separators, cut into columns by the layout of the mapping, counted in characters."""

from collections.abc import Iterator
from itertools import chain, islice
from typing import BinaryIO

from imports.formats import NOTHING_BELOW, Document, Record, Refused, Table, encoding
from imports.formats.lines import lines
from imports.mapping import Spec


def document(file: BinaryIO, spec: Spec) -> Document:
    """The file as the layout says. Raises Refused without a layout, and when the file is empty or no text."""
    if not spec.layout:
        raise Refused("Fixed-width text needs a column layout. Enter it in the mapping.")
    characters = encoding.detect(file, spec.encoding)
    count = len(spec.layout)
    return Document(
        f"fixed width, {count} column{'' if count == 1 else 's'}, {characters.title}",
        lambda skip: _table(lines(file, characters), spec, skip),
        spec.skip_lines,
    )


def _table(text: Iterator[str], spec: Spec, skip: int) -> Table:
    below = islice(enumerate(text, 1), skip, None)
    cuts = [slice(column.start - 1, column.start - 1 + column.length) for column in spec.layout]
    records = _records(below, cuts)
    first = next(records, None)
    if first is None:
        raise Refused(NOTHING_BELOW if skip else "The file is empty.")
    return Table([column.name for column in spec.layout], chain((first,), records))


def _records(text: Iterator[tuple[int, str]], cuts: list[slice]) -> Iterator[Record]:
    """Cells beyond the end of a short line are empty; what stands beyond the layout is nobody's."""
    for number, line in text:
        cells = line.rstrip("\r\n")
        if cells.strip():
            yield number, [cells[cut] for cut in cuts]
