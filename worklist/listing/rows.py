"""What does a row of the worklist say? Every cell as text, so that the template only places it.

The rows are rendered with Django's Jinja2 backend (autoescape on): the row loop is the cost of this page, and Django's
own template language takes several times as long for it.
"""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.template import engines
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from core.account_states import Status
from core.people import Names
from core.words import ago, clock, count, day, money
from worklist.listing.queue import Found
from worklist.local_time import Calling, callable_now

STATUS_LABELS: dict[str, str] = dict(Status.choices)

# What to do when nobody has planned anything: it follows from the status.
NEXT_BY_STATUS = {
    "new": "Assign a collector",
    "assigned": "First call",
    "in_contact": "Set follow-up",
    "negotiating": "Agree terms",
    "payment_plan": "Watch the plan",
    "disputed": "Answer the dispute",
    "settled": "Close",
}


@dataclass(frozen=True, slots=True)
class NextAction:
    """What to do next, in words: `neg` is late, `warn` is money promised today, `dim` is later or not dated."""

    text: str
    tone: str
    icon: str
    at: str = ""


class Row(NamedTuple):
    """One account, ready to be placed."""

    id: UUID
    ref: str
    url: str
    name: str
    creditor: str
    collector: str
    status: str
    priority: int
    next: NextAction
    balance: str
    past_due: str
    last: str
    last_at: str
    call: Calling


@dataclass(frozen=True)
class Moment:
    """Now, here."""

    now: datetime
    zone: tzinfo
    today: date

    @classmethod
    def at(cls, now: datetime, zone: tzinfo) -> "Moment":
        return cls(now, zone, now.astimezone(zone).date())


@dataclass(frozen=True, slots=True)
class Promised:
    """What the debtor promised: the open promise, or the due date of the one that was broken."""

    amount: Decimal | None = None
    due: date | None = None
    broken_since: date | None = None


NOTHING_PROMISED = Promised()


def next_action(
    what: str, at: datetime | None, status: str, moment: Moment, promised: Promised = NOTHING_PROMISED
) -> NextAction:
    """`Call back, 1 day late`, `Call back 2:30 PM`, `Promise of $250.00 due today`, `Call back Mar 4`.

    An open promise speaks unless something else is to be done before its day; without a date it is what the status
    calls for.
    """
    if promised.amount and promised.due and (at is None or at.astimezone(moment.zone).date() >= promised.due):
        return _promise(promised.amount, promised.due, moment.today)
    if promised.broken_since:
        return NextAction(_late(what, (moment.today - promised.broken_since).days), "neg", "alert", _iso(at))
    if at is None:
        fallback = NEXT_BY_STATUS.get(status, "")
        return NextAction(what or fallback, "" if what else "dim", "clock" if what else "plus" if fallback else "")
    what = what or "Follow up"
    local = at.astimezone(moment.zone)
    days = (local.date() - moment.today).days
    iso = at.isoformat()
    if days < 0:
        return NextAction(_late(what, -days), "neg", "alert", iso)
    if at <= moment.now:
        return NextAction(f"{what}, was {clock(local)}", "neg", "alert", iso)
    if days == 0:
        return NextAction(f"{what} {clock(local)}", "", "clock", iso)
    return NextAction(f"{what} {'tomorrow' if days == 1 else day(local.date(), moment.today)}", "dim", "clock", iso)


def _promise(amount: Decimal, due: date, today: date) -> NextAction:
    what, days = f"Promise of {money(amount)}", (due - today).days
    if days < 0:
        return NextAction(_late(what, -days), "neg", "alert", due.isoformat())
    if days == 0:
        return NextAction(f"{what} due today", "warn", "cash", due.isoformat())
    return NextAction(f"{what} due {'tomorrow' if days == 1 else day(due, today)}", "dim", "cash", due.isoformat())


def _late(what: str, days: int) -> str:
    return f"{what}, {count(days, 'day')} late"


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def rows(found: list[Found], names: Names, moment: Moment) -> list[Row]:
    """The cells of each account."""
    url = reverse("worklist:account", args=[UUID(int=0)])
    head, tail = url.split(str(UUID(int=0)))
    known: dict[tuple[tuple[str, ...], tuple[str, ...]], Calling] = {}
    made = []
    for a in found:
        key = tuple(a.time_zones), tuple(a.holds)
        if key not in known:
            known[key] = callable_now(*key, moment.now)
        promised = Promised(a.promise_amount, a.promise_due, a.broken_since)
        overdue = (moment.today - a.due_date).days if a.due_date else 0
        last = a.last_contact_at
        made.append(
            Row(
                id=a.id,
                ref=a.external_ref,
                url=f"{head}{a.id}{tail}",
                name=a.debtor,
                creditor=names.creditors.get(a.creditor_id, ""),
                collector=names.collectors.get(a.assigned_to_id, "") if a.assigned_to_id else "",
                status=a.status,
                priority=a.priority,
                next=next_action(a.next_action, a.next_action_at, a.status, moment, promised),
                balance=money(a.current_balance),
                past_due=f"{overdue:,} d" if overdue > 0 else "",
                last=ago(last.astimezone(moment.zone).date(), moment.today) if last else "",
                last_at=last.isoformat() if last else "",
                call=known[key],
            )
        )
    return made


def render(
    made: list[Row], *, select: bool, show_collector: bool, back: str, picked: frozenset[str] = frozenset()
) -> SafeString:
    """The table's rows as HTML; `select` adds the boxes of the bulk bar, `back` is the list's query string."""
    template = engines["jinja2"].get_template("worklist/rows.html")
    suffix = f"?list={back}" if back else ""
    context = {
        "rows": made,
        "select": select,
        "picked": picked,
        "show_collector": show_collector,
        "suffix": suffix,
    }
    return mark_safe(template.render(context))  # noqa: S308  (Jinja2 has escaped it)
