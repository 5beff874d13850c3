"""What changed in a debtor's facts: who, when, from what to what?"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.models import ContactPoint, DebtorChange
from core.words import phone

SHOWN = 20
MOST = 500
Fact = DebtorChange.Fact
# How a fact of a number or address is named: the point itself stands before it.
OF_POINT = {Fact.ADDED: "added", Fact.STATUS: "status", Fact.PRIMARY: "primary", Fact.CONSENT: "consent"}


@dataclass(frozen=True)
class Change:
    """One entry of the history."""

    at: datetime
    who: str
    what: str
    old: str
    new: str
    reason: str


@dataclass(frozen=True)
class Changes:
    """The latest entries; `more` when there are others."""

    entries: list[Change]
    more: bool


def read(debtor_id: UUID, *, everything: bool) -> Changes:
    """The history, newest first: the latest SHOWN, or MOST when all is asked for."""
    most = MOST if everything else SHOWN
    found = list(DebtorChange.objects.filter(debtor=debtor_id).select_related("actor", "contact_point")[: most + 1])
    return Changes([_change(change) for change in found[:most]], len(found) > most)


def _change(change: DebtorChange) -> Change:
    point = change.contact_point
    return Change(
        at=change.created_at,
        who=str(change.actor) if change.actor else "Creditor's file",
        what=f"{_value(point)}, {OF_POINT[Fact(change.field)]}" if point else str(change.get_field_display()),
        old=_said(change, change.old),
        new="" if change.field == Fact.ADDED else _said(change, change.new),
        reason=change.reason,
    )


def _said(change: DebtorChange, text: str) -> str:
    return phone(text) if change.field == Fact.PRIMARY else text


def _value(point: ContactPoint) -> str:
    return phone(point.value) if point.kind == ContactPoint.Kind.PHONE else point.value
