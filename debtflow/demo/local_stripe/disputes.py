"""Which payments did a debtor's bank take back?"""

from debtflow.demo.local_stripe import balance, events, listing
from debtflow.demo.local_stripe.call import Call, Routes
from debtflow.demo.local_stripe.errors import JSON, Refused

REASONS = (
    *("bank_cannot_process", "credit_not_processed", "customer_initiated", "debit_not_authorized", "duplicate"),
    *("fraudulent", "general", "incorrect_account_details", "insufficient_funds", "product_not_received"),
    *("product_unacceptable", "subscription_canceled", "unrecognized"),
)
ANSWER_DAYS = 14
TAKEN_BACK = ("needs_response", "under_review", "lost")


def begin(call: Call, charge: JSON, reason: str = "fraudulent", *, is_final: bool = False) -> JSON:
    """The whole charge is taken back. Final is what cannot be contested: an ACH return is lost at once."""
    if charge["disputed"] or charge["status"] != "succeeded":
        raise Refused(f"Charge {charge['id']} cannot be disputed.", executed=True)
    if reason not in REASONS:
        raise Refused(f"Invalid reason: {reason}", param="reason")
    amount = charge["amount"] - charge["amount_refunded"]
    if not amount:
        raise Refused(f"Charge {charge['id']} has already been refunded.", executed=True)
    dispute = _new(call, charge, amount, reason)
    charge["disputed"] = True
    call.save(charge)
    call.save(dispute)
    events.emit(call, "charge.dispute.created", dispute)
    _withdraw(call, dispute)
    return close(call, dispute, "lost") if is_final else dispute


def _new(call: Call, charge: JSON, amount: int, reason: str) -> JSON:
    kind = charge["payment_method_details"]["type"]
    due = call.now + ANSWER_DAYS * 86_400
    return call.new(
        "dispute",
        "du",
        amount=amount,
        balance_transactions=[],
        charge=charge["id"],
        currency=charge["currency"],
        enhanced_eligibility_types=[],
        evidence={},
        evidence_details={"due_by": due, "has_evidence": False, "past_due": False, "submission_count": 0},
        is_charge_refundable=False,
        payment_intent=charge["payment_intent"],
        payment_method_details={"type": kind, kind: {}},
        reason=reason,
        status="needs_response",
    )


def inquire(call: Call, charge: JSON) -> JSON:
    """The bank only asks: nothing is withdrawn yet."""
    dispute = _new(call, charge, charge["amount"], "fraudulent")
    dispute |= {"status": "warning_needs_response", "is_charge_refundable": True}
    call.save(dispute)
    events.emit(call, "charge.dispute.created", dispute)
    return dispute


def _withdraw(call: Call, dispute: JSON) -> None:
    _book(call, dispute, -dispute["amount"], balance.DISPUTE_FEE, "dispute", "Chargeback withdrawal")
    events.emit(call, "charge.dispute.funds_withdrawn", dispute)


def _book(call: Call, dispute: JSON, amount: int, fee: int, category: str, about: str) -> None:
    about = f"{about} for {dispute['charge']}"
    wanted = balance.record(call, "adjustment", amount, dispute["id"], fee=fee, category=category, about=about)
    dispute["balance_transactions"].append(call.get("balance_transaction", wanted))
    call.save(dispute)


def close(call: Call, dispute: JSON, status: str) -> JSON:
    """won: the money comes back, the fee does not. lost: nothing comes back."""
    if dispute["status"] in ("won", "lost", "warning_closed"):
        raise Refused(f"Dispute {dispute['id']} is already closed.", code="dispute_closed", executed=True)
    before = {"status": dispute["status"]}
    asks_only = dispute["status"].startswith("warning")
    dispute["status"] = "warning_closed" if asks_only else status
    call.save(dispute)
    if status == "won" and not asks_only:
        _book(call, dispute, dispute["amount"], 0, "dispute_reversal", "Chargeback reversal")
        events.emit(call, "charge.dispute.funds_reinstated", dispute)
    events.emit(call, "charge.dispute.closed", dispute, before)
    return dispute


def status_of(call: Call, charge: JSON) -> str | None:
    """How the charge's latest dispute stands; None when there never was one. `disputed` stays true for ever."""
    every = call.store.all(call.account.id, "dispute", charge=charge["id"])
    return every[0]["status"] if every else None


def retrieve(call: Call, dispute_id: str) -> JSON:
    return call.get("dispute", dispute_id)


def accept(call: Call, dispute_id: str) -> JSON:
    """`close` in Stripe's API: we do not contest it, so it is lost."""
    return close(call, call.get("dispute", dispute_id), "lost")


def list_disputes(call: Call) -> JSON:
    params = call.params
    params.only(*listing.PAGING, "charge", "payment_intent")
    return listing.page(call, "dispute", charge=params.text("charge"), payment_intent=params.text("payment_intent"))


ROUTES: Routes = {
    ("GET", "/v1/disputes"): list_disputes,
    ("GET", "/v1/disputes/{id}"): retrieve,
    ("POST", "/v1/disputes/{id}/close"): accept,
}
