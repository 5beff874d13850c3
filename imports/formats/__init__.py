"""How is a file read? Unpacked, recognised, and given as one table; the importer knows no format.

    with formats.opened(file, job.format, spec) as document:
        table = document.table()

Records come one by one, so that memory stays flat. What cannot be read raises `Refused` with one sentence, also while
records are read: then the whole file is refused.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from imports.mapping import NOTHING, Spec


class Refused(ValueError):
    """The whole file cannot be imported; `str()` is the sentence for the user."""


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
    table: Callable[[], Table]


@contextmanager
def opened(file: BinaryIO, format: str, spec: Spec = NOTHING) -> Iterator[Document]:  # noqa: A002  (the trade's word)
    """Recognise the file. What had to be unpacked for it lives until the block ends. Raises Refused."""
    from imports.formats import delimited

    yield Document("UTF-8, comma", lambda: delimited.read(file))
