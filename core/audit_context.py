"""Who is acting, from which address? Set by the middleware for a request and by jobs that act for a user."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.models import User


@dataclass(frozen=True)
class Who:
    """The actor of the running request or job; no actor is the system."""

    actor: "User | None" = None
    address: str | None = None
    request_id: str = ""


SYSTEM = Who()
_who: ContextVar[Who | None] = ContextVar("audit_who", default=None)


def current() -> Who:
    """The actor to write into the audit log."""
    return _who.get() or SYSTEM


@contextmanager
def acting(who: Who) -> Iterator[None]:
    """Everything audited within is this actor's doing."""
    token = _who.set(who)
    try:
        yield
    finally:
        _who.reset(token)
