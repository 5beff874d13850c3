"""How good were the files that came? By feed: files, rows, what became of them, and why rows were rejected."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Avg, Count, F, Max, Q, QuerySet, Sum

from core import tenancy
from imports.mapping import FIELDS
from imports.models import SFTPImportJob

BY_HAND = "Imported by hand"
# Where something may be wrong in a row: a column that we know, or the row as a whole.
PLACES = {"line": "The whole row"} | FIELDS
# Reasons are counted in so many rejected rows, the newest files' first, so that a ruined year costs what any day does.
COUNTED = 20_000
REASONS = 20

_COUNT_REASONS = """
SELECT feed_id, error ->> 'field', error ->> 'code', count(DISTINCT rejected.id)
FROM (
    SELECT job.feed_id, record.id, record.errors
    FROM imports_sftpimportjob AS job
    JOIN imports_importedrecord AS record
        ON record.agency_id = job.agency_id AND record.job_id = job.id AND record.outcome = 'rejected'
    WHERE job.agency_id = %s AND job.created_at >= %s AND job.created_at < %s AND job.processed_errors > 0
    ORDER BY job.created_at DESC, job.id DESC, record.line_number LIMIT %s
) AS rejected, jsonb_array_elements(errors) AS error
GROUP BY 1, 2, 3 ORDER BY 4 DESC, 2, 3, 1 LIMIT %s
"""


@dataclass(frozen=True)
class Sums:
    """What some files come to: rows are those that are done, and each was accepted or rejected.

    `took`: from the start of the work to its end, a finished file's on average; `last`: when the last one came.
    """

    files: int
    failed: int
    rows: int
    accepted: int
    rejected: int
    created: int
    updated: int
    unchanged: int
    took: timedelta | None
    last: datetime | None


@dataclass(frozen=True)
class Quality:
    """What came of one feed; `feed` None: files that people brought."""

    feed: UUID | None
    name: str
    sums: Sums


@dataclass(frozen=True)
class Reason:
    """Why rows of one feed were rejected, and how many were."""

    feed: UUID | None
    field: str
    code: str
    rows: int


_SUMS: dict[str, Any] = {
    "files": Count("pk"),
    "failed": Count("pk", filter=Q(status=SFTPImportJob.Status.FAILED)),
    "rows": Sum(F("processed_ok") + F("processed_errors"), default=0),
    "accepted": Sum("processed_ok", default=0),
    "rejected": Sum("processed_errors", default=0),
    "created": Sum("created_count", default=0),
    "updated": Sum("updated_count", default=0),
    "unchanged": Sum("unchanged_count", default=0),
    "took": Avg(F("completed_at") - F("started_at"), filter=Q(status=SFTPImportJob.Status.COMPLETED)),
    "last": Max("created_at"),
}


def received(since: datetime, before: datetime) -> QuerySet[SFTPImportJob]:
    """The files that came then."""
    return SFTPImportJob.objects.filter(created_at__gte=since, created_at__lt=before)


def sums(jobs: QuerySet[SFTPImportJob]) -> Sums:
    """Over all of them, in one statement."""
    return Sums(**jobs.order_by().aggregate(**_SUMS))


def by_feed(jobs: QuerySet[SFTPImportJob]) -> list[Quality]:
    """The feeds of which something came, by name; what came by hand last. One statement."""
    feeds: Any = jobs.order_by().values("feed_id", "feed__name")
    found = feeds.annotate(**_SUMS).order_by(F("feed__name").asc(nulls_last=True), "feed_id")
    return [
        Quality(line["feed_id"], line["feed__name"] or BY_HAND, Sums(**{name: line[name] for name in _SUMS}))
        for line in found
    ]


def reasons(since: datetime, before: datetime) -> list[Reason]:
    """Why rows were rejected in the files that came then, the most frequent first; REASONS of them, in COUNTED rows."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_REASONS, [tenancy.current_agency_id(), since, before, COUNTED, REASONS])
        return [Reason(*line) for line in cursor.fetchall()]


def place_words(field: str) -> str:
    """`Amount owed`; the name of a field as it is where we have no words for it."""
    return PLACES.get(field, field)
