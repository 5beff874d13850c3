"""What happened on an account, or on all of a debtor, in words? A page of it, newest first, under headings of days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, QuerySet, UUIDField
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan

from core.account_states import Status
from core.models import Activity
from core.models.accounts import ClosedReason
from core.pinned_notes import PINNABLE
from core.prepared import Prepared, Slot
from core.words import clock, long_day, money
from worklist.accounts import contact_words, payment_words

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
    Kind.PAYMENT: "recorded a payment",
    Kind.IMPORT: "imported this",
    Kind.BALANCE: "changed the balance",
    Kind.HOLD: "changed a hold",
    Kind.SYSTEM: "made a change",
}
STATUSES: dict[str, str] = dict(Status.choices)


@dataclass(frozen=True)
class Entry:
    """One event: who did what, on which account, from which status to which, and what was said.

    `account` is None where all events are of one account; `may_be_pinned` says that somebody wrote it.
    """

    id: UUID
    icon: str
    who: str
    did: str
    said: str
    at: datetime
    time: str
    before: tuple[str, str] = ("", "")
    after: tuple[str, str] = ("", "")
    # (status, label) of what came of a payment.
    mark: tuple[str, str] = ("", "")
    account: UUID | None = None
    ref: str = ""
    may_be_pinned: bool = False


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


# The accounts whose events are read, with the reference that names each; empty where there is but one.
type Accounts = Mapping[UUID, str]


def read(accounts: Accounts, zone: ZoneInfo, today: date, *, shown: str = "", older: str = "") -> History:
    """A page of the accounts' events; unknown values of the URL mean everything, from the newest."""
    shown = shown if shown in SHOWN else ""
    last = _last_seen(accounts, older)
    found = _page(accounts, SHOWN[shown][1], last)
    days = _days(found[:PAGE], accounts, zone, today)
    return History(shown, days, found[PAGE - 1].pk if len(found) > PAGE else None, is_first=last is None)


def _page(accounts: Accounts, kinds: tuple[Kind, ...], last: Activity | None) -> list[Activity]:
    """One event more than a page has, when there are so many."""
    if len(accounts) == 1 and not kinds and not last:
        return _NEWEST.all(account=next(iter(accounts)))
    events = _events(_of(accounts))
    if kinds:
        events = events.filter(kind__in=kinds)
    if last:
        key = Tuple(F("created_at"), F("id"))
        events = events.filter(TupleLessThan(key, [last.created_at, last.pk]))
    return list(events[: PAGE + 1])


def read_all(accounts: Accounts, zone: ZoneInfo, today: date) -> History:
    """The whole of the past, for paper."""
    return History("", _days(list(_events(_of(accounts))), accounts, zone, today), None, is_first=True)


def _of(accounts: Accounts) -> "QuerySet[Activity]":
    # One account is asked for by itself: its events lie in the order of the page then.
    one = next(iter(accounts)) if len(accounts) == 1 else None
    return Activity.objects.filter(account=one) if one else Activity.objects.filter(account__in=list(accounts))


def _events(some: "QuerySet[Activity]") -> "QuerySet[Activity]":
    return some.select_related("actor").order_by("-created_at", "-id")


# What every account page begins with.
_NEWEST = Prepared(lambda: _events(Activity.objects.filter(account=Slot("account", UUIDField())))[: PAGE + 1])


def _days(events: list[Activity], accounts: Accounts, zone: ZoneInfo, today: date) -> list[Day]:
    entries = [_entry(event, accounts[event.account_id], zone, today) for event in events]
    return [
        Day(long_day(when, today), list(group))
        for when, group in groupby(entries, key=lambda entry: entry.at.astimezone(zone).date())
    ]


def _last_seen(accounts: Accounts, text: str) -> Activity | None:
    if not text:
        return None
    try:
        return _of(accounts).filter(pk=UUID(text)).first()
    except ValueError:
        return None


def _entry(event: Activity, ref: str, zone: ZoneInfo, today: date) -> Entry:
    before, after = ("", ""), ("", "")
    if event.kind == Kind.STATUS:
        before, after = _status(event.data.get("from")), _status(event.data.get("to"))
    return Entry(
        id=event.pk,
        icon=_icon(event),
        who=str(event.actor) if event.actor else "DebtFlow",
        did=_did(event, zone, today),
        said=_said(event),
        at=event.created_at,
        time=clock(event.created_at, zone),
        before=before,
        after=after,
        mark=payment_words.badge(event.data) if event.kind == Kind.PAYMENT else ("", ""),
        account=event.account_id if ref else None,
        ref=ref,
        may_be_pinned=event.kind in PINNABLE and bool(event.body),
    )


def _icon(event: Activity) -> str:
    if event.kind == Kind.CONTACT:
        return contact_words.ICONS.get(str(event.data.get("channel")), "phone")
    return ICONS.get(Kind(event.kind), "info")


def _did(event: Activity, zone: ZoneInfo, today: date) -> str:
    data = event.data
    match event.kind:
        case Kind.STATUS:
            return "moved"
        case Kind.ASSIGNMENT:
            return f"assigned this to {data['to']}" if data.get("to") else f"took this back from {data.get('from', '')}"
        case Kind.BALANCE if "amount" in data:
            return f"changed the balance by {money(Decimal(str(data['amount'])))}"
        case Kind.CONTACT:
            return contact_words.contact(data)
        case Kind.PROMISE:
            return contact_words.promise(data, event.body, today)
        case Kind.PAYMENT if "what" in data:
            return payment_words.did(data)
        case Kind.SYSTEM if "next_action" in data:
            return contact_words.plan(data, zone, today) or PLAIN[Kind.SYSTEM]
    return PLAIN.get(Kind(event.kind), "")


def _said(event: Activity) -> str:
    """The body, unless the heading says it; a withdrawal's reason is shown by its name."""
    if event.kind == Kind.STATUS and event.data.get("move") == "withdraw":
        return dict(ClosedReason.choices).get(event.body, event.body)
    if event.kind == Kind.CONTACT:
        return "\n".join(filter(None, [event.body, contact_words.override(event.data)]))
    if event.kind == Kind.PAYMENT:
        return payment_words.said(event.data, event.body)
    told = (event.kind == Kind.PROMISE and "what" in event.data) or "next_action" in event.data
    return "" if told else event.body


def _status(value: object) -> tuple[str, str]:
    text = str(value or "")
    return (text, STATUSES.get(text, text))
