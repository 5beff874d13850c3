"""What happens when a payment is confirmed?"""

from debtflow.demo.local_stripe import bank_debits, charges, disputes, events, payment_methods
from debtflow.demo.local_stripe.call import Call, new_id
from debtflow.demo.local_stripe.errors import JSON, Refused, declined, wrong_state

NO_RETURN_URL = (
    "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these "
    "payment methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want "
    "to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and "
    "`automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents."
)
NO_METHOD = (
    "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the "
    "PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method "
    "or ConfirmationToken."
)
AUTHENTICATE = (
    "Your card was declined. This transaction requires authentication. "
    "Please check your card details and try again or use a different card."
)
NOT_AUTHENTICATED = (
    "We are unable to authenticate your payment method. Please choose a different payment method and try again."
)
NO_MANDATE = (
    "This PaymentIntent requires a mandate, but no existing mandate was found. Collect mandate acceptance from the "
    "customer and try again, providing acceptance data in the mandate_data parameter."
)


def check(call: Call, intent: JSON) -> None:
    """What is refused before anything is done: 400."""
    params = call.params
    status = intent["status"]
    if status == "succeeded":
        raise wrong_state(
            "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.",
            payment_intent=intent,
        )
    if status in ("processing", "canceled"):
        raise wrong_state(
            f"You cannot confirm this PaymentIntent because it has a status of {status}. Only a PaymentIntent with one "
            "of the following statuses may be confirmed: requires_confirmation, requires_action.",
            payment_intent=intent,
        )
    if not (intent["payment_method"] or params.text("payment_method") or "payment_method_data" in params):
        raise Refused(NO_METHOD, code="payment_intent_unexpected_state", payment_intent=intent)
    automatic = intent["automatic_payment_methods"]
    if automatic and automatic["allow_redirects"] == "always" and not params.text("return_url"):
        raise Refused(NO_RETURN_URL)
    params.choice("off_session", ("true", "false", "one_off", "recurring"))


def confirm(call: Call, intent: JSON) -> JSON:
    """The intent after the attempt; 402 when the bank declined, with the intent in the error."""
    method = call.get("payment_method", intent["payment_method"], "payment_method")
    if method["type"] == "us_bank_account":
        _take_mandate(call, method)
        return bank_debits.start(call, intent, method)
    intent["_return_url"] = call.params.text("return_url")
    if not _must_authenticate(call, method):
        return charge_card(call, intent, method)
    if _is_off_session(call) or call.params.boolean("error_on_requires_action"):
        raise _decline(call, intent, method, AUTHENTICATE, "authentication_required", "authentication_required")
    intent |= {"status": "requires_action", "next_action": next_action(call, intent), "last_payment_error": None}
    call.save(intent)
    events.emit(call, "payment_intent.requires_action", intent)
    return intent


def _is_off_session(call: Call) -> bool:
    return call.params.text("off_session") not in (None, "false")


def _must_authenticate(call: Call, method: JSON) -> bool:
    card = payment_methods.card_of(method)
    if card.authenticates == "unless_set_up":
        return not (_is_off_session(call) and method["_is_set_up"])
    return card.authenticates == "always"


def next_action(call: Call, intent: JSON) -> JSON:
    """Where the debtor shows his bank that it is he: by a redirect, or within the payment fields."""
    url = f"{call.base_url}/authenticate/{intent['id']}?client_secret={intent['client_secret']}"
    if not call.params.boolean("use_stripe_sdk") and (back := call.params.text("return_url")):
        return {"type": "redirect_to_url", "redirect_to_url": {"url": url, "return_url": back}}
    return {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect", "stripe_js": url}}


def authenticate(call: Call, intent: JSON, *, passed: bool) -> JSON:
    """What the debtor did on his bank's page. 402 when he failed, or when his bank declines after all."""
    if intent["status"] != "requires_action":
        raise wrong_state("This PaymentIntent does not wait for an authentication.", payment_intent=intent)
    intent["next_action"] = None
    method = call.get("payment_method", intent["payment_method"])
    if not passed:
        code = "payment_intent_authentication_failure"
        error = {"type": "invalid_request_error", "code": code, "message": NOT_AUTHENTICATED}
        _fail(call, intent, method, error)
        raise Refused(NOT_AUTHENTICATED, status=402, kind="card_error", code=code, executed=True, payment_intent=intent)
    return charge_card(call, intent, method)


def charge_card(call: Call, intent: JSON, method: JSON) -> JSON:
    """Takes the money, or raises the decline."""
    card = payment_methods.card_of(method)
    if card.declines:
        raise _decline(call, intent, method, card.message, card.code, card.decline_code)
    charge = charges.new(call, intent, method, "succeeded")
    events.emit(call, "charge.succeeded", charge)
    succeed(call, intent, charge, method)
    if card.is_disputed == "warning":
        disputes.inquire(call, charge)
    elif card.is_disputed:
        disputes.begin(call, charge, card.is_disputed)
    return intent


def succeed(call: Call, intent: JSON, charge: JSON, method: JSON) -> None:
    """The money is ours; the method is kept for the customer where that was wanted."""
    intent |= {
        "amount_received": intent["amount"],
        "last_payment_error": None,
        "latest_charge": charge["id"],
        "next_action": None,
        "processing": None,
        "status": "succeeded",
    }
    call.save(intent)
    keep_method(call, intent, method)
    events.emit(call, "payment_intent.succeeded", intent)


def keep_method(call: Call, intent: JSON, method: JSON) -> None:
    usage = intent["setup_future_usage"]
    if usage and intent["customer"]:
        if usage == "off_session":
            method["_is_set_up"] = True
        payment_methods.attach_to(call, method, intent["customer"])
    elif not method["customer"]:
        method["_is_used"] = True
    call.save(method)


def _take_mandate(call: Call, method: JSON) -> None:
    acceptance = call.params.nested("mandate_data").nested("customer_acceptance")
    is_accepted = "mandate_data" in call.params and acceptance.choice("type", ("online", "offline"))
    if is_accepted or call.is_publishable:  # the fields themselves show the terms
        method["_mandate"] = method.get("_mandate") or new_id("mandate")
        call.save(method)
    if not method.get("_mandate"):
        raise Refused(NO_MANDATE, code="payment_intent_mandate_invalid")


def _decline(call: Call, intent: JSON, method: JSON, message: str, code: str, decline_code: str | None) -> Refused:
    reason = {"failure_code": code, "failure_message": message}
    charge = charges.new(call, intent, method, "failed", **reason)
    charge["outcome"]["reason"] = decline_code
    call.save(charge)
    intent["latest_charge"] = charge["id"]
    events.emit(call, "charge.failed", charge)
    error = {"type": "card_error", "code": code, "decline_code": decline_code, "message": message}
    _fail(call, intent, method, error | {"charge": charge["id"]})
    return declined(message, code, decline_code, charge=charge["id"], payment_intent=intent, payment_method=method)


def _fail(call: Call, intent: JSON, method: JSON, error: JSON) -> None:
    intent |= {
        "last_payment_error": error | {"payment_method": method},
        "next_action": None,
        "payment_method": None,
        "processing": None,
        "status": "requires_payment_method",
    }
    call.save(intent)
    events.emit(call, "payment_intent.payment_failed", intent)
