"""Which notes are pinned to a debtor, in words? Of those on accounts that the user may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject

from core.models import Activity, PinnedNote, User
from core.words import day
from worklist.listing import queue
from worklist.zones import local_date


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


def array(user: User, debtor: Any) -> ArraySubquery:
    """The pinned notes as an array of objects, for a query over debtors or accounts; `debtor` is its reference."""
    outer = OuterRef(debtor)  # from within two queries
    of_debtor = PinnedNote.objects.filter(debtor=outer)
    pin = PinnedNote.objects.filter(note=OuterRef("pk")).values(
        json=JSONObject(
            at="created_at",
            first="pinned_by__first_name",
            last="pinned_by__last_name",
            name="pinned_by__username",
        )
    )
    notes = Activity.objects.filter(
        pk__in=of_debtor.values("note"), account__in=queue.visible_to(user).filter(debtor=outer)
    ).order_by("created_at", "pk")
    return ArraySubquery(
        notes.values(
            json=JSONObject(
                note="pk",
                said="body",
                at="created_at",
                account="account_id",
                ref="account__external_ref",
                first="actor__first_name",
                last="actor__last_name",
                name="actor__username",
                pin=Subquery(pin[:1]),
            )
        )
    )


def read(stored: Iterable[dict[str, Any]], zone: ZoneInfo, today: date) -> list[Pin]:
    """The pins of an `array`, the oldest note first."""
    return [
        Pin(
            note=UUID(pin["note"]),
            said=pin["said"],
            by=_name(pin),
            on=_day(pin["at"], zone, today),
            account=UUID(pin["account"]),
            ref=pin["ref"],
            pinned=f"Pinned by {_name(pin['pin'])}, {_day(pin['pin']['at'], zone, today)}",
        )
        for pin in stored
    ]


def _name(person: dict[str, Any]) -> str:
    return " ".join(filter(None, [person["first"], person["last"]])) or str(person["name"] or "DebtFlow")


def _day(text: str, zone: ZoneInfo, today: date) -> str:
    return day(local_date(datetime.fromisoformat(text), zone), today)
