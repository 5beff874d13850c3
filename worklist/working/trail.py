"""Which accounts has the user worked before this one? Kept in the browser's session, the last twenty."""

from typing import Any
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase

KEY = "trail"
LONGEST = 20


def step(session: SessionBase, pk: UUID) -> None:
    """The user was given this account."""
    session[KEY] = [*(one for one in _kept(session) if one != str(pk)), str(pk)][-LONGEST:]


def previous(session: SessionBase, pk: UUID) -> str:
    """The account before this one; the last one for an account that lies beside the trail. Empty when there is none."""
    kept = _kept(session)
    before = kept[: kept.index(str(pk))] if str(pk) in kept else kept
    return before[-1] if before else ""


def is_on(session: SessionBase, pk: UUID) -> bool:
    """Was the account given by "Next", rather than opened from a list?"""
    return str(pk) in _kept(session)


def _kept(session: SessionBase) -> list[str]:
    kept: Any = session.get(KEY, [])
    return kept if isinstance(kept, list) else []
