"""What is in the file as a whole? Looked through once before the first row is applied.

Counts the records, meets whatever makes the whole file unreadable while nothing is written yet, and finds which line
has the last word where a reference stands in several. Memory stays flat: a bit for each hash says "may have been
seen"; only what was seen again (and the few that share a bit) is remembered by name.
"""

from dataclasses import dataclass, field

from django.conf import settings

from imports import rows
from imports.columns import Columns
from imports.formats import Refused, Table

_BITS = 1 << 26  # 8 MB: at 200,000 records one in 600 is remembered in vain
_MASK = _BITS - 1


@dataclass
class LastWords:
    """For references that stand in several lines: the last line that is acceptable."""

    lines: dict[str, int] = field(default_factory=dict)
    _seen: bytearray = field(default_factory=lambda: bytearray(_BITS >> 3))

    def may_repeat(self, reference: str) -> bool:
        """Notes the reference; False when it certainly stands here for the first time."""
        place = hash(reference) & _MASK
        byte, bit = place >> 3, 1 << (place & 7)
        if self._seen[byte] & bit:
            return True
        self._seen[byte] |= bit
        return False

    def is_last(self, reference: str, line: int) -> bool:
        """Has this line the last word on the reference?"""
        return self.lines.get(reference, line) == line

    def forget_seen(self) -> None:
        """The bits are of no use once the file was looked through."""
        self._seen = bytearray()


@dataclass
class Overview:
    """The number of records, and who has the last word on accounts and on debtors."""

    records: int
    accounts: LastWords
    debtors: LastWords


def look_through(table: Table, columns: Columns, writing: rows.Writing | None = None) -> Overview:
    """Read the file to its end. Raises Refused when it cannot be read, has no rows or too many."""
    accounts, debtors = LastWords(), LastWords()
    reference, debtor = columns.reader("external_ref"), columns.reader("debtor_external_ref")
    width, count = len(columns.names), 0
    for line, cells in table.records:
        count += 1
        if len(cells) != width:
            continue
        again = accounts.may_repeat(ref := reference(cells))
        person = debtor(cells)
        person_again = bool(person) and debtors.may_repeat(person)
        if (again or person_again) and _acceptable(columns, cells, writing):
            if again:
                accounts.lines[ref] = line
            if person_again:
                debtors.lines[person] = line
    if not count:
        raise Refused("The file has a header, but no rows.")
    if count > settings.IMPORT_MAX_ROWS:
        raise Refused(f"The file has {count:,} rows; at most {settings.IMPORT_MAX_ROWS:,} are allowed. Split it.")
    accounts.forget_seen()
    debtors.forget_seen()
    return Overview(count, accounts, debtors)


def _acceptable(columns: Columns, cells: list[str], writing: rows.Writing | None) -> bool:
    try:
        rows.check(columns.values(cells), writing)
    except rows.Rejected:
        return False
    return True
