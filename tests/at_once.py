"""Several people at the same moment: real threads, each with a connection of its own."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection

PATIENCE_SECONDS = 30


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Start all acts together and give what each returned, or the exception that it raised, in their order.

    The data must be committed before: use `@pytest.mark.django_db(transaction=True)`.
    """
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            gate.wait(PATIENCE_SECONDS)
            return act()
        except Exception as error:  # noqa: BLE001  (it is the outcome)
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [done.result(PATIENCE_SECONDS) for done in [pool.submit(run, act) for act in acts]]


def refusals(outcomes: list[Any]) -> list[str]:
    """The sentences of those who were refused."""
    return [str(outcome) for outcome in outcomes if isinstance(outcome, Exception)]


def until(holds: Callable[[], bool]) -> None:
    """Go on as soon as that is so; TimeoutError when it never is."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(holds.__name__)
        time.sleep(0.01)


def somebody_waits() -> bool:
    """Whether a connection to this database waits for the lock of another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity"
                       " WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0")  # fmt: skip
        return bool(cursor.fetchone()[0])
