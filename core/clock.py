"""What time is it? Now; or, while history is loaded, the moment at which it happened.

Verbs that stamp a time ask here, so that the demo's past and the records of a former system are entered through the
same functions as today's work. The audit log never does: it says when something was really written.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.utils import timezone

_moment: ContextVar[datetime | None] = ContextVar("moment_of_loaded_history", default=None)


def now() -> datetime:
    """The moment that is being recorded, aware."""
    return _moment.get() or timezone.now()


def today() -> date:
    """The date of `now()` in the current time zone."""
    return timezone.localdate(now())


def born() -> dict[str, datetime]:
    """`created_at` for a new row while history is loaded; nothing otherwise: then the database stamps it."""
    moment = _moment.get()
    return {} if moment is None else {"created_at": moment}


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """What is recorded within happened at that moment. Raises ValueError for a naive or a future one."""
    if timezone.is_naive(moment):
        raise ValueError("History needs an aware time.")
    if moment > timezone.now():
        raise ValueError("History lies in the past.")
    token = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(token)
