"""What becomes of a bank debit in the days after it was confirmed?

It is processing first. It succeeds, or fails, or is returned after it had succeeded: then Stripe opens a dispute
that is lost at once, since ACH knows no appeal.
"""

from debtflow.demo.local_stripe import balance, charges, disputes, events, payment_methods, test_cards
from debtflow.demo.local_stripe.call import Call
from debtflow.demo.local_stripe.errors import JSON, Refused

RETURNS = {"insufficient_funds", "incorrect_account_details", "bank_cannot_process", "debit_not_authorized"}


def start(call: Call, intent: JSON, method: JSON) -> JSON:
    """The bank is asked; nobody knows more for some days."""
    charge = charges.new(call, intent, method, "pending")
    intent |= {"status": "processing", "latest_charge": charge["id"], "last_payment_error": None, "next_action": None}
    call.save(intent)
    events.emit(call, "charge.pending", charge)
    events.emit(call, "payment_intent.processing", intent)
    return intent


def settle(call: Call, intent: JSON) -> JSON:
    """What that test account does: succeed, fail, or be taken back right after."""
    charge, method = _processing(call, intent)
    bank = payment_methods.bank_of(method)
    if bank.fails:
        return fail(call, intent, bank.fails)
    succeed(call, intent, charge, method)
    if bank.returns:
        disputes.begin(call, call.get("charge", charge["id"]), bank.returns, is_final=True)
    return intent


def _processing(call: Call, intent: JSON) -> tuple[JSON, JSON]:
    if intent["status"] != "processing":
        raise Refused(f"{intent['id']} is not processing: {intent['status']}.", executed=True)
    return call.get("charge", intent["latest_charge"]), call.get("payment_method", intent["payment_method"])


def succeed(call: Call, intent: JSON, charge: JSON, method: JSON) -> None:
    from debtflow.demo.local_stripe import checkout, confirming

    charge |= {"status": "succeeded", "paid": True}
    call.save(charge)
    events.emit(call, "charge.succeeded", charge)
    confirming.succeed(call, intent, charge, method)
    checkout.settled(call, intent)


def fail(call: Call, intent: JSON, code: str = "insufficient_funds") -> JSON:
    """The bank said no before the debit succeeded: R01 insufficient funds, R02 closed, R03 no account."""
    if code not in test_cards.FAILURES:
        raise Refused(f"Unknown failure {code}: one of {', '.join(test_cards.FAILURES)}", param="code")
    charge, method = _processing(call, intent)
    return_code, message = test_cards.FAILURES[code]
    transaction = balance.record(call, "payment_failure_refund", -charge["amount"], charge["id"])
    charge |= {
        "status": "failed",
        "paid": False,
        "failure_code": code,
        "failure_message": message,
        "failure_balance_transaction": transaction,
    }
    charge["outcome"] |= {"network_status": "declined_by_network", "reason": code, "type": "issuer_declined"}
    call.save(charge)
    error = {
        "type": "card_error",
        "code": code,
        "charge": charge["id"],
        "message": message,
        "network_decline_code": return_code,
        "payment_method": method,
    }
    intent |= {"status": "requires_payment_method", "payment_method": None, "last_payment_error": error}
    call.save(intent)
    events.emit(call, "charge.failed", charge)
    events.emit(call, "payment_intent.payment_failed", intent)
    from debtflow.demo.local_stripe import checkout

    checkout.settled(call, intent)
    return intent


def give_back(call: Call, intent: JSON, reason: str = "insufficient_funds") -> JSON:
    """Returned after it had succeeded: a dispute, lost at once."""
    if reason not in RETURNS:
        raise Refused(f"Unknown reason {reason}: one of {', '.join(sorted(RETURNS))}", param="reason")
    charge = call.get("charge", intent["latest_charge"])
    if charge["payment_method_details"]["type"] != "us_bank_account":
        raise Refused(f"{intent['id']} is no bank debit.", executed=True)
    return disputes.begin(call, charge, reason, is_final=True)


def settle_due(call: Call) -> int:
    """Everything that waited longer than the account's delay; how many. Without a delay nothing moves by itself."""
    delay = call.store.setting(call.account.id, "settles_after")
    delay = call.store.setting("", "settles_after") if delay is None else delay
    if delay is None:
        return 0
    waiting = [
        intent
        for intent in call.store.all(call.account.id, "payment_intent", status="processing")
        if call.get("charge", intent["latest_charge"])["created"] + delay <= call.now
        and not payment_methods.bank_of(call.get("payment_method", intent["payment_method"])).stays
    ]
    for intent in waiting:
        settle(call, intent)
    return len(waiting) + _end_refunds(call, delay)


def _end_refunds(call: Call, delay: float) -> int:
    from debtflow.demo.local_stripe import refunds

    due = [
        refund
        for refund in call.store.all(call.account.id, "refund")
        if refund["_may_end"] and refund["created"] + delay <= call.now
    ]
    for refund in due:
        if refund["_may_end"] == "fail":
            refunds.fail(call, refund)
        else:
            refunds.succeed(call, refund)
    return len(due)
