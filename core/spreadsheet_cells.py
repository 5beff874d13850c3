"""What must a cell not begin with, when somebody may open our file in a spreadsheet?

A spreadsheet runs a cell that begins like a formula, whoever wrote it: a debtor's name can then read the rest of the
sheet. Every CSV file that leaves the house is made of `line`.
"""

import csv
import io
from collections.abc import Iterable
from decimal import Decimal

# A tab, a line feed and a carriage return are skipped by spreadsheets before they look for the sign; the wide signs
# are taken for the plain ones in East Asian settings.
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001


def harmless(text: str) -> str:
    """The text as a cell that is only shown: with an apostrophe before what would be run.

    Also before apostrophes that stand there already, blanks among them or not, so that `as_it_was` can tell ours from
    theirs.
    """
    signs = text.lstrip("' ")
    before = text[: len(text) - len(signs)]
    return f"'{text}" if signs.startswith(_STARTS_A_FORMULA) and (not before or "'" in before) else text


def as_it_was(cell: str) -> str:
    """The text that `harmless` made this cell of; any other cell as it is."""
    return cell[1:] if cell.startswith("'") and harmless(cell[1:]) == cell else cell


def line(cells: Iterable[object]) -> str:
    """One line of CSV, ended by CR LF, of harmless cells; None is an empty one.

    Numbers are ours: a negative amount runs nothing, and with an apostrophe it would be text.
    """
    out = io.StringIO()
    csv.writer(out).writerow([_cell(cell) for cell in cells])
    return out.getvalue()


def _cell(cell: object) -> str:
    if cell is None:
        return ""
    return str(cell) if isinstance(cell, int | Decimal) else harmless(str(cell))
