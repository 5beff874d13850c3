"""What happened on an account, in words? A page of its timeline, newest first, under headings of days."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan

from core.account_states import Status
from core.models import Account, Activity
from core.models.accounts import ClosedReason
from core.words import clock, long_day, money
from worklist.zones import local_date

PAGE = 25
Kind = Activity.Kind

SHOWN = {
    "": ("All", ()),
    "notes": ("Notes", (Kind.NOTE,)),
    "contacts": ("Contacts", (Kind.CONTACT, Kind.PROMISE)),
    "status": ("Status", (Kind.STATUS, Kind.ASSIGNMENT, Kind.HOLD)),
    "money": ("Money", (Kind.PAYMENT, Kind.BALANCE)),
    "system": ("Imports", (Kind.IMPORT, Kind.SYSTEM)),
}
ICONS = {
    Kind.NOTE: "note",
    Kind.STATUS: "swap",
    Kind.ASSIGNMENT: "user",
    Kind.CONTACT: "phone",
    Kind.PAYMENT: "card",
    Kind.PROMISE: "clock",
    Kind.IMPORT: "upload",
    Kind.BALANCE: "card",
    Kind.HOLD: "alert",
    Kind.SYSTEM: "info",
}
PLAIN = {
    Kind.NOTE: "added a note",
    Kind.CONTACT: "logged a contact",
    Kind.PAYMENT: "recorded a payment",
    Kind.PROMISE: "recorded a promise",
    Kind.IMPORT: "imported this",
    Kind.BALANCE: "changed the balance",
    Kind.HOLD: "changed a hold",
    Kind.SYSTEM: "made a change",
}
STATUSES: dict[str, str] = dict(Status.choices)


@dataclass(frozen=True)
class Entry:
    """One event: who did what, from which status to which, and what was said."""

    id: UUID
    icon: str
    who: str
    did: str
    said: str
    at: datetime
    time: str
    before: tuple[str, str] = ("", "")
    after: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Day:
    """The events of one day."""

    heading: str
    entries: list[Entry]


@dataclass(frozen=True)
class History:
    """One page of the timeline; `older` is the last event shown when there are more."""

    shown: str
    days: list[Day]
    older: UUID | None
    is_first: bool

    @property
    def filters(self) -> list[tuple[str, str, bool]]:
        """(value, label, is on) of each filter by kind."""
        return [(value, label, value == self.shown) for value, (label, _) in SHOWN.items()]


def read(account: Account, zone: ZoneInfo, today: date, *, shown: str = "", older: str = "") -> History:
    """A page of an account's events; unknown values of the URL mean everything, from the newest."""
    shown = shown if shown in SHOWN else ""
    events = Activity.objects.filter(account=account).select_related("actor").order_by("-created_at", "-id")
    if kinds := SHOWN[shown][1]:
        events = events.filter(kind__in=kinds)
    last = _last_seen(account, older)
    if last:
        key = Tuple(F("created_at"), F("id"))
        events = events.filter(TupleLessThan(key, [last.created_at, last.pk]))
    found = list(events[: PAGE + 1])
    entries = [_entry(event, zone) for event in found[:PAGE]]
    days = [
        Day(long_day(when, today), list(group))
        for when, group in groupby(entries, key=lambda entry: local_date(entry.at, zone))
    ]
    return History(shown, days, entries[-1].id if len(found) > PAGE else None, is_first=last is None)


def _last_seen(account: Account, text: str) -> Activity | None:
    if not text:
        return None
    try:
        return Activity.objects.filter(account=account, pk=UUID(text)).first()
    except ValueError:
        return None


def _entry(event: Activity, zone: ZoneInfo) -> Entry:
    data = event.data
    did, before, after = PLAIN.get(Kind(event.kind), ""), ("", ""), ("", "")
    if event.kind == Kind.STATUS:
        did = "moved"
        before, after = _status(data.get("from")), _status(data.get("to"))
    elif event.kind == Kind.ASSIGNMENT:
        did = f"assigned this to {data['to']}" if data.get("to") else f"took this back from {data.get('from', '')}"
    elif event.kind == Kind.BALANCE and "amount" in data:
        did = f"changed the balance by {money(Decimal(str(data['amount'])))}"
    return Entry(
        id=event.pk,
        icon=ICONS.get(Kind(event.kind), "info"),
        who=str(event.actor) if event.actor else "DebtFlow",
        did=did,
        said=_said(event),
        at=event.created_at,
        time=clock(event.created_at, zone),
        before=before,
        after=after,
    )


def _said(event: Activity) -> str:
    """The body; a withdrawal's reason is shown by its name."""
    if event.kind == Kind.STATUS and event.data.get("move") == "withdraw":
        return dict(ClosedReason.choices).get(event.body, event.body)
    return event.body


def _status(value: object) -> tuple[str, str]:
    text = str(value or "")
    return (text, STATUSES.get(text, text))
