"""How does the queue hand out its work? In order, to one worker each, and the moment it is there.

Django-Q's own ORM broker asks again and again, and lets two workers try for the same row. Here a worker claims what it
takes in one statement that skips what others hold, and sleeps until PostgreSQL tells it that something was put there:
a job starts within milliseconds, and an idle worker asks once a second.
"""

from datetime import timedelta
from typing import Any

from django.db import connections
from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.conf import Conf

from core.prepared import rows_of

CHANNEL = "debtflow_jobs"
LONGEST_SLEEP = 1.0  # seconds: what another worker left behind is found without being told
# Chosen once before anything is updated: as a subquery PostgreSQL may choose again for each row it looks at, and
# take them all.
CLAIM = """
WITH next AS MATERIALIZED (
    SELECT id FROM django_q_ormq WHERE key = %s AND lock <= %s ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
)
UPDATE django_q_ormq SET lock = %s FROM next WHERE django_q_ormq.id = next.id RETURNING django_q_ormq.id, payload
"""
# Told when the transaction commits, like the row itself.
PUT = f"""
WITH put AS (INSERT INTO django_q_ormq (key, payload, lock) VALUES (%s, %s, %s) RETURNING id)
SELECT id, pg_notify('{CHANNEL}', '') FROM put
"""  # noqa: S608  (our own constant)


class Broker(ORM):
    """The queue's table, claimed without contention."""

    _listening: Any = None  # the connection that was told to listen

    def enqueue(self, task: str) -> int:
        """Put a task there, within the caller's transaction; gives its number."""
        return int(rows_of(PUT, [self.list_key or Conf.CLUSTER_NAME, task, timezone.now()])[0][0])

    def dequeue(self) -> list[tuple[int, str]] | None:
        """Some tasks with their numbers; None when there was none for a while."""
        self.get_connection(self.list_key)  # closes what is stale
        if taken := self.claim():
            return taken
        self._sleep()
        return None

    def claim(self) -> list[tuple[int, str]]:
        """The tasks that come next, ours from now on; whoever does not acknowledge them loses them after a time."""
        now = timezone.now()
        until = now + timedelta(seconds=Conf.RETRY)
        with connections[Conf.ORM].cursor() as cursor:
            cursor.execute(CLAIM, [self.list_key, now, Conf.BULK, until])
            return sorted(cursor.fetchall())

    def _sleep(self) -> None:
        """Until somebody puts a task there, or for a second."""
        wrapper = connections[Conf.ORM]
        wrapper.ensure_connection()
        if self._listening is not wrapper.connection:
            with wrapper.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
            self._listening = wrapper.connection
            return  # what came before we listened is looked for first
        for _ in wrapper.connection.notifies(timeout=LONGEST_SLEEP, stop_after=1):
            pass
