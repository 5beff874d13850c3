"""Which lines of a file does its job's page list? Those with errors, for one reason or all, or what updates changed.

A page begins behind a line, or ends before one: both stand in the URL.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.http import QueryDict

from imports.models import ImportedRecord, SFTPImportJob

LINES = 50
# Reasons are counted in so many rejected lines, so that a page of a ruined file costs what any other does.
COUNTED = 20_000
REASONS = 50
LARGEST_LINE = 999_999_999
ERRORS, CHANGES = "errors", "changes"

Outcome = ImportedRecord.Outcome

_COUNT_REASONS = """
SELECT error ->> 'field', error ->> 'code', count(*)
FROM (
    SELECT errors FROM imports_importedrecord
    WHERE agency_id = %s AND job_id = %s AND outcome = 'rejected' ORDER BY line_number LIMIT %s
) AS rejected, jsonb_array_elements(errors) AS error
GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT %s
"""


@dataclass(frozen=True)
class Refusal:
    """One reason why one line was rejected."""

    line: int
    reference: str
    field: str
    value: str
    message: str


@dataclass(frozen=True)
class Change:
    """What one line changed in one fact of an account or its debtor."""

    line: int
    account_id: UUID
    reference: str
    field: str
    old: str
    new: str


@dataclass(frozen=True)
class Reason:
    """A kind of fault, and how many lines have it."""

    key: str
    label: str
    lines: int


class JobLines:
    """The lines that one URL of the job's page shows."""

    def __init__(self, job: SFTPImportJob, query: QueryDict) -> None:
        self.job = job
        self.show = CHANGES if query.get("show") == CHANGES else ERRORS
        found = re.fullmatch(r"([a-z0-9_]{1,40}):([a-z0-9_]{1,40})", query.get("reason", ""))
        self._fault = found.groups() if found and self.show == ERRORS else None
        self.after, self.before = _line(query.get("after", "")), _line(query.get("before", ""))

    @property
    def reason(self) -> str:
        """The reason that is filtered by, as the URL has it; empty for any."""
        return ":".join(self._fault) if self._fault else ""

    @cached_property
    def reasons(self) -> list[Reason]:
        """The kinds of faults, the most frequent first; one statement, over COUNTED lines at most."""
        if not self.job.processed_errors:
            return []
        with connection.cursor() as cursor:
            cursor.execute(_COUNT_REASONS, [self.job.agency_id, self.job.pk, COUNTED, REASONS])
            return [Reason(f"{f}:{c}", f"{f}: {c.replace('_', ' ')}", n) for f, c, n in cursor.fetchall()]

    @property
    def counted(self) -> int | None:
        """In how many lines the reasons were counted, None when in all."""
        return COUNTED if self.job.processed_errors > COUNTED else None

    @property
    def refusals(self) -> list[Refusal]:
        """What the page lists, on the tab of errors."""
        if self.show == CHANGES:
            return []
        return [refusal for record in self._page.records for refusal in _refusals(record)]

    @property
    def changes(self) -> list[Change]:
        """What the page lists, on the tab of changes."""
        if self.show == ERRORS:
            return []
        return [change for record in self._page.records for change in _changes(record)]

    @property
    def previous_query(self) -> str:
        """The query string of the page before this one; empty when this is the first."""
        return self._query(before=self._page.first) if self._page.has_previous else ""

    @property
    def next_query(self) -> str:
        """The query string of the next page; empty when this is the last."""
        return self._query(after=self._page.last) if self._page.has_next else ""

    def _query(self, **place: int) -> str:
        shown = {"show": CHANGES} if self.show == CHANGES else {}
        return urlencode(shown | ({"reason": self.reason} if self.reason else {}) | place)

    @cached_property
    def _page(self) -> "_Page":
        records = ImportedRecord.objects.filter(job=self.job)
        if self.show == CHANGES:
            if not self.job.updated_count:
                return _Page([], has_previous=False, has_next=False)
            changed = records.filter(outcome=Outcome.UPDATED).select_related("account")
            return _page(changed, self.after, self.before)
        records = records.filter(outcome=Outcome.REJECTED)
        if self._fault:
            field, code = self._fault
            records = records.filter(errors__contains=[{"field": field, "code": code}])
        return _page(records, self.after, self.before)


@dataclass(frozen=True)
class _Page:
    records: list[ImportedRecord]
    has_previous: bool
    has_next: bool

    @property
    def first(self) -> int:
        return self.records[0].line_number if self.records else 0

    @property
    def last(self) -> int:
        return self.records[-1].line_number if self.records else 0


def _page(records: QuerySet[ImportedRecord], after: int, before: int) -> _Page:
    """LINES records by the key; one more is asked for, to know whether the list goes on."""
    if before:
        found = list(records.filter(line_number__lt=before).order_by("-line_number")[: LINES + 1])
        return _Page(found[:LINES][::-1], len(found) > LINES, has_next=True)
    found = list(records.filter(line_number__gt=after).order_by("line_number")[: LINES + 1])
    return _Page(found[:LINES], after > 0, len(found) > LINES)


def _line(text: str) -> int:
    """A line's number out of a URL; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_LINE)) else 0


def _refusals(record: ImportedRecord) -> Iterator[Refusal]:
    for error in record.errors:
        yield Refusal(record.line_number, record.external_ref, error["field"], error["value"] or "", error["message"])


def _changes(record: ImportedRecord) -> Iterator[Change]:
    assert record.account is not None  # noqa: S101  (a rule of the books: only rejected lines have no account)
    for field, change in sorted(record.changes.items()):
        old, new = change["old"], change["new"]
        if isinstance(new, dict):  # particulars: the creditor's own columns, each a fact
            pairs = [(name, (old or {}).get(name), text) for name, text in new.items()]
            facts = [(name, before, now) for name, before, now in pairs if before != now]
        else:
            facts = [(field, old, f"{new} ({note})" if (note := change.get("note")) else new)]
        for name, before, now in facts:
            yield Change(
                record.line_number, record.account.pk, record.account.external_ref, name, _said(before), _said(now)
            )


def _said(value: Any) -> str:
    return "" if value is None else str(value)
