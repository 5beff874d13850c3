"""What was taken, by which attempt?"""

from typing import Any

from debtflow.demo.local_stripe import balance, listing
from debtflow.demo.local_stripe.call import Call, Routes
from debtflow.demo.local_stripe.errors import JSON


def new(call: Call, intent: JSON, method: JSON, status: str, **fields: Any) -> JSON:
    """A saved charge of that intent: succeeded, pending (then with its balance transaction as well) or failed."""
    took = status != "failed"
    charge = call.new(
        "charge",
        "ch" if method["type"] == "card" else "py",
        amount=intent["amount"],
        amount_captured=intent["amount"] if took else 0,
        amount_refunded=0,
        balance_transaction=None,
        billing_details=method["billing_details"],
        calculated_statement_descriptor=call.account.name.upper()[:22],
        captured=took,
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        disputed=False,
        failure_balance_transaction=None,
        failure_code=None,
        failure_message=None,
        fraud_details={},
        outcome=_outcome(status),
        paid=status == "succeeded",
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details=_details(intent, method),
        receipt_email=intent["receipt_email"],
        receipt_number=None,
        receipt_url=None,
        refunded=False,
        statement_descriptor=intent["statement_descriptor"],
        status=status,
    )
    charge["metadata"] = dict(intent["metadata"])
    charge |= fields
    if took:
        charge["receipt_url"] = f"{call.base_url}/receipts/{charge['id']}"
        charge["balance_transaction"] = _take(call, charge, method["type"])
    return call.save(charge)


def _take(call: Call, charge: JSON, kind: str) -> str:
    fee = balance.fee_of(kind, charge["amount"])
    label = "charge" if kind == "card" else "payment"
    return balance.record(call, label, charge["amount"], charge["id"], fee=fee, about=charge["description"] or "")


def _outcome(status: str) -> JSON:
    if status == "failed":
        return {
            "network_status": "declined_by_network",
            "reason": "generic_decline",
            "risk_level": "normal",
            "seller_message": "The bank did not return any further details with this decline.",
            "type": "issuer_declined",
        }
    return {
        "network_status": "approved_by_network",
        "reason": None,
        "risk_level": "normal",
        "risk_score": 20,
        "seller_message": "Payment complete.",
        "type": "authorized",
    }


def _details(intent: JSON, method: JSON) -> JSON:
    kind = method["type"]
    if kind == "us_bank_account":
        names = ("account_holder_type", "account_type", "bank_name", "fingerprint", "last4", "routing_number")
        details = {name: method[kind][name] for name in names}
        return {"type": kind, kind: details | {"mandate": method.get("_mandate"), "payment_reference": None}}
    shown = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4", "wallet")
    details = {name: method[kind][name] for name in shown}
    more = {"amount_authorized": intent["amount"], "mandate": None, "network": method[kind]["brand"]}
    return {"type": kind, kind: details | more | {"three_d_secure": None}}


def retrieve(call: Call, charge_id: str) -> JSON:
    return call.get("charge", charge_id)


def list_charges(call: Call) -> JSON:
    params = call.params
    params.only(*listing.PAGING, "payment_intent", "customer", "transfer_group")
    return listing.page(call, "charge", payment_intent=params.text("payment_intent"), customer=params.text("customer"))


def search(call: Call) -> JSON:
    call.params.only("query", "limit", "page")
    return listing.search(call, "charge")


ROUTES: Routes = {
    ("GET", "/v1/charges"): list_charges,
    ("GET", "/v1/charges/search"): search,
    ("GET", "/v1/charges/{id}"): retrieve,
}
