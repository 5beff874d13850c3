"""How does the account's settlement offer stand? What was offered, by whom, until when, and what can be done?"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from core.words import count, day, money
from payments.models import SettlementOffer

COLUMNS = (
    "id", "balance", "amount", "instalments", "expires_on", "status", "received", "waived", "plan_id", "note",
)  # fmt: skip
Status = SettlementOffer.Status
BADGES: dict[str, str] = {
    Status.AWAITING: "pending", Status.OFFERED: "negotiating", Status.ACCEPTED: "payment_plan",
    Status.PAID: "completed", Status.BROKEN: "failed",
}  # fmt: skip
PAST = (Status.EXPIRED, Status.WITHDRAWN, Status.REFUSED)


@dataclass(frozen=True)
class Card:
    """The newest offer; `acts` are (name, label) of what its buttons do."""

    id: str
    status: str
    badge: str
    label: str
    amount: str
    share: str
    terms: str
    came: str
    percent: int
    waived: str
    has_plan: bool
    note: str
    in_instalments: bool

    @property
    def stands(self) -> bool:
        """Is it neither paid nor broken?"""
        return self.status in (Status.AWAITING, Status.OFFERED, Status.ACCEPTED)

    @property
    def awaits(self) -> bool:
        return self.status == Status.AWAITING

    @property
    def may_be_accepted(self) -> bool:
        """At once; one in instalments by agreeing its plan."""
        return self.status == Status.OFFERED


def card(stored: list[dict[str, Any]], today: date) -> Card | None:
    """From JSON (one at most). One that expired, or was withdrawn or refused, is past: the timeline tells of it."""
    if not stored or stored[0]["status"] in PAST:
        return None
    offer = stored[0]
    amount, balance = Decimal(str(offer["amount"])), Decimal(str(offer["balance"]))
    came, waived = Decimal(str(offer["received"])), Decimal(str(offer["waived"]))
    until = date.fromisoformat(str(offer["expires_on"]))
    who = " ".join(filter(None, [offer["first"], offer["last"]]))
    many = count(offer["instalments"], "instalment") if offer["instalments"] > 1 else "one payment"
    return Card(
        id=offer["id"],
        status=offer["status"],
        badge=BADGES.get(offer["status"], "closed"),
        label=str(Status(offer["status"]).label),
        amount=money(amount),
        share=f"{100 * amount / balance:.0f}% of {money(balance)}",
        terms=f"{many}, until {day(until, today)}{f', offered by {who}' if who else ''}",
        came=money(came),
        percent=min(int(100 * came / amount), 100),
        waived=money(waived) if waived else "",
        has_plan=bool(offer["plan_id"]),
        note=offer["note"],
        in_instalments=offer["instalments"] > 1,
    )
