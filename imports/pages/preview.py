"""What stands in the first rows of a file, and what would we understand? As the importer would, for the editor's eye.

What may be a social security number or a birth date is masked, also in columns that fill none of our fields.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import BinaryIO

from imports import batches, formats, rows
from imports.columns import Columns, understand
from imports.formats import Record
from imports.header_search import suggested_skip
from imports.mapping import FIELDS, Spec, title_key

ROWS = 5
SECRET = frozenset({"debtor_ssn_last4", "debtor_date_of_birth"})

_SECRET_TITLE = re.compile(r"(^|_)(ssn|ssn4|social|dob|birth|birthdate|birthday|birth_date|born)(_|[0-9]|$)")
_SECRET_CELL = re.compile(r"(?<![0-9])[0-9]{3}[- ][0-9]{2}[- ][0-9]{4}(?![0-9])")


@dataclass(frozen=True)
class Understood:
    """One of our fields in one row; `wrong` says what is wrong with it."""

    label: str
    text: str
    wrong: str = ""


@dataclass(frozen=True)
class Line:
    """One row of the file: its cells, and what they mean to us."""

    number: int
    cells: list[str]
    fields: list[Understood] = field(default_factory=list)
    # What is wrong with the row as a whole.
    wrong: list[str] = field(default_factory=list)

    @property
    def is_accepted(self) -> bool:
        """Would the row be imported, for all that can be seen from itself?"""
        return not self.wrong and not any(one.wrong for one in self.fields)


@dataclass(frozen=True)
class Preview:
    """The first rows; `refusal` is the sentence by which the whole file would be refused."""

    kind: str = ""
    titles: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    found: Columns | None = None
    refusal: str = ""
    # How many lines seem to stand above the header, when another number is said.
    suggested_skip: int | None = None

    @property
    def labels(self) -> list[str]:
        """The headings of what was understood."""
        return [one.label for one in self.lines[0].fields] if self.lines else []


def of_file(file: BinaryIO, format: str, spec: Spec, *, default_creditor: bool) -> Preview:  # noqa: A002
    """Read the first rows by that mapping; `default_creditor` tells whether rows may leave the creditor out."""
    try:
        with formats.opened(file, format, spec, head=True) as document:
            return _of_document(document, spec, default_creditor=default_creditor)
    except formats.Refused as refused:
        return Preview(refusal=str(refused))


def _of_document(document: formats.Document, spec: Spec, *, default_creditor: bool) -> Preview:
    table = document.table()
    refusal, found, lower = "", None, None
    try:
        found = understand(table.header, spec)
    except formats.Refused as refused:
        refusal, lower = str(refused), suggested_skip(document, spec)
    records: list[Record] = []
    try:
        records += islice(table.records, ROWS)
    except formats.Refused as refused:
        refusal = refusal or str(refused)
    if not records:
        refusal = refusal or "The file has a header, but no rows."
    hidden = _hidden(table.header, found, spec)
    if lower is not None:  # the columns are named further down
        hidden |= _hidden(document.below(lower).header, None, spec)
    writing = rows.writing_of(spec)
    lines = []
    for number, cells in records:
        shown = [_masked(cell, always=place in hidden) for place, cell in enumerate(cells)]
        lines.append(
            _understood(number, shown, cells, found, writing, default_creditor=default_creditor)
            if found
            else Line(number, shown)
        )
    return Preview(document.kind, [title.strip() for title in table.header], lines, found, refusal, lower)


def _understood(
    number: int,
    shown: list[str],
    cells: list[str],
    found: Columns,
    writing: rows.Writing | None,
    *,
    default_creditor: bool,
) -> Line:
    if len(cells) != len(found.names):
        return Line(
            number, shown, _empty(found), [p.message for p in rows.not_as_many(len(cells), len(found.names)).problems]
        )
    values = found.values(cells)
    problems: list[rows.Problem] = []
    try:
        placement = rows.check(values, writing)
    except rows.Rejected as rejected:
        problems = rejected.problems
    else:
        values |= {name: str(text) for name, text in placement.row.items()}
        values |= {"original_amount": placement.amount, "debtor_phone": placement.phone}
        if not default_creditor and not values.get("creditor_name", "").strip():
            problems = [batches.NO_CREDITOR]
    wrong = {problem.field: problem.message for problem in problems}
    fields = [
        Understood(FIELDS[name], _masked(values.get(name, "").strip(), always=name in SECRET), wrong.pop(name, ""))
        for name in _shown_fields(found)
    ]
    return Line(number, shown, fields, [f"{FIELDS.get(name, name)}: {message}" for name, message in wrong.items()])


def _empty(found: Columns) -> list[Understood]:
    return [Understood(FIELDS[name], "") for name in _shown_fields(found)]


def _shown_fields(found: Columns) -> list[str]:
    return [name for name in FIELDS if found.source(name)]


def _hidden(header: Sequence[str], found: Columns | None, spec: Spec) -> set[int]:
    """The places of columns that may hold what nobody needs to see here."""
    keys = [title_key(title) for title in header]
    mapped = {title_key(title) for name in SECRET & spec.fields.keys() for title in spec.fields[name].columns}
    hidden = {place for place, key in enumerate(keys) if key in mapped or _SECRET_TITLE.search(key)}
    if found:
        sources = {title_key(title) for name in SECRET for title in found.source(name).split(" + ")}
        hidden |= {place for place, key in enumerate(keys) if key in sources}
    return hidden


def _masked(text: str, *, always: bool) -> str:
    if always:
        return re.sub(r"\w", "•", text)
    return _SECRET_CELL.sub("•••-••-••••", text)
