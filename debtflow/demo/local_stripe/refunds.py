"""What was given back?"""

from debtflow.demo.local_stripe import balance, disputes, events, listing, payment_methods
from debtflow.demo.local_stripe.call import Call, Routes
from debtflow.demo.local_stripe.errors import JSON, Refused

REASONS = ("duplicate", "fraudulent", "requested_by_customer")
NO_CHARGE = "This PaymentIntent ({}) does not have a successful charge to refund."


def create(call: Call) -> JSON:
    """All that is left, or a part of it. Cards get it at once, bank accounts after some days."""
    params = call.params
    params.only("amount", "charge", "payment_intent", "metadata", "reason", "instructions_email")
    amount, metadata = params.amount(), params.metadata()
    reason = params.choice("reason", REASONS)
    charge = _charge(call)
    _check(call, charge, amount)
    amount = amount or charge["amount"] - charge["amount_refunded"]
    return _give_back(call, charge, amount, reason, metadata)


def _charge(call: Call) -> JSON:
    given, intent_id = call.params.text("charge"), call.params.text("payment_intent")
    if bool(given) == bool(intent_id):
        raise Refused(
            "One of the following params should be provided for this request: payment_intent or charge.",
            code=None if given else "parameter_missing",
        )
    if given:
        return call.get("charge", given, "charge")
    intent = call.get("payment_intent", intent_id or "", "payment_intent")
    if not intent["latest_charge"]:
        raise Refused(NO_CHARGE.format(intent_id), code="payment_intent_unexpected_state", executed=True)
    return call.get("charge", intent["latest_charge"])


def _check(call: Call, charge: JSON, amount: int | None) -> None:
    if charge["status"] != "succeeded":
        raise Refused(NO_CHARGE.format(charge["payment_intent"]), code="payment_intent_unexpected_state", executed=True)
    if charge["refunded"]:
        raise Refused(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded", executed=True
        )
    if disputes.status_of(call, charge) in disputes.TAKEN_BACK:
        raise Refused(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
            executed=True,
        )
    left = charge["amount"] - charge["amount_refunded"]
    if amount and amount > left:
        raise Refused(
            f"Refund amount (${amount / 100:,.2f}) is greater than unrefunded amount on charge (${left / 100:,.2f})",
            param="amount",
            executed=True,
        )


def _give_back(call: Call, charge: JSON, amount: int, reason: str | None, metadata: JSON) -> JSON:
    is_card = charge["payment_method_details"]["type"] == "card"
    refund = call.new(
        "refund",
        "re" if is_card else "pyr",
        amount=amount,
        charge=charge["id"],
        currency=charge["currency"],
        destination_details={"type": "card"} if is_card else {"type": "us_bank_transfer"},
        payment_intent=charge["payment_intent"],
        reason=reason,
        receipt_number=None,
        status="succeeded" if is_card else "pending",
    )
    if not is_card:
        refund["pending_reason"] = "processing"
    refund["metadata"] = metadata
    refund["_may_end"] = _may_still_fail(call, charge)
    kind = "refund" if is_card else "payment_refund"
    refund["balance_transaction"] = balance.record(call, kind, -amount, refund["id"])
    before = {name: charge[name] for name in ("amount_refunded", "refunded")}
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    call.save(charge)
    call.save(refund)
    events.emit(call, "refund.created", refund)
    events.emit(call, "charge.refunded", charge, before)
    return refund


def _may_still_fail(call: Call, charge: JSON) -> str:
    """What happens to it by itself, later: succeed, fail, or nothing more."""
    method = call.get("payment_method", charge["payment_method"])
    if method["type"] != "card":
        return "succeed"
    return "fail" if payment_methods.card_of(method).refund_fails else ""


def succeed(call: Call, refund: JSON) -> JSON:
    """A pending refund has arrived."""
    if refund["status"] != "pending":
        raise Refused(f"Refund {refund['id']} is not pending.", executed=True)
    refund |= {"status": "succeeded", "_may_end": ""}
    refund.pop("pending_reason", None)
    call.save(refund)
    _tell(call, refund, {"status": "pending"})
    return refund


def fail(call: Call, refund: JSON, why: str = "expired_or_canceled_card") -> JSON:
    """The bank sent it back: the money is ours again, and the charge may be refunded anew."""
    if refund["status"] not in ("pending", "succeeded"):
        raise Refused(f"Refund {refund['id']} has already ended.", executed=True)
    before = {"status": refund["status"]}
    transaction = balance.record(call, "refund_failure", refund["amount"], refund["id"])
    refund |= {
        "status": "failed",
        "failure_reason": why,
        "failure_balance_transaction": transaction,
        "_may_end": "",
    }
    refund.pop("pending_reason", None)
    charge = call.get("charge", refund["charge"])
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    call.save(charge)
    call.save(refund)
    _tell(call, refund, before)
    events.emit(call, "refund.failed", refund)
    return refund


def _tell(call: Call, refund: JSON, before: JSON) -> None:
    events.emit(call, "refund.updated", refund, before)
    events.emit(call, "charge.refund.updated", refund, before)


def retrieve(call: Call, refund_id: str) -> JSON:
    return call.get("refund", refund_id)


def update(call: Call, refund_id: str) -> JSON:
    call.params.only("metadata")
    refund = call.get("refund", refund_id)
    before = {"metadata": refund["metadata"]}
    refund["metadata"] = call.params.metadata(refund["metadata"])
    call.save(refund)
    _tell(call, refund, before)
    return refund


def list_refunds(call: Call) -> JSON:
    params = call.params
    params.only(*listing.PAGING, "charge", "payment_intent")
    return listing.page(call, "refund", charge=params.text("charge"), payment_intent=params.text("payment_intent"))


ROUTES: Routes = {
    ("POST", "/v1/refunds"): create,
    ("GET", "/v1/refunds"): list_refunds,
    ("GET", "/v1/refunds/{id}"): retrieve,
    ("POST", "/v1/refunds/{id}"): update,
}
