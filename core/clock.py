"""What time is it? Now; or, while history is loaded, the moment at which it happened.

Verbs that stamp a time ask here, so that the demo's past and the records of a former system are entered through the
same functions as today's work. The audit log never does: it says when something was really written.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

# The moment that history begins at, and when we began to tell it.
_told: ContextVar[tuple[datetime, datetime] | None] = ContextVar("history_that_is_loaded", default=None)


def now() -> datetime:
    """The moment that is being recorded, aware; it goes on while history is told, so that order is kept."""
    told = _told.get()
    if told is None:
        return timezone.now()
    moment, began = told
    return moment + (timezone.now() - began)


def beginning() -> datetime | None:
    """The moment that the history now being loaded began at; None when it is told as it happens."""
    told = _told.get()
    return told[0] if told else None


def born() -> dict[str, datetime]:
    """`created_at` for a new row while history is loaded; nothing otherwise: then the database stamps it."""
    return {} if _told.get() is None else {"created_at": now()}


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """What is recorded within happened from that moment on. Raises ValueError for a naive or a future one."""
    if timezone.is_naive(moment):
        raise ValueError("History needs an aware time.")
    if moment > timezone.now():
        raise ValueError("History lies in the past.")
    token = _told.set((moment, timezone.now()))
    try:
        yield
    finally:
        _told.reset(token)
