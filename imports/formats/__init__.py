"""How is a file read? One reader a format; the importer knows none of them.

A reader is given an open binary file and yields a `Table`: the cells of the header, then the records, one by one, so
that memory stays flat. What it cannot read raises `Refused` with one sentence: then the whole file is refused.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from imports.models import Format


class Refused(ValueError):
    """The whole file cannot be imported; `str()` is the sentence for the user."""


# Where the record begins in the file (the header is line 1), and its cells.
type Record = tuple[int, list[str]]


@dataclass(frozen=True)
class Table:
    """A header and what stands below it."""

    header: list[str]
    records: Iterator[Record]


def read(file: BinaryIO, format: str) -> Table:  # noqa: A002  (the trade's word)
    """The file's table, read from its beginning. Raises Refused, also while the records are read."""
    file.seek(0)
    return _reader(format)(file)


def _reader(name: str) -> Callable[[BinaryIO], Table]:
    from imports.formats import delimited

    return {Format.CSV.value: delimited.read}[name]
