"""Which settlements await an admin, which stand, and what became of the others?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from core.paging import NEWEST_FIRST, Order
from core.words import count, day
from payments import settling
from payments.models import SettlementOffer

Status = SettlementOffer.Status
AWAITING, STANDING, ENDED = "awaiting", "standing", "ended"
SHOWN: dict[str, tuple[str, tuple[str, ...], Order]] = {
    AWAITING: ("Awaiting approval", (Status.AWAITING,), Order(descending=False)),
    STANDING: ("Offered and accepted", (Status.OFFERED, Status.ACCEPTED), NEWEST_FIRST),
    ENDED: ("Paid and ended", (), NEWEST_FIRST),
}
BADGES: dict[str, str] = {
    Status.AWAITING: "pending", Status.OFFERED: "negotiating", Status.ACCEPTED: "payment_plan",
    Status.PAID: "completed", Status.BROKEN: "failed",
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One offer in words; `share` is what is offered of what was owed."""

    offer: SettlementOffer
    badge: str
    label: str
    share: str
    terms: str


def shown(text: str) -> str:
    """Which list the query string asks for."""
    return text if text in SHOWN else AWAITING


def found(which: str) -> "QuerySet[SettlementOffer]":
    """The offers of one list. What their rows say is read afterwards, by key: joined, the planner begins with every
    account of the agency."""
    offers = SettlementOffer.objects.prefetch_related("account__debtor", "account__creditor", "made_by")
    if which == ENDED:  # as the condition of `settlement_ended` says it
        return offers.exclude(status__in=settling.STANDING)
    return offers.filter(status__in=SHOWN[which][1])


def order(which: str) -> Order:
    """What awaits is decided in the order in which it came."""
    return SHOWN[which][2]


def rows(offers: Iterable[SettlementOffer], today: date) -> list[Row]:
    """The offers in words."""
    return [_row(one, today) for one in offers]


def share(amount: Decimal, balance: Decimal) -> str:
    """`62%`; less than one is said with a decimal."""
    percent = 100 * amount / balance
    return f"{percent:.0f}%" if percent >= 1 else f"{percent:.1f}%"


def _row(one: SettlementOffer, today: date) -> Row:
    many = count(one.instalments, "instalment") if one.instalments > 1 else "One payment"
    badge = BADGES.get(one.status, "closed")
    terms = f"{many}, until {day(one.expires_on, today)}"
    return Row(one, badge, str(one.get_status_display()), share(one.amount, one.balance), terms)
