"""Where does an account stand? Its stage, its holds, its facts, and what was promised on it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from core.account_states import Status
from core.models import Account, Debtor, Hold
from core.words import day, money
from worklist.listing.rows import STATUS_LABELS, Promised

STAGES = [
    Status.NEW, Status.ASSIGNED, Status.IN_CONTACT, Status.NEGOTIATING, Status.PAYMENT_PLAN, Status.SETTLED,
    Status.CLOSED,
]  # fmt: skip
HOLDS: dict[str, str] = dict(Hold.Kind.choices)


@dataclass(frozen=True)
class Stage:
    """One step of the workflow strip."""

    label: str
    done: bool
    current: bool


def stages(status: Status) -> list[Stage]:
    """The workflow's steps with the present one; a dispute stands beside them."""
    if status is Status.DISPUTED:
        return [*(Stage(s.label, False, False) for s in STAGES), Stage(status.label, False, True)]
    here = STAGES.index(status)
    return [Stage(s.label, n < here, n == here) for n, s in enumerate(STAGES)]


def holds(active: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Holds in force, each with what it keeps from being worked."""
    return [
        {
            "label": HOLDS.get(hold["kind"], hold["kind"]),
            "reason": hold["reason"],
            "scope": "this account" if hold["account"] else "every account of the debtor",
        }
        for hold in active
    ]


def promised(account: Account) -> Promised:
    """The open promise, and since when another one is broken, of an account read `with_surroundings`."""
    since = account.broken_since  # type: ignore[attr-defined]
    for promise in account.open_promises:  # type: ignore[attr-defined]
        return Promised(Decimal(str(promise["amount"])), date.fromisoformat(promise["due_date"]), since)
    return Promised(broken_since=since)


def others(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Other accounts of the debtor, in words."""
    return [
        {
            "id": other["id"],
            "ref": other["external_ref"],
            "status_label": STATUS_LABELS[other["status"]],
            "balance": money(Decimal(str(other["current_balance"]))),
            "creditor": other["creditor"],
        }
        for other in found
    ]


def facts(account: Account, zone: ZoneInfo, today: date) -> list[tuple[str, str]]:
    """(label, words) of the account's own facts; empty ones are left out."""

    def on(at: datetime | None) -> str:
        return day(at.astimezone(zone).date(), today) if at else ""

    due = account.due_date
    late = max((today - due).days, 0) if due else 0
    found = [
        ("Reference", account.external_ref),
        ("Creditor", account.creditor.name),
        ("Type", account.account_type.replace("_", " ")),
        ("Placed", on(account.created_at)),
        ("Due date", day(due, today) if due else ""),
        ("Past due", f"{late:,} days" if late else ""),
        ("Last contact", on(account.last_contact_at) or "Never"),
        ("Settled", on(account.settled_at)),
        ("Closed", account.get_closed_reason_display() if account.closed_reason else ""),
    ]
    return [(label, text) for label, text in found if text]


def particulars(account: Account) -> list[tuple[str, str]]:
    """What the file brought that we have no name for."""
    return [(str(name), str(value)) for name, value in account.particulars.items() if str(value).strip()]


def address(debtor: Debtor) -> str:
    """Street, city, state and ZIP code in one line."""
    place = " ".join(filter(None, [debtor.state, debtor.zip]))
    return ", ".join(filter(None, [debtor.address_line1, debtor.city, place]))
