"""With what is paid? Test tokens, and what was typed into the stand-in's own fields."""

import hashlib
import re
from datetime import UTC, datetime
from typing import Any

from debtflow.demo.local_stripe import events, listing, test_cards
from debtflow.demo.local_stripe.call import Call, Routes
from debtflow.demo.local_stripe.errors import JSON, Refused, declined
from debtflow.demo.local_stripe.form import Params

TYPES = ("card", "us_bank_account")
USED = (
    "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a "
    "connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use "
    "a PaymentMethod multiple times, you must attach it to a Customer first."
)
UNSAFE = (
    "Sending credit card numbers directly to the Stripe API is generally unsafe. To continue use Stripe.js, the "
    "Stripe mobile bindings, or Stripe Elements."
)


def found(call: Call, wanted: str, param: str = "payment_method") -> JSON:
    """The payment method of that id; a test token such as `pm_card_visa` makes a new one."""
    if wanted.startswith("pm_card_") and (card := test_cards.BY_TOKEN.get(wanted.removeprefix("pm_card_"))):
        return call.save(_of_card(call, card, 12, _today(call).year + 1))
    if wanted.startswith("pm_usBankAccount_"):
        bank = test_cards.BANK_BY_TOKEN.get(wanted.removeprefix("pm_usBankAccount_"))
        if bank:
            return call.save(_of_bank(call, bank, {"name": "Jenny Rosen"}))
    return call.get("payment_method", wanted, param)


def create(call: Call) -> JSON:
    call.params.only("type", *TYPES, "billing_details", "metadata", "allow_redisplay")
    return call.save(from_data(call, call.params))


def from_data(call: Call, data: Params) -> JSON:
    """A new payment method of what was typed; 402 for a card number that no test card has."""
    data.only("type", *TYPES, "billing_details", "metadata", "allow_redisplay")
    kind = data.needed("type")
    data.choice("type", TYPES)
    billing = _billing(data)
    method = _typed_card(call, data.nested("card")) if kind == "card" else _typed_bank(call, data, billing)
    method["billing_details"] |= billing
    method["metadata"] = data.metadata()
    return call.save(method)


def _typed_card(call: Call, card: Params) -> JSON:
    card.only("number", "exp_month", "exp_year", "cvc", "token")
    token = card.text("token")
    if token:
        known = test_cards.BY_TOKEN.get(token.removeprefix("tok_"))
        if known is None or not token.startswith("tok_"):
            raise Refused(f"No such token: '{token}'", code="resource_missing", param="card[token]")
        return _of_card(call, known, 12, _today(call).year + 1)
    if not call.is_publishable:
        raise Refused(UNSAFE, status=402, param="card[number]")
    number = re.sub(r"[\s-]", "", card.needed("number"))
    month, year = card.integer("exp_month") or 0, card.integer("exp_year") or 0
    _check_typed(call, number, month, year, card.text("cvc"))
    return _of_card(call, test_cards.BY_NUMBER[number], month, year)


def _check_typed(call: Call, number: str, month: int, year: int, cvc: str | None) -> None:
    year += 2000 if 0 < year < 100 else 0
    if not test_cards.is_plausible(number):
        raise _wrong("Your card number is incorrect.", "incorrect_number", "number")
    if not 1 <= month <= 12:
        raise _wrong("Your card's expiration month is invalid.", "invalid_expiry_month", "exp_month")
    if (year, month) < (_today(call).year, _today(call).month) or year > _today(call).year + 50:
        raise _wrong("Your card's expiration year is invalid.", "invalid_expiry_year", "exp_year")
    if cvc is not None and not re.fullmatch(r"[0-9]{3,4}", cvc):
        raise _wrong("Your card's security code is invalid.", "invalid_cvc", "cvc")
    if number not in test_cards.BY_NUMBER:
        raise declined(test_cards.NON_TEST, "card_declined", "test_mode_live_card")


def _wrong(message: str, code: str, param: str) -> Refused:
    return Refused(message, status=402, kind="card_error", code=code, param=param)


def _typed_bank(call: Call, data: Params, billing: JSON) -> JSON:
    account = data.nested("us_bank_account")
    account.only("routing_number", "account_number", "account_holder_type", "account_type")
    if not billing.get("name"):
        raise Refused(
            "Missing required param: billing_details[name].", code="parameter_missing", param="billing_details[name]"
        )
    routing, number = account.needed("routing_number"), account.needed("account_number")
    account.needed("account_holder_type")
    account.choice("account_holder_type", ("individual", "company"))
    if routing != test_cards.ROUTING_NUMBER:
        raise Refused("Invalid routing number.", code="routing_number_invalid", param="us_bank_account[routing_number]")
    bank = test_cards.BANK_BY_NUMBER.get(number)
    if bank is None:
        message = "You must use a test bank account number in test mode."
        raise Refused(message, code="account_number_invalid", param="us_bank_account[account_number]")
    return _of_bank(call, bank, billing, account.text("account_holder_type"), account.text("account_type"))


def _of_card(call: Call, card: test_cards.Card, month: int, year: int) -> JSON:
    checks = {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"}
    details = {
        "brand": card.brand,
        "checks": checks,
        "country": "US",
        "display_brand": card.brand,
        "exp_month": month,
        "exp_year": year + (2000 if year < 100 else 0),
        "fingerprint": _fingerprint(call, card.number),
        "funding": card.funding,
        "last4": card.number[-4:],
        "networks": {"available": [card.brand], "preferred": None},
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }
    return _method(call, "card", details, _card=card.token, _is_set_up=card.is_set_up)


def _of_bank(
    call: Call, bank: test_cards.Bank, billing: JSON, holder: str | None = None, account_type: str | None = None
) -> JSON:
    details = {
        "account_holder_type": holder or "individual",
        "account_type": account_type or "checking",
        "bank_name": "STRIPE TEST BANK",
        "fingerprint": _fingerprint(call, bank.number),
        "last4": bank.number[-4:],
        "networks": {"preferred": "ach", "supported": ["ach"]},
        "routing_number": test_cards.ROUTING_NUMBER,
        "status_details": {},
    }
    method = _method(call, "us_bank_account", details, _bank=bank.token)
    method["billing_details"] |= billing
    return method


def _method(call: Call, kind: str, details: JSON, **ours: Any) -> JSON:
    billing = {"address": None, "email": None, "name": None, "phone": None, "tax_id": None}
    return call.new(
        "payment_method",
        "pm",
        allow_redisplay="unspecified",
        billing_details=billing,
        customer=None,
        type=kind,
        **{kind: details},
        **ours,
    )


def _billing(data: Params) -> JSON:
    billing = data.nested("billing_details")
    billing.only("name", "email", "phone", "address")
    return {name: value for name in ("name", "email", "phone") if (value := billing.text(name))}


def _fingerprint(call: Call, number: str) -> str:
    return hashlib.sha256(f"{call.account.id}{number}".encode()).hexdigest()[:16]


def _today(call: Call) -> datetime:
    return datetime.fromtimestamp(call.now, UTC)


def card_of(method: JSON) -> test_cards.Card:
    return test_cards.BY_TOKEN[method["_card"]]


def bank_of(method: JSON) -> test_cards.Bank:
    return test_cards.BANK_BY_TOKEN[method["_bank"]]


def retrieve(call: Call, method_id: str) -> JSON:
    return found(call, method_id, "payment_method")


def attach(call: Call, method_id: str) -> JSON:
    call.params.only("customer")
    customer = call.get("customer", call.params.needed("customer"), "customer")
    return attach_to(call, found(call, method_id), customer["id"])


def attach_to(call: Call, method: JSON, customer: str) -> JSON:
    """Belongs to that customer from now on. 402 when the card's bank will not have it, 400 when it is another's."""
    if method["customer"] == customer:
        return method
    if method["customer"]:
        raise Refused("The payment method you provided has already been attached to a customer.", executed=True)
    if method.get("_is_used"):
        raise Refused(USED, executed=True)
    if method["type"] == "card" and not (card := card_of(method)).attaches:
        raise declined(card.message, card.code, card.decline_code)
    method["customer"] = customer
    call.save(method)
    events.emit(call, "payment_method.attached", method)
    return method


def detach(call: Call, method_id: str) -> JSON:
    method = call.get("payment_method", method_id, "payment_method")
    if not method["customer"]:
        raise Refused(
            "The payment method you provided is not attached to a customer so detachment is impossible.", executed=True
        )
    before = {"customer": method["customer"]}
    call.save(method | {"customer": None, "_is_used": True})
    method["customer"] = None
    events.emit(call, "payment_method.detached", method, before)
    return method


def list_methods(call: Call) -> JSON:
    call.params.only(*listing.PAGING, "customer", "type", "allow_redisplay")
    customer = call.params.text("customer")
    return listing.page(
        call,
        "payment_method",
        lambda method: bool(method["customer"]),
        customer=customer,
        type=call.params.text("type"),
    )


ROUTES: Routes = {
    ("POST", "/v1/payment_methods"): create,
    ("GET", "/v1/payment_methods"): list_methods,
    ("GET", "/v1/payment_methods/{id}"): retrieve,
    ("POST", "/v1/payment_methods/{id}/attach"): attach,
    ("POST", "/v1/payment_methods/{id}/detach"): detach,
}
