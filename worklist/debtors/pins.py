"""Which notes are pinned to a debtor, in words? Of those on accounts that the user may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from core.models import Account, Activity, PinnedNote
from core.words import day


@dataclass(frozen=True)
class Pin:
    """A pinned note: what was said, by whom and when, on which account, and who pinned it when."""

    note: UUID
    said: str
    by: str
    on: str
    account: UUID
    ref: str
    pinned: str


def array(seen: "QuerySet[Account]", debtor: Any) -> ArraySubquery:
    """The pinned notes as an array of objects, for a query over debtors or accounts; `debtor` is its reference.

    From the pins to their notes, each by its key; what is not on an account that is `seen` has no note.
    """
    of_pin = Activity.objects.filter(Exists(seen.filter(pk=OuterRef("account"))), pk=OuterRef("note"))
    note = of_pin.values(
        json=JSONObject(
            said="body",
            at="created_at",
            account="account_id",
            ref="account__external_ref",
            first="actor__first_name",
            last="actor__last_name",
            name="actor__username",
        )
    )
    return ArraySubquery(
        PinnedNote.objects.filter(debtor=debtor).values(
            json=JSONObject(
                pk="note",
                at="created_at",
                first="pinned_by__first_name",
                last="pinned_by__last_name",
                name="pinned_by__username",
                note=Subquery(note),
            )
        )
    )


def read(stored: Iterable[dict[str, Any]], zone: ZoneInfo, today: date) -> list[Pin]:
    """The pins of an `array`, the oldest note first."""
    seen = [pin for pin in stored if pin["note"]]
    return [_pin(pin, pin["note"], zone, today) for pin in sorted(seen, key=lambda pin: (pin["note"]["at"], pin["pk"]))]


def _pin(pin: dict[str, Any], note: dict[str, Any], zone: ZoneInfo, today: date) -> Pin:
    return Pin(
        note=UUID(pin["pk"]),
        said=note["said"],
        by=_name(note),
        on=_day(note["at"], zone, today),
        account=UUID(note["account"]),
        ref=note["ref"],
        pinned=f"Pinned by {_name(pin)}, {_day(pin['at'], zone, today)}",
    )


def _name(person: dict[str, Any]) -> str:
    return " ".join(filter(None, [person["first"], person["last"]])) or str(person["name"] or "DebtFlow")


def _day(text: str, zone: ZoneInfo, today: date) -> str:
    return day(datetime.fromisoformat(text).astimezone(zone).date(), today)
