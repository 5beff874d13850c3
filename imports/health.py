"""How do the feeds do: which file came last, what became of it, and is the server reached at all?"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import Q

from core import tenancy
from imports.models import SFTPImportJob
from imports.quality import BY_HAND

# Active feeds, those in trouble first, and last what people brought: each with its newest file.
_LAST_FILES = """
SELECT feed.id, feed.name, feed.last_error, feed.last_polled_at, job.id, job.file_name, job.status, job.created_at,
    job.processed_ok + job.processed_errors, job.processed_errors
FROM (
    SELECT id, name, last_error, last_polled_at FROM imports_sftpfeed WHERE agency_id = %(agency)s AND is_active
    UNION ALL SELECT NULL, %(by_hand)s, '', NULL
) AS feed
LEFT JOIN LATERAL (
    SELECT * FROM imports_sftpimportjob
    WHERE agency_id = %(agency)s AND feed_id IS NOT DISTINCT FROM feed.id ORDER BY created_at DESC, id DESC LIMIT 1
) AS job ON true
WHERE feed.id IS NOT NULL OR job.id IS NOT NULL
ORDER BY feed.id IS NULL, feed.last_error = '', job.created_at DESC NULLS FIRST, feed.name
"""


@dataclass(frozen=True)
class Health:
    """A feed (None: what people brought) and its newest file, if any came; `error` says why it fails now."""

    feed: UUID | None
    name: str
    error: str
    polled_at: datetime | None
    job: UUID | None
    file_name: str | None
    status: str | None
    received_at: datetime | None
    rows: int | None
    rejected: int | None

    @property
    def rejected_share(self) -> Decimal | None:
        """Rejected rows ÷ rows; None when no row was read."""
        return Decimal(self.rejected or 0) / self.rows if self.rows else None


def of_feeds() -> list[Health]:
    """In one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST_FILES, {"agency": tenancy.current_agency_id(), "by_hand": BY_HAND})
        return [Health(*row) for row in cursor.fetchall()]


def with_errors() -> Q:
    """Files that were refused, not finished, or of which rows were rejected."""
    return Q(status=SFTPImportJob.Status.FAILED) | Q(processed_errors__gt=0)
