"""How do rows travel to the database? Checked, and written down as COPY wants them, a batch at a time.

The next batch is made ready in a second thread while the database applies this one: the two take about as long.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import batched, islice

from core import places
from core.encryption import box
from imports import rows
from imports.columns import Columns
from imports.formats import Record
from imports.lookthrough import Overview

SIZE = 1000
# A debtor for whom the creditor gives no reference is known by that of his account.
OWN_REFERENCE = "account:"

# The columns of the staging table that come from the file, in the order in which they are written.
COLUMNS = (
    *("line", "errors", "ref", "debtor_ref", "speaks", "creditor", "name", "amount", "due_date", "account_type"),
    *("particulars", "ssn", "birth", "address", "city", "state", "zip", "zones", "zip_zones", "phone", "phone_zones"),
    "email",
)
_AFTER_REFERENCE = "\t" * (len(COLUMNS) - 3)


@dataclass
class Batch:
    """Up to SIZE records, ready for COPY (text format, an empty cell is NULL)."""

    records: int
    copy: bytes
    # Line to SSN digits and birth date in the clear: encrypted values cannot be compared in the database.
    secrets: dict[int, tuple[str, str]] = field(repr=False)
    debtors_repeat: bool
    # Of this run, which may have begun in the middle of the file.
    is_first: bool


class Preparation:
    """Makes batches of one file; collects the creditors' names, numbered from 1, on the way."""

    def __init__(
        self, columns: Columns, overview: Overview, *, default_creditor: bool, writing: rows.Writing | None = None
    ) -> None:
        self.creditors: list[str] = []
        self._columns = columns
        self._overview = overview
        self._default_creditor = default_creditor
        self._writing = writing
        self._width = len(columns.names)
        self._reference = columns.reader("external_ref")
        self._numbers: dict[str, int] = {}

    def batches(self, records: Iterable[Record], done: int) -> Iterator[Batch]:
        """The batches behind the first `done` records."""
        for number, some in enumerate(batched(islice(records, done, None), SIZE, strict=False)):
            yield self._batch(some, is_first=number == 0)

    def _batch(self, records: tuple[Record, ...], *, is_first: bool) -> Batch:
        lines: list[str] = []
        secrets: dict[int, tuple[str, str]] = {}
        people: set[str] = set()
        accepted = 0
        for line, cells in records:
            try:
                person, text = self._accept(line, cells, secrets)
            except rows.Rejected as rejected:
                text = self._reject(line, cells, rejected)
            else:
                accepted += 1
                people.add(person)
            lines.append(text)
        lines.append("")
        return Batch(len(records), "\n".join(lines).encode(), secrets, len(people) < accepted, is_first)

    def _accept(self, line: int, cells: list[str], secrets: dict[int, tuple[str, str]]) -> tuple[str, str]:
        """The debtor's reference, and the row for COPY."""
        columns, overview = self._columns, self._overview
        if len(cells) != self._width:
            raise rows.not_as_many(len(cells), self._width)
        row, amount, phone, phone_zones = rows.check(columns.values(cells), self._writing)
        ref = row["external_ref"]
        get: Callable[..., str] = row.get  # type: ignore[assignment]  # optional cells are text as well
        if not overview.accounts.is_last(ref, line):
            raise rows.Rejected([_superseded(ref, overview.accounts.lines[ref])])
        person = get("debtor_external_ref", "") or OWN_REFERENCE + ref
        if person.startswith(OWN_REFERENCE) and person != OWN_REFERENCE + ref:
            raise rows.Rejected([_ours(person)])
        zip_code, ssn, birth = get("zip", ""), get("debtor_ssn_last4", ""), get("debtor_date_of_birth", "")
        zip_zones = places.zip_code(zip_code) if zip_code else places.NOWHERE
        particulars = columns.unknown(cells) if columns.particulars else None
        if ssn or birth:
            secrets[line] = (ssn, birth)
        row_cells = (
            str(line),
            "",
            ref,
            person,
            "t" if overview.debtors.is_last(person, line) else "f",
            self._creditor(get("creditor_name", "")),
            row["debtor_name"],
            amount,
            get("due_date", ""),
            get("account_type", ""),
            json.dumps(particulars, ensure_ascii=False) if particulars else "",
            box().encrypt(ssn) if ssn else "",
            box().encrypt(birth) if birth else "",
            get("address_line1", ""),
            get("city", ""),
            get("state", "").upper(),
            zip_code,
            _array(places.union(zip_zones, phone_zones)),
            _array(zip_zones),
            phone,
            _array(phone_zones),
            get("debtor_email", "").lower(),
        )
        text = "\t".join(row_cells)
        if "\\" in text or "\n" in text or "\r" in text or text.count("\t") != len(COLUMNS) - 1:
            text = "\t".join(map(_escape, row_cells))
        return person, text

    def _creditor(self, name: str) -> str:
        """The number of a creditor's name; 0 is the feed's own."""
        if not name:
            if not self._default_creditor:
                raise rows.Rejected([NO_CREDITOR])
            return "0"
        number = self._numbers.get(name)
        if number is None:
            self.creditors.append(name)
            number = self._numbers[name] = len(self.creditors)
        return str(number)

    def _reject(self, line: int, cells: list[str], rejected: rows.Rejected) -> str:
        reference = self._reference(cells)[:100] if len(cells) == self._width else ""
        errors = json.dumps([problem.as_json() for problem in rejected.problems], ensure_ascii=False)
        return f"{line}\t{_escape(errors)}\t{_escape(reference)}{_AFTER_REFERENCE}"


NO_CREDITOR = rows.Problem(
    "creditor_name", "required", "Missing, and no creditor is chosen for rows that name none", ""
)


def _ours(reference: str) -> rows.Problem:
    sentence = f"A debtor's reference does not begin with “{OWN_REFERENCE}”: that is our mark for debtors without one"
    return rows.Problem("debtor_external_ref", "invalid", sentence, reference)


def _superseded(reference: str, line: int) -> rows.Problem:
    return rows.Problem("external_ref", "duplicate", f"Stands again in line {line}, which was used", reference)


@lru_cache(maxsize=4096)
def _array(zones: places.Zones) -> str:
    return "{" + ",".join(zones) + "}"


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def ahead(batches: Iterator[Batch]) -> Iterator[Batch]:
    """The same batches, each made ready in another thread while the one before it is used."""
    with ThreadPoolExecutor(1, thread_name_prefix="next-batch") as thread:
        upcoming = thread.submit(next, batches, None)
        while (batch := upcoming.result()) is not None:
            upcoming = thread.submit(next, batches, None)
            yield batch
