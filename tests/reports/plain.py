"""The facts once more, by plain arithmetic from the raw rows: what every figure is compared with."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from core.models import Account, Agency, BalanceEntry, Collector, ContactAttempt, Promise
from payments.models import Commission, Payment

OPEN = {"new", "assigned", "in_contact", "negotiating", "payment_plan", "disputed"}
RETURNED = {"recalled", "bankrupt", "deceased", "error"}


class Fact(NamedTuple):
    """One raw thing; `who` is the collector, None for nobody."""

    subject: str
    day: date | None
    creditor: UUID
    who: UUID | None
    detail: str
    number: int
    amount: Decimal


type Key = tuple[str, date | None, UUID | None, UUID | None, str]
type Sums = dict[Key, tuple[int, Decimal]]


def facts(zone: ZoneInfo) -> list[Fact]:
    """Every fact of the current agency, on its calendar."""
    return [*_of_accounts(zone), *_of_money(zone), *_of_work(zone)]


def sums(rows: list[Fact], *, by_creditor: bool = True, by_collector: bool = True) -> Sums:
    """What they come to by everything, or without what is left out; keys that come to nothing are left out."""
    found: dict[Key, tuple[int, Decimal]] = defaultdict(lambda: (0, Decimal(0)))
    for row in rows:
        who = row.who if by_collector else None
        key = (row.subject, row.day, row.creditor if by_creditor else None, who, row.detail)
        number, amount = found[key]
        found[key] = (number + row.number, amount + row.amount)
    return {key: value for key, value in found.items() if value != (0, 0)}


def zone_of(agency: Agency) -> ZoneInfo:
    return ZoneInfo(Agency.objects.values_list("timezone", flat=True).get(pk=agency.pk))


def inventory() -> dict[tuple[UUID, UUID | None], tuple[int, Decimal]]:
    """The open accounts and their balance now, by creditor and desk."""
    found: dict[Any, tuple[int, Decimal]] = defaultdict(lambda: (0, Decimal(0)))
    for a in Account.objects.filter(status__in=OPEN):
        number, amount = found[a.creditor_id, a.assigned_to_id]
        found[a.creditor_id, a.assigned_to_id] = (number + 1, amount + a.current_balance)
    return dict(found)


def _of_accounts(zone: ZoneInfo) -> Iterator[Fact]:
    for a in Account.objects.all():
        placed = a.created_at.astimezone(zone).date()
        yield Fact("status", None, a.creditor_id, a.assigned_to_id, a.status, 1, a.current_balance)
        outcome = ""
        if a.status == "settled" or (a.status == "closed" and a.closed_reason == "paid"):
            outcome = "resolved"
        elif a.status == "closed" and a.closed_reason in RETURNED:
            outcome = "returned"
        yield Fact("placed", placed, a.creditor_id, None, outcome, 1, a.original_amount)
        if a.status in OPEN:
            worked = max(filter(None, [a.last_contact_at, a.created_at])).astimezone(zone).date()
            yield Fact("due", a.due_date, a.creditor_id, None, "", 1, a.current_balance)
            yield Fact("worked", worked, a.creditor_id, None, "", 1, a.current_balance)
            if a.broken_promise_at:
                yield Fact("broken", None, a.creditor_id, None, "", 1, Decimal(0))
            if a.disputed_since:
                since = a.disputed_since.astimezone(zone).date()
                yield Fact("disputed", since, a.creditor_id, None, "", 1, Decimal(0))


def _of_money(zone: ZoneInfo) -> Iterator[Fact]:
    payments = {p.pk: p for p in Payment.objects.all()}
    for e in BalanceEntry.objects.filter(kind__in=["payment", "refund", "chargeback"]).select_related("account"):
        day = e.created_at.astimezone(zone).date()
        payment = payments.get(e.payment) if e.payment else None
        number = 1 if e.kind == "payment" else 0
        who, method = (payment.collector_id, payment.method) if payment else (None, "")
        yield Fact("collected", day, e.account.creditor_id, who, method, number, -e.amount)
        placed = e.account.created_at.astimezone(zone)
        yield Fact("batch", day.replace(day=1), e.account.creditor_id, None, f"{placed:%Y-%m}", number, -e.amount)
    for c in Commission.objects.select_related("payment__account"):
        day = c.created_at.astimezone(zone).date()
        yield Fact("commission", day, c.payment.account.creditor_id, c.collector_id, "", 1, c.amount)


def _of_work(zone: ZoneInfo) -> Iterator[Fact]:
    desks = dict(Collector.objects.values_list("user_id", "pk"))
    for t in ContactAttempt.objects.select_related("account"):
        how = "conversation" if t.conversation else "right_party" if t.right_party else ""
        who = desks.get(t.actor_id) if t.actor_id else None
        yield Fact("attempt", t.at.astimezone(zone).date(), t.account.creditor_id, who, how, 1, Decimal(0))
    for p in Promise.objects.select_related("account"):
        who = desks.get(p.made_by_id) if p.made_by_id else None
        made = p.created_at.astimezone(zone).date()
        yield Fact("promised", made, p.account.creditor_id, who, "", 1, p.amount)
        if p.status in ("kept", "partial", "broken"):
            yield Fact("matured", p.due_date, p.account.creditor_id, who, p.status, 1, p.amount)
            yield Fact("received", p.due_date, p.account.creditor_id, who, p.status, 1, p.received)
