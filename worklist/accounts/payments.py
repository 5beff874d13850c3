"""Which payments were made on an account, and how does each stand? In words, from the page's first statement."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from core.meanwhile import version_of
from core.words import day, money
from payments import cancelling, telling
from payments.models import Payment

MOST = 10
# What is read of each, beside the account's row.
COLUMNS = (
    "id", "amount", "method", "status", "waits_for", "refunded_amount", "charged_back_amount", "metadata",
    "failure_message", "processor_ref", "created_at",
)  # fmt: skip
Status, Waits = Payment.Status, Payment.WaitsFor
WAITING: dict[str, str] = {
    Waits.WORKER: "Being sent",
    Waits.DETAILS: "Waiting for the card or bank details",
    Waits.ACTION: "The debtor must confirm it with his bank",
    Waits.BANK: "At the bank; this can take four business days",
    Waits.GATEWAY: "Waiting for Stripe’s answer",
    Waits.RETRY: "Stripe is not answering. The payment is saved and will be retried",
}
BY_LINK = "Waiting for the debtor to pay by the link"
CALLED_OFF = "Being canceled at Stripe"
UNKNOWN = "Stripe has not answered: nobody knows yet whether it was charged. Do not charge it again"
SECONDS = {Waits.BANK: 30, Waits.DETAILS: 3, Waits.ACTION: 3}


@dataclass(frozen=True)
class Line:
    """One payment; `told` says what it waits for, why it failed, or what became of its money later."""

    id: str
    amount: str
    means: str
    status: str
    label: str
    told: tuple[str, ...]
    tone: str
    at: datetime
    day: str
    asks_details: bool = False
    link: str = ""
    may_be_cancelled: bool = False


def lines(stored: Iterable[dict[str, Any]], applied: dict[str, Decimal], zone: ZoneInfo, today: date) -> list[Line]:
    """From the account's payments as JSON; `applied` is what each has taken off the balance."""
    return [_line(_payment(row), applied.get(str(row["id"]), Decimal(0)), zone, today) for row in stored]


def seconds(stored: Iterable[dict[str, Any]]) -> int:
    """After how many seconds it is worth looking again; 0 when everything is decided."""
    waiting = [row["waits_for"] for row in stored if row["status"] in (Status.PENDING, Status.UNKNOWN)]
    return min((SECONDS.get(waits, 1) for waits in waiting), default=0)


def version(stored: Iterable[dict[str, Any]]) -> str:
    """The mark of how they stand, to see whether a page that waits must change."""
    seen = ("id", "status", "waits_for", "refunded_amount", "charged_back_amount", "failure_message")
    return version_of(*(str(_plain(row[name])) for row in stored for name in (*seen, "processor_ref")))


def _plain(value: Any) -> Any:
    return f"{Decimal(str(value)):.2f}" if isinstance(value, (int, float, Decimal)) else value


def _payment(row: dict[str, Any]) -> Payment:
    sums = ("amount", "refunded_amount", "charged_back_amount")
    facts = dict(row) | {name: Decimal(str(row[name])) for name in sums}
    if isinstance(row["created_at"], str):
        facts["created_at"] = datetime.fromisoformat(row["created_at"])
    return Payment(**facts)


def _line(payment: Payment, applied: Decimal, zone: ZoneInfo, today: date) -> Line:
    how = payment.metadata.get("how")
    waits = cancelling.is_waiting(payment)
    called_off = bool(payment.metadata.get("called_off"))
    return Line(
        id=str(payment.pk),
        amount=money(payment.amount),
        means=_means(payment),
        status="pending" if payment.status == Status.UNKNOWN else payment.status,
        label=str(payment.get_status_display()),
        told=tuple(_told(payment, applied)),
        tone="neg" if payment.status in (Status.FAILED, Status.UNKNOWN) else "",
        at=payment.created_at,
        day=day(payment.created_at.astimezone(zone).date(), today),
        asks_details=payment.is_undecided and how == "details" and payment.waits_for != Waits.BANK and not called_off,
        link=payment.metadata.get("link", "") if waits else "",
        may_be_cancelled=waits,
    )


def _means(payment: Payment) -> str:
    how = payment.metadata.get("how")
    if how in ("details", "link") and not payment.metadata.get("last4"):
        return "New card or bank account" if how == "details" else "Payment link"
    return telling.reason(payment)


def _told(payment: Payment, applied: Decimal) -> Iterable[str]:
    """Sentences about it, the most pressing first."""
    if payment.is_undecided:
        yield f"{_waits(payment)}."
    if payment.failure_message and not payment.was_taken and payment.waits_for in (Waits.NOTHING, Waits.DETAILS):
        yield payment.failure_message
    if payment.charged_back_amount:
        yield f"{money(payment.charged_back_amount)} taken back by the bank."
    if payment.refunded_amount:
        yield f"{money(payment.refunded_amount)} given back."
    if (credit := payment.held - applied) > 0:
        yield f"{money(credit)} more than was owed: a refund is due."


def _waits(payment: Payment) -> str:
    if payment.status == Status.UNKNOWN:
        return UNKNOWN
    if payment.metadata.get("called_off"):
        return CALLED_OFF
    if payment.metadata.get("how") == "link" and payment.waits_for == Waits.DETAILS:
        return BY_LINK
    return WAITING.get(payment.waits_for, WAITING[Waits.WORKER])
