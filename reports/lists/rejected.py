"""Which rows of which files were not accepted? Across all files; the page of an import shows those of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import django_filters as filters
from django.db.models import Count, QuerySet

from core import calendar
from core.sheet import Kind
from imports import quality
from imports.models import ImportedRecord, SFTPFeed
from reports.lists.filtering import FromDay, ListFilter, UntilDay
from reports.lists.listing import Listing, Total

BY_HAND = "none"


def feeds() -> list[tuple[str, str]]:
    """The agency's feeds as choices, and what people brought."""
    known = SFTPFeed.objects.values_list("pk", "name")
    return [*((str(pk), name) for pk, name in known), (BY_HAND, quality.BY_HAND)]


def reasons() -> list[tuple[str, str]]:
    """What may be wrong: a column that we know, or the row as a whole."""
    return list(quality.PLACES.items())


class RejectedFilter(ListFilter):
    """By the day on which the file came, by feed, and by what was wrong."""

    since = FromDay("job__created_at", label="Received from")
    until = UntilDay("job__created_at", label="Received to")
    feed = filters.ChoiceFilter(label="Feed", method="of_feed", choices=feeds, empty_label="Any feed")
    field = filters.ChoiceFilter(label="Field", method="with_field", choices=reasons, empty_label="Any field")
    code = filters.CharFilter(label="Kind of error", method="with_code", max_length=40)

    more = ("code",)

    class Meta:
        model = ImportedRecord
        fields: list[str] = []

    def of_feed(self, rows: "QuerySet[ImportedRecord]", _: str, feed: str) -> "QuerySet[ImportedRecord]":
        """Of files of this feed, or of those that people brought."""
        return rows.filter(job__feed=None if feed == BY_HAND else UUID(feed))

    def with_field(self, rows: "QuerySet[ImportedRecord]", _: str, field: str) -> "QuerySet[ImportedRecord]":
        """Something is wrong there."""
        return rows.filter(errors__contains=[{"field": field}])

    def with_code(self, rows: "QuerySet[ImportedRecord]", _: str, code: str) -> "QuerySet[ImportedRecord]":
        """It is wrong this way; in the field, if one is named as well."""
        field = self.form.cleaned_data.get("field")
        return rows.filter(errors__contains=[{"code": code.replace(" ", "_")} | ({"field": field} if field else {})])


@dataclass(frozen=True)
class Row:
    """One line of a file, with the first thing that is wrong with it; `more` counts the others."""

    id: UUID
    job: UUID
    file: str
    feed: str
    when: str
    at: datetime
    line: int
    ref: str
    field: str
    value: str
    message: str
    more: int


class Rejected(Listing[ImportedRecord]):
    """Lines that were not accepted."""

    url = "reports:rejected"
    title = "Rejected rows"
    about = "Every row of a file that was not accepted, with what to fix"
    nothing_yet = "A row that cannot be read appears here; the other rows of its file are not affected."
    icon = "upload"
    rows_template = "reports/lists/rejected.html"
    filters = RejectedFilter

    def everything(self) -> "QuerySet[ImportedRecord]":
        """All of the agency."""
        return ImportedRecord.objects.filter(outcome=ImportedRecord.Outcome.REJECTED)

    def with_surroundings(self, rows: "QuerySet[ImportedRecord]") -> "QuerySet[ImportedRecord]":
        """With the file and its feed."""
        return rows.select_related("job__feed")

    def sums(self, rows: "QuerySet[ImportedRecord]") -> list[Total]:
        """How many, in how many files."""
        sums = rows.aggregate(rows=Count("pk"), files=Count("job", distinct=True))
        return [
            Total("rejected", "Rows", sums["rows"], Kind.NUMBER),
            Total("files", "Files", sums["files"], Kind.NUMBER),
        ]

    def told(self, rows: Sequence[ImportedRecord]) -> list[Row]:
        """The rows in words."""
        return [self._row(record) for record in rows]

    def _row(self, record: ImportedRecord) -> Row:
        job, wrong = record.job, self._asked_for(record)
        return Row(
            id=record.pk,
            job=job.pk,
            file=job.file_name,
            feed=job.feed.name if job.feed else quality.BY_HAND,
            when=calendar.moment_words(job.created_at, self.zone, self.today),
            at=job.created_at,
            line=record.line_number,
            ref=record.external_ref,
            field=quality.place_words(wrong["field"]),
            value=wrong["value"] or "",
            message=wrong["message"],
            more=len(record.errors) - 1,
        )

    def _asked_for(self, record: ImportedRecord) -> dict[str, Any]:
        """The error of the field that the URL names, or the first."""
        field = self.narrowed.values.get("field")
        named = [error for error in record.errors if error["field"] == field]
        found: dict[str, Any] = [*named, *record.errors][0]
        return found
