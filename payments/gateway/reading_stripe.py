"""What do Stripe's objects say? Its words in ours; pure."""

import calendar
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import stripe

from payments.gateway.seen import Seen, SeenChargeback, SeenMethod, SeenRefund, State

# https://docs.stripe.com/payments/paymentintents/lifecycle
STATES = {
    "succeeded": State.TAKEN,
    "processing": State.AT_BANK,
    "requires_capture": State.AT_BANK,
    "requires_action": State.ACTION,
    "requires_confirmation": State.DETAILS,
    "requires_payment_method": State.DETAILS,
    "canceled": State.CANCELED,
}
REFUNDS = {"succeeded": "completed", "failed": "failed", "canceled": "failed"}
# Of an inquiry ("warning") no money is taken (https://docs.stripe.com/disputes/how-disputes-work).
DISPUTES = {"won": "won", "lost": "lost", "prevented": "won"}
KINDS = {"card": "card", "us_bank_account": "bank_transfer", "link": "card"}


def cents(amount: Decimal) -> int:
    """Stripe's whole cents."""
    return int((amount * 100).to_integral_exact())


def dollars(amount: int) -> Decimal:
    """The amount of so many cents."""
    return Decimal(amount) / 100


def intent(found: dict[str, Any], refunds: Iterable[Any] | None = None, disputes: Iterable[Any] | None = None) -> Seen:
    """A PaymentIntent with its latest charge and payment method expanded."""
    state = STATES[found["status"]]
    error = found.get("last_payment_error") or {}
    if state is State.DETAILS and error:
        needed = error.get("code") == "authentication_required"
        state = State.ACTION if needed else State.DECLINED
    charge = found.get("latest_charge")
    charge = charge if isinstance(charge, dict) else {}
    kept = method(found.get("payment_method")) or method(error.get("payment_method"))
    return Seen(
        ref=found["id"],
        state=state,
        amount=dollars(found.get("amount_received") or found["amount"]),
        code=error.get("decline_code") or error.get("code") or "",
        message=error.get("message") or "",
        facts=_facts(charge, kept),
        method=kept,
        refunds=None if refunds is None else tuple(map(refund, refunds)),
        chargebacks=None if disputes is None else tuple(map(_chargeback, disputes)),
    )


def declined(error: stripe.CardError) -> Seen | None:
    """What a decline says about the charge that it is about; None when it names none."""
    body: Any = error.json_body or {}
    found = (body.get("error") or {}).get("payment_intent")
    return intent(found) if found else None


def refund(found: dict[str, Any]) -> SeenRefund:
    """A Refund."""
    own = (found.get("metadata") or {}).get("refund")
    return SeenRefund(
        ref=found["id"],
        amount=dollars(found["amount"]),
        status=REFUNDS.get(found["status"], "pending"),
        own=_uuid(own),
        failure=found.get("failure_reason") or "",
    )


def method(found: Any) -> SeenMethod | None:
    """A PaymentMethod; None when there is none, or it is only named."""
    if not isinstance(found, dict) or found.get("type") not in KINDS:
        return None
    facts = found.get(found["type"]) or {}
    return SeenMethod(
        ref=found["id"],
        kind=KINDS[found["type"]],
        brand=(facts.get("brand") or facts.get("bank_name") or "").replace("_", " ").title(),
        last4=facts.get("last4") or "",
        expires=_last_day(facts.get("exp_year"), facts.get("exp_month")),
    )


def _chargeback(found: dict[str, Any]) -> SeenChargeback:
    status = found["status"]
    known = "inquiry" if status.startswith("warning") else DISPUTES.get(status, "open")
    return SeenChargeback(found["id"], dollars(found["amount"]), known, found.get("reason") or "")


def _facts(charge: dict[str, Any], kept: SeenMethod | None) -> dict[str, Any]:
    facts: dict[str, Any] = {"charge": charge.get("id"), "receipt": charge.get("receipt_url")}
    if kept:
        facts |= {"brand": kept.brand, "last4": kept.last4}
    moved = charge.get("balance_transaction")
    if isinstance(moved, dict):
        facts |= {"transaction": moved["id"], "fee": str(dollars(moved.get("fee") or 0))}
    return {name: value for name, value in facts.items() if value}


def _last_day(year: int | None, month: int | None) -> date | None:
    return date(year, month, calendar.monthrange(year, month)[1]) if year and month else None


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text)) if text else None
    except ValueError:
        return None
