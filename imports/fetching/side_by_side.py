"""How does one server's trouble delay no other's? Each visit has a thread, and nobody waits for the slow ones.

A job of the queue starts several visits together and ends when they are done, or when its patience is: a slow visit
then goes on in its thread, while the worker takes other jobs. When the process ends, so does the visit, as if the
worker had been killed; the next poll carries on.
"""

import contextvars
import threading
import time
from collections.abc import Callable, Sequence

import structlog
from django.db import connections

# Visits of one process at a time: each has a connection to the database.
SLOTS = 25
PATIENCE_SECONDS = 60.0

_slots = threading.BoundedSemaphore(SLOTS)
log = structlog.get_logger(__name__)


def run(visits: Sequence[Callable[[], object]], *, to_the_end: bool = False) -> None:
    """Call all of them at once, in threads; wait for PATIENCE_SECONDS at most, or `to_the_end` of all.

    What they raise is logged.
    """
    done = threading.Semaphore(0)
    for visit in visits:
        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(_run, visit, done), name="visit", daemon=True).start()
    deadline = time.monotonic() + PATIENCE_SECONDS
    for _ in visits:
        if not done.acquire(timeout=None if to_the_end else max(deadline - time.monotonic(), 0)):
            log.info("visits_go_on", reason="Some servers are slow.")
            return


def _run(visit: Callable[[], object], done: threading.Semaphore) -> None:
    try:
        with _slots:
            visit()
    except Exception:
        log.exception("visit_failed")
    finally:
        connections.close_all()
        done.release()
