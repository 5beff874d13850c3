"""What was owed, what came, and what was promised on an account? Its journal and its open promise, in words."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import UUIDField

from core.models import Account, BalanceEntry, Promise
from core.prepared import Prepared, Slot
from core.promises import PAID_BY
from core.words import day, money


@dataclass(frozen=True)
class Entry:
    """One entry of the journal with the balance after it."""

    kind: str
    label: str
    value: Decimal
    reason: str
    balance: str
    at: datetime
    day: str
    payment: UUID | None

    @property
    def amount(self) -> str:
        return money(self.value)


_JOURNAL = Prepared(
    lambda: BalanceEntry.objects.filter(account=Slot("account", UUIDField())).order_by("created_at", "id")
)


def journal(account: Account, zone: ZoneInfo, today: date) -> list[Entry]:
    """The balance's entries, newest first."""
    kinds, found, balance = dict(BalanceEntry.Kind.choices), [], Decimal(0)
    for entry in _JOURNAL.all(account=account.pk):
        balance += entry.amount
        on = day(entry.created_at.astimezone(zone).date(), today)
        found.append(
            Entry(
                entry.kind, str(kinds[entry.kind]), entry.amount, entry.reason, money(balance), entry.created_at, on,
                entry.payment,
            )
        )  # fmt: skip
    return found[::-1]


def paid(entries: list[Entry], since: datetime | None = None) -> Decimal:
    """What the debtor has paid, refunds and chargebacks taken off."""
    counted = [entry.value for entry in entries if entry.kind in PAID_BY and (since is None or entry.at >= since)]
    return -sum(counted, Decimal(0))


def applied(entries: list[Entry]) -> dict[str, Decimal]:
    """What each payment has taken off the balance until now, by the payment's id."""
    found: dict[str, Decimal] = {}
    for entry in entries:
        if entry.payment:
            found[str(entry.payment)] = found.get(str(entry.payment), Decimal(0)) - entry.value
    return found


@dataclass(frozen=True)
class OpenPromise:
    """The promise that stands, and what came for it."""

    id: str
    amount: str
    due: date
    due_words: str
    method: str
    came: str
    percent: int
    tone: str


def open_promise(stored: list[dict[str, Any]], entries: list[Entry], today: date) -> OpenPromise | None:
    """From the account's open promises as JSON (there is one at most)."""
    if not stored:
        return None
    promise = stored[0]
    amount, due = Decimal(str(promise["amount"])), date.fromisoformat(promise["due_date"])
    came = max(paid(entries, datetime.fromisoformat(promise["created_at"])), Decimal(0))
    days = (due - today).days
    words = "today" if not days else f"by {day(due, today)}" if days > 0 else f"by {day(due, today)}, {-days} d late"
    return OpenPromise(
        id=promise["id"],
        amount=money(amount),
        due=due,
        due_words=words,
        method=str(Promise.Method(promise["method"]).label).lower(),
        came=money(came),
        percent=min(int(100 * came / amount), 100),
        tone="neg" if days < 0 else "warn" if not days else "",
    )
