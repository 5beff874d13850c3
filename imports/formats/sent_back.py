"""Is it a file of rejected rows that comes back mended? Then what we added to it is taken off again.

We wrote two columns before the creditor's own, line and reason, and an apostrophe before cells that a spreadsheet
would run (`imports.rejected_rows`). Both are undone exactly, so a mended row says what the creditor meant.
"""

from collections.abc import Sequence
from dataclasses import replace

from core.spreadsheet_cells import as_it_was
from imports.formats import Document, Refused, Table
from imports.mapping import title_key

OURS = ("line", "reason")


def titles(header: Sequence[str]) -> list[str]:
    """What our columns are called beside the creditor's: `line` and `reason`, numbered where he has such columns."""
    taken = {title_key(title) for title in header}
    names = []
    for name in OURS:
        again = (f"{name}_{number}" for number in range(2, len(taken) + 3))
        names.append(name if name not in taken else next(other for other in again if other not in taken))
    return names


def recognised(document: Document) -> Document:
    """The same document; when it is one of ours, without what we added."""

    def below(lines: int) -> Table:
        table = document.below(lines)
        return without_ours(table) if _is_ours(table.header) else table

    try:
        is_ours = _is_ours(document.table().header)
    except Refused:
        return document  # asked for its table, it says so again
    kind = f"{document.kind}, rejected rows sent back" if is_ours else document.kind
    return replace(document, kind=kind, below=below)


def without_ours(table: Table) -> Table:
    """The creditor's own columns and cells."""
    return Table(_his(table.header), ((line, _his(cells)) for line, cells in table.records))


def _is_ours(header: Sequence[str]) -> bool:
    his = _his(header)
    return bool(his) and [title.strip() for title in header[: len(OURS)]] == titles(his)


def _his(cells: Sequence[str]) -> list[str]:
    return [as_it_was(cell) for cell in cells[len(OURS) :]]
