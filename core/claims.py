"""Who works on it? One process at a time, decided by the database.

An advisory lock of the session: it goes away with the connection, so what a killed worker held is free at once, and
a worker that lost its connection can write no more.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import Error, connection

EXPORTS = "exports"
IMPORT_ARCHIVE = "import-archive"
IMPORT_BATCHES = "import-batches"
IMPORT_FEED = "import-feed"
IMPORT_JOB = "import-job"
IMPORT_TRIAL = "import-trial"


@contextmanager
def claimed(kind: str, key: UUID) -> Iterator[bool]:
    """Yields True to the one process that got it, False at once to every other."""
    mine = _ask("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", kind, key)
    try:
        yield mine
    finally:
        if mine:
            try:
                _ask("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", kind, key)
            except Error:
                pass  # the connection is gone, and the lock with it


def is_claimed(kind: str, key: UUID) -> bool:
    """Does some other process work on it?"""
    with claimed(kind, key) as mine:
        return not mine


def wait_turn(kind: str, key: UUID | None) -> None:
    """Wait until no other transaction has its turn; ours lasts until it ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{kind}:{key}"])


def _ask(question: str, kind: str, key: UUID) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(question, [f"{kind}:{key}"])
        return bool(cursor.fetchone()[0])
