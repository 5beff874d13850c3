"""What needs a person, why, and what can be done about it? Sentences and acts for the page “Needs attention”."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from core.addresses import address
from core.words import count, money
from payments import attention, telling
from payments.models import (
    Chargeback,
    DailyComparison,
    GatewayHealth,
    Payment,
    Refund,
    SettlementOffer,
    WebhookEvent,
)
from payments.pages import settlements, standing

MOST = 50
ACCOUNT = ("account__debtor", "processor")
OF_PAYMENT = ("payment__account__debtor", "payment__processor")


@dataclass(frozen=True)
class Act:
    """What can be done: a link, or a form that is sent."""

    label: str
    url: str
    sends: bool = False


@dataclass(frozen=True)
class Item:
    """One matter: what it is, why a person is needed, since when."""

    title: str
    why: str
    since: datetime | None
    url: str = ""
    about: str = ""
    act: Act | None = None
    details: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Section:
    """Matters of one kind, the oldest first, MOST at most; `number` counts all, `key` is its place on the page."""

    key: str
    heading: str
    icon: str
    items: list[Item]
    number: int


def sections() -> list[Section]:
    """Every kind of which there is something, the most urgent first."""
    made = [
        _section("circuits", "Processors that do not answer", "alert", attention.open_circuits(), _circuits),
        _section("unknown", "Not known whether charged", "info", attention.unknown(), _payments(_unknown)),
        _section("disputes", "Open disputes", "shield", attention.open_chargebacks(), _chargebacks),
        _section("refunds", "Failed refunds", "swap", attention.failed_refunds(), _refunds),
        _section("credits", "Credits due to debtors", "cash", attention.credits_due(), _payments(_credit)),
        _section("settlements", "Settlements awaiting approval", "swap", attention.awaiting(), _settlements),
        _section("slow", "Waiting for too long", "clock", attention.slow(), _payments(_slow)),
        _section("failed", "Failed payments", "card", attention.failed(), _payments(_failed)),
        _section("events", "Events not worked off", "mail", attention.stuck_events(), _events),
        _section("days", "Days that differ", "chart", attention.differing(), _comparisons),
    ]
    return [section for section in made if section.items]


def _section(key: str, heading: str, icon: str, found: Any, told: Callable[[Any], list[Item]]) -> Section:
    items = told(found)
    return Section(key, heading, icon, items[:MOST], found.count() if len(items) > MOST else len(items))


def _oldest(found: Any, *related: str, by: str = "created_at") -> Any:
    return found.select_related(*related).order_by(by, "id")[: MOST + 1]


# --- payments --------------------------------------------------------------------------------------------------


def _payments(made: Callable[[Payment], Item]) -> Callable[[Any], list[Item]]:
    return lambda found: [made(payment) for payment in _oldest(found, *ACCOUNT)]


def _item(payment: Payment, why: str, act: Act, since: datetime | None = None) -> Item:
    account = payment.account
    return Item(
        title=f"{money(payment.amount)} by {telling.means(payment)}",
        why=why,
        since=since or payment.created_at,
        url=address("payments:payment", payment.pk),
        about=f"{account.debtor.full_name}, {account.external_ref}",
        act=act,
    )


def _look_up(payment: Payment) -> Act:
    return Act("Look it up now", address("payments:lookups", payment.pk), sends=True)


def _give_back(payment_id: UUID, label: str) -> Act:
    return Act(label, address("payments:refund_new", payment_id))


def _unknown(payment: Payment) -> Item:
    why = f"{payment.failure_message or 'No answer came.'} It is looked up until it is known."
    return _item(payment, why, _look_up(payment))


def _slow(payment: Payment) -> Item:
    return _item(payment, f"{standing.waiting(payment)}, for longer than usual.", _look_up(payment))


def _failed(payment: Payment) -> Item:
    again = Act("Take another", address("worklist:payment_new", payment.account_id))
    return _item(payment, f"{payment.failure_message or 'It failed.'} Nothing came since.", again)


def _credit(payment: Payment) -> Item:
    why = f"{money(payment.credit)} more than was owed came; it is due to the debtor."
    return _item(payment, why, _give_back(payment.pk, "Give it back"), payment.completed_at)


# --- money that goes back --------------------------------------------------------------------------------------


def _refunds(found: Any) -> list[Item]:
    return [_refund(refund) for refund in _oldest(found, *OF_PAYMENT)]


def _refund(refund: Refund) -> Item:
    why = refund.failure_message or f"The processor could not: {refund.failure_code or 'it gave no reason'}."
    payment, again = refund.payment, _give_back(refund.payment_id, "Refund again")
    made = _item(payment, why, again, refund.created_at)
    return Item(f"{money(refund.amount)} to be given back", why, made.since, made.url, made.about, again)


def _chargebacks(found: Any) -> list[Item]:
    return [_chargeback(one) for one in _oldest(found, *OF_PAYMENT, by="opened_at")]


def _chargeback(one: Chargeback) -> Item:
    asks = "asks about" if one.status == Chargeback.Status.INQUIRY else "has taken back"
    reason = one.reason.replace("_", " ") or "it gave no reason"
    why = f"The debtor’s bank {asks} {money(one.amount)}: {reason}. Answer it at the processor."
    made = _item(one.payment, why, Act("", ""), one.opened_at)
    return Item(made.title, why, made.since, made.url, made.about, Act("See the payment", made.url))


# --- settlements -----------------------------------------------------------------------------------------------


def _settlements(found: Any) -> list[Item]:
    return [_settlement(one) for one in _oldest(found, "account__debtor", "made_by")]


def _settlement(one: SettlementOffer) -> Item:
    share, who = settlements.share(one.amount, one.balance), str(one.made_by or "DebtFlow")
    return Item(
        title=f"{money(one.amount)} for {money(one.balance)}",
        why=f"{who} offers {share}, below what collectors settle alone.{f' “{one.note}”' if one.note else ''}",
        since=one.created_at,
        url=f"{address('worklist:account', one.account_id)}#offer",
        about=f"{one.account.debtor.full_name}, {one.account.external_ref}",
        act=Act("Decide", address("payments:settlements")),
    )


# --- processors --------------------------------------------------------------------------------------------------


def _circuits(found: Any) -> list[Item]:
    return [_circuit(health) for health in found.select_related("processor")]


def _circuit(health: GatewayHealth) -> Item:
    why = f"{health.last_error} Nothing is sent; payments stay pending and are sent as soon as it answers."
    return Item(str(health.processor), why.strip(), health.opened_at or health.updated_at)


def _events(found: Any) -> list[Item]:
    return [_event(event) for event in _oldest(found.defer("payload"), "processor")]


def _event(event: WebhookEvent) -> Item:
    again = "It is tried again by itself." if event.next_attempt_at else "It is not tried again by itself."
    why = f"{event.error or 'It could not be worked off.'} {count(event.attempts, 'attempt')}. {again}"
    act = Act("Replay", address("payments:event_replays", event.pk), sends=True)
    return Item(event.type, why, event.created_at, address("payments:event", event.pk), str(event.processor), act)


def _comparisons(found: Any) -> list[Item]:
    return [_comparison(one) for one in found.select_related("processor").order_by("day", "id")[: MOST + 1]]


def _comparison(one: DailyComparison) -> Item:
    why = (
        f"There {money(one.taken_there)} taken and {money(one.returned_there)} returned;"
        f" here {money(one.taken_here)} and {money(one.returned_here)}."
    )
    act = Act("Compare again", address("payments:comparison_renewals", one.pk), sends=True)
    return Item(f"{one.processor}, {one.day:%B} {one.day.day}", why, one.compared_at, act=act, details=one.differences)
