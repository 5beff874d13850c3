"""How does an agency change its own table of outcomes? Its admins do; what happened is never rewritten.

An attempt keeps what its outcome meant when it was logged, and an outcome is switched off instead of deleted.
"""

import hashlib
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.utils.text import slugify

from core import audit, tenancy
from core.models import AuditLog, Disposition
from core.models.contacts import Channel, Direction
from core.refusals import FieldRefused

if TYPE_CHECKING:
    from core.models import User

MOST = 100
LATEST_DAYS = 365


class OutcomeChanged(ValueError):
    """Somebody else changed the outcome since the user saw it."""


@dataclass(frozen=True)
class Meaning:
    """All that an admin says of an outcome; the names are those of the table's columns."""

    label: str
    channels: tuple[str, ...]
    directions: tuple[str, ...]
    right_party: bool
    conversation: bool
    counts: bool
    point_becomes: str
    asks_promise: bool
    next_action: str
    next_after_days: int

    @classmethod
    def of(cls, outcome: Disposition) -> Self:
        """As it is."""
        facts = {field.name: getattr(outcome, field.name) for field in fields(cls)}
        lists = {name: tuple(facts[name]) for name in ("channels", "directions")}
        return cls(**(facts | lists))

    @property
    def version(self) -> str:
        """Carried through the form, to tell whether somebody else saved meanwhile."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]

    @property
    def columns(self) -> dict[str, Any]:
        """For the row."""
        facts = {field.name: getattr(self, field.name) for field in fields(self)}
        return facts | {"channels": list(self.channels), "directions": list(self.directions)}


def problems(told: Meaning) -> dict[str, str]:
    """What does not go together, by field, in sentences; empty when all is well."""
    found = {}
    if told.conversation and not told.right_party:
        found["conversation"] = "A conversation about the debt is with the right party: say so, or take it back."
    if told.asks_promise and not told.conversation:
        found["asks_promise"] = "A promise comes of a conversation: say that it is one, or ask for no promise."
    if told.point_becomes == "invalid" and told.right_party:
        found["point_becomes"] = "Where the right party was reached, the number or address is not wrong."
    if told.point_becomes and not {Channel.CALL, Channel.EMAIL, Channel.LETTER} & set(told.channels):
        found["point_becomes"] = "A visit has no number and no address to mark."
    if told.counts and Direction.OUT not in told.directions:
        found["counts"] = "What the debtor begins is no attempt of ours (12 CFR 1006.2(b)): let it not count."
    return found


def add(told: Meaning, *, by: "User") -> Disposition:
    """A new outcome, last in the order. Raises FieldRefused."""
    with tenancy.transaction():
        known = _all_locked(by)
        if len(known) >= MOST:
            raise FieldRefused("", f"There are {MOST} outcomes already. Change one that is switched off.")
        _check(told, known)
        last = max((outcome.position for outcome in known), default=-1)
        return Disposition.objects.create(code=_free_code(told.label, known), position=last + 1, **told.columns)


def change(pk: UUID, told: Meaning, *, by: "User", expected: str) -> Disposition:
    """Save it. Raises FieldRefused, and OutcomeChanged when it is not what the user saw (`expected`)."""
    with tenancy.transaction():
        known = _all_locked(by)
        outcome = _one(pk, known)
        if Meaning.of(outcome).version != expected:
            raise OutcomeChanged("Somebody else changed this outcome a moment ago. Nothing of yours is saved yet.")
        _check(told, [other for other in known if other.pk != pk])
        for name, value in told.columns.items():
            setattr(outcome, name, value)
        outcome.save(update_fields=list(told.columns))
        return outcome


def switch(pk: UUID, *, active: bool, by: "User") -> Disposition:
    """Offer it to collectors again, or no more; what was logged with it stays. Raises FieldRefused."""
    with tenancy.transaction():
        known = _all_locked(by)
        outcome = _one(pk, known)
        if outcome.is_active != active:
            if active:
                _check(Meaning.of(outcome), [other for other in known if other.pk != pk])
            outcome.is_active = active
            outcome.save(update_fields=["is_active"])
        return outcome


def move(pk: UUID, *, up: bool, by: "User") -> Disposition:
    """One place up or down among those that are offered; the first and the last stay. Raises FieldRefused."""
    with tenancy.transaction():
        offered = [outcome for outcome in _all_locked(by) if outcome.is_active]
        outcome = _one(pk, offered)
        here = offered.index(outcome)
        there = min(max(here + (-1 if up else 1), 0), len(offered) - 1)
        if there != here:
            offered.insert(there, offered.pop(here))
            for position, each in enumerate(offered):
                each.position = position
            Disposition.objects.bulk_update(offered, ["position"])
            audit.record(outcome, AuditLog.Action.UPDATE, {"position": [str(here + 1), str(there + 1)]})
        return outcome


def _all_locked(by: "User") -> list[Disposition]:
    """Every outcome in its order; two admins follow each other."""
    if not by.is_admin:
        raise FieldRefused("", "Only an agency admin changes the outcomes.")
    rows = list(Disposition.objects.locked().order_by("pk"))
    return sorted(rows, key=lambda outcome: (outcome.position, outcome.label, outcome.pk))


def _one(pk: UUID, known: list[Disposition]) -> Disposition:
    found = next((outcome for outcome in known if outcome.pk == pk), None)
    if found is None:
        raise Disposition.DoesNotExist
    return found


def _check(told: Meaning, others: list[Disposition]) -> None:
    for field, sentence in problems(told).items():
        raise FieldRefused(field, sentence)
    for other in others:
        same = other.label.casefold() == told.label.casefold()
        if same and other.is_active and set(other.channels) & set(told.channels):
            raise FieldRefused("label", f"There is an outcome “{other.label}” already. Choose another name.")


def _free_code(label: str, known: list[Disposition]) -> str:
    taken = {outcome.code for outcome in known}
    base = slugify(label)[:32].replace("-", "_") or "outcome"
    candidates = [base, *(f"{base}_{number}" for number in range(2, len(taken) + 3))]
    return next(code for code in candidates if code not in taken)
