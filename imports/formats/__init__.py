"""How is a file read? Unpacked, recognised, and given as one table; the importer knows no format.

    with formats.opened(file, job.format, spec) as document:
        table = document.table()

Records come one by one, so that memory stays flat. What cannot be read raises `Refused` with one sentence, also while
records are read: then the whole file is refused.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import BinaryIO

from imports.mapping import NOTHING, Spec


class Refused(ValueError):
    """The whole file cannot be imported; `str()` is the sentence for the user."""


NOTHING_BELOW = "The file has no rows below the lines left out."

# Where the record begins in the file (the header is line 1), and its cells.
type Record = tuple[int, list[str]]


@dataclass(frozen=True)
class Table:
    """A header and what stands below it."""

    header: list[str]
    records: Iterator[Record]


@dataclass(frozen=True)
class Document:
    """A file that was recognised: what it is, in words for people, and its table, from the start at each call."""

    kind: str
    # The table that stands below so many lines of the file.
    below: Callable[[int], Table]
    # How many lines the mapping says stand above the table.
    skipped: int = 0

    def table(self) -> Table:
        """The table where the mapping says it stands. Raises Refused."""
        return self.below(self.skipped)


@contextmanager
def opened(
    file: BinaryIO,
    format: str,  # noqa: A002  (the trade's word)
    spec: Spec = NOTHING,
    *,
    head: bool = False,
) -> Iterator[Document]:
    """Recognise the file. What had to be unpacked for it lives until the block ends. Raises Refused.

    `format` is one of `imports.models.Format`; a spreadsheet is recognised as one. With `head` only the first rows
    are asked for, and a workbook may end behind row `workbook_head.ROWS`.
    """
    from imports.formats import delimited, fixed_width, sent_back, spreadsheet, unpacking

    with ExitStack() as temporary:
        content, packed = unpacking.unpacked(file, temporary)
        if unpacking.is_excel(content):
            if format == "fixed_width":
                raise Refused("This is an Excel file, but fixed-width text was expected. Choose the table format.")
            document = sent_back.recognised(spreadsheet.document(content, spec, temporary, head=head))
        elif format == "fixed_width":
            document = fixed_width.document(content, spec)
        else:
            document = sent_back.recognised(delimited.document(content, spec))
        yield replace(document, kind=f"{packed}, {document.kind}") if packed else document


def without_empty_tail(header: list[str], records: Iterator[Record]) -> Table:
    """The table without the nameless columns at its right end, as spreadsheets save them.

    Only what is empty in a row too is left out: a row that has something there does not pair with the header.
    """
    width = len(header)
    while width and not header[width - 1].strip():
        width -= 1
    if width in (0, len(header)):
        return Table(header, records)
    return Table(header[:width], _shortened(records, width, len(header)))


def _shortened(records: Iterator[Record], width: int, full: int) -> Iterator[Record]:
    for line, cells in records:
        tail_is_empty = len(cells) == full and not any(cell.strip() for cell in cells[width:])
        yield line, cells[:width] if tail_is_empty else cells
