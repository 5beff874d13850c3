"""How is an event written into an account's timeline?"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from core import clock
from core.models import Account, Activity

if TYPE_CHECKING:
    from core.models import User

MAX_NOTE = 10_000


class EmptyNote(ValueError):
    """A note without words, or with too many; `str()` is the sentence for the user."""


def record(
    account: Account,
    kind: str,
    *,
    by: "User | None",
    body: str = "",
    data: dict[str, Any] | None = None,
    at: datetime | None = None,
) -> Activity:
    """Append one event; `at` is for history that is loaded, the clock's time otherwise."""
    extra = {"created_at": at} if at else clock.born()
    return Activity.objects.create(
        agency_id=account.agency_id, account=account, kind=kind, actor=by, body=body, data=data or {}, **extra
    )


def add_note(account: Account, body: str, *, by: "User") -> Activity:
    """Write a note. Raises EmptyNote when there are no words, or more than 10,000 characters."""
    body = body.replace("\x00", "").strip()
    if not body:
        raise EmptyNote("Enter the note.")
    if len(body) > MAX_NOTE:
        raise EmptyNote(f"Shorten the note to {MAX_NOTE:,} characters.")
    return record(account, Activity.Kind.NOTE, by=by, body=body)
