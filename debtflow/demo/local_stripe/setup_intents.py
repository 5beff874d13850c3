"""Which payment methods shall be kept for later?"""

from debtflow.demo.local_stripe import confirming, events, intent_rules, listing, payment_methods
from debtflow.demo.local_stripe.call import Call, Routes, new_id
from debtflow.demo.local_stripe.errors import JSON, Refused, declined, wrong_state

AT_FIRST = (
    *("customer", "payment_method", "payment_method_data", "payment_method_types", "usage", "metadata", "description"),
    *("automatic_payment_methods", "excluded_payment_method_types", "allowed_payment_method_types", "confirm"),
    *("payment_method_options", "payment_method_configuration"),
)
CONFIRMING = ("return_url", "mandate_data", "use_stripe_sdk")


def create(call: Call) -> JSON:
    params = call.params
    params.only(*AT_FIRST, *CONFIRMING)
    intent_rules.refuse_method_types(call)
    intent = _new(call)
    call.save(intent)
    events.emit(call, "setup_intent.created", intent)
    return _confirm(call, intent) if params.boolean("confirm") else intent


def _new(call: Call) -> JSON:
    params = call.params
    automatic = params.nested("automatic_payment_methods")
    automatic.only("enabled", "allow_redirects")
    nothing = ("application", "cancellation_reason", "customer", "description", "last_setup_error", "latest_attempt")
    intent = call.new("setup_intent", "seti", **dict.fromkeys((*nothing, "mandate", "next_action", "payment_method")))
    intent |= {
        "automatic_payment_methods": {
            "allow_redirects": automatic.choice("allow_redirects", ("always", "never")) or "always",
            "enabled": automatic.boolean("enabled", default=True),
        },
        "client_secret": f"{intent['id']}_secret_{new_id('x')[2:]}",
        "description": params.text("description"),
        "metadata": params.metadata(),
        "payment_method_types": intent_rules.method_types(call, "usd"),
        "status": "requires_payment_method",
        "usage": params.choice("usage", ("off_session", "on_session")) or "off_session",
    }
    if customer := params.text("customer"):
        intent["customer"] = call.get("customer", customer, "customer")["id"]
    _take_method(call, intent)
    return intent


def _take_method(call: Call, intent: JSON) -> None:
    if method := intent_rules.method(call, intent):
        intent |= {"payment_method": method["id"], "status": "requires_confirmation"}


def confirm(call: Call, intent_id: str) -> JSON:
    call.params.only(*CONFIRMING, "payment_method", "payment_method_data", "client_secret", "payment_method_types")
    intent_rules.refuse_method_types(call)
    intent = call.get("setup_intent", intent_id, "intent")
    intent_rules.seen_by(call, intent)
    if intent["status"] in ("succeeded", "canceled", "processing"):
        raise wrong_state(
            f"You cannot confirm this SetupIntent because it has a status of {intent['status']}.", setup_intent=intent
        )
    _take_method(call, intent)
    return intent_rules.seen_by(call, _confirm(call, intent))


def _confirm(call: Call, intent: JSON) -> JSON:
    if not intent["payment_method"]:
        raise Refused(
            confirming.NO_METHOD.replace("PaymentIntent", "SetupIntent"), code="setup_intent_unexpected_state"
        )
    if intent["automatic_payment_methods"]["allow_redirects"] == "always" and not call.params.text("return_url"):
        raise Refused(confirming.NO_RETURN_URL)
    method = call.get("payment_method", intent["payment_method"])
    if method["type"] == "us_bank_account":
        _take_mandate(call, intent, method)
    elif (card := payment_methods.card_of(method)).authenticates and not card.is_set_up:
        intent |= {"status": "requires_action", "next_action": confirming.next_action(call, intent)}
        call.save(intent)
        events.emit(call, "setup_intent.requires_action", intent)
        return intent
    return _keep(call, intent, method)


def _take_mandate(call: Call, intent: JSON, method: JSON) -> None:
    acceptance = call.params.nested("mandate_data").nested("customer_acceptance")
    if not (call.is_publishable or acceptance.choice("type", ("online", "offline"))):
        raise Refused(
            confirming.NO_MANDATE.replace("PaymentIntent", "SetupIntent"), code="setup_intent_mandate_invalid"
        )
    method["_mandate"] = method.get("_mandate") or new_id("mandate")
    intent["mandate"] = method["_mandate"]
    call.save(method)


def _keep(call: Call, intent: JSON, method: JSON) -> JSON:
    card = payment_methods.card_of(method) if method["type"] == "card" else None
    if card and not card.attaches:
        error = {"type": "card_error", "code": card.code, "decline_code": card.decline_code, "message": card.message}
        _fail(call, intent, error | {"payment_method": method})
        raise declined(card.message, card.code, card.decline_code, setup_intent=intent, payment_method=method)
    if intent["usage"] == "off_session":
        method["_is_set_up"] = True
    if intent["customer"]:
        payment_methods.attach_to(call, method, intent["customer"])
    call.save(method)
    intent |= {"status": "succeeded", "next_action": None, "last_setup_error": None}
    call.save(intent)
    events.emit(call, "setup_intent.succeeded", intent)
    return intent


def _fail(call: Call, intent: JSON, error: JSON) -> None:
    intent |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "next_action": None,
        "last_setup_error": error,
    }
    call.save(intent)
    events.emit(call, "setup_intent.setup_failed", intent)


def authenticate(call: Call, intent: JSON, *, passed: bool) -> JSON:
    """What the debtor did on his bank's page; 402 when he failed."""
    if intent["status"] != "requires_action":
        raise wrong_state("This SetupIntent does not wait for an authentication.", setup_intent=intent)
    method = call.get("payment_method", intent["payment_method"])
    if passed:
        return _keep(call, intent, method)
    code = "setup_intent_authentication_failure"
    _fail(call, intent, {"type": "invalid_request_error", "code": code, "message": confirming.NOT_AUTHENTICATED})
    raise Refused(
        confirming.NOT_AUTHENTICATED, status=402, kind="card_error", code=code, executed=True, setup_intent=intent
    )


def retrieve(call: Call, intent_id: str) -> JSON:
    call.params.only("client_secret")
    return intent_rules.seen_by(call, call.get("setup_intent", intent_id, "intent"))


def cancel(call: Call, intent_id: str) -> JSON:
    call.params.only("cancellation_reason")
    reason = call.params.choice("cancellation_reason", ("abandoned", "duplicate", "requested_by_customer"))
    intent = call.get("setup_intent", intent_id, "intent")
    if intent["status"] in ("succeeded", "canceled", "processing"):
        raise wrong_state(
            f"You cannot cancel this SetupIntent because it has a status of {intent['status']}.", setup_intent=intent
        )
    intent |= {"status": "canceled", "cancellation_reason": reason, "next_action": None}
    call.save(intent)
    events.emit(call, "setup_intent.canceled", intent)
    return intent


def list_intents(call: Call) -> JSON:
    call.params.only(*listing.PAGING, "customer", "payment_method")
    return listing.page(
        call,
        "setup_intent",
        customer=call.params.text("customer"),
        payment_method=call.params.text("payment_method"),
    )


ROUTES: Routes = {
    ("POST", "/v1/setup_intents"): create,
    ("GET", "/v1/setup_intents"): list_intents,
    ("GET", "/v1/setup_intents/{id}"): retrieve,
    ("POST", "/v1/setup_intents/{id}/confirm"): confirm,
    ("POST", "/v1/setup_intents/{id}/cancel"): cancel,
}
