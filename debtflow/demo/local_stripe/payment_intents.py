"""Which payments are intended, and how far is each?"""

from debtflow.demo.local_stripe import confirming, events, intent_rules, listing
from debtflow.demo.local_stripe.call import Call, Routes, new_id
from debtflow.demo.local_stripe.errors import JSON, Refused, wrong_state

CHANGEABLE = (
    *("amount", "currency", "customer", "description", "metadata", "payment_method", "payment_method_data"),
    *("receipt_email", "setup_future_usage", "shipping", "statement_descriptor", "statement_descriptor_suffix"),
    *("excluded_payment_method_types", "allowed_payment_method_types", "payment_method_types"),
    *("payment_method_options", "payment_method_configuration"),
)
AT_FIRST = (*CHANGEABLE, "automatic_payment_methods", "capture_method", "confirm", "confirmation_method")
CONFIRMING = ("off_session", "mandate", "mandate_data", "return_url", "use_stripe_sdk", "error_on_requires_action")
REASONS = ("duplicate", "fraudulent", "requested_by_customer", "abandoned")
MAY_CANCEL = ("requires_payment_method", "requires_capture", "requires_confirmation", "requires_action")


def create(call: Call) -> JSON:
    """With `confirm`, what confirming answers; a declined card leaves the intent behind, and answers 402."""
    params = call.params
    params.only(*AT_FIRST, *CONFIRMING)
    intent = _new(call)
    is_confirmed = params.boolean("confirm")
    if not is_confirmed and (early := [name for name in CONFIRMING[:5] if name in params]):
        raise Refused(
            f"You cannot set `{early[0]}` when creating a PaymentIntent unless `confirm` is true.", param=early[0]
        )
    if is_confirmed:
        confirming.check(call, intent)
    _save_new(call, intent)
    return confirming.confirm(call, intent) if is_confirmed else intent


def begin(call: Call) -> JSON:
    """A new intent of the call's parameters, for a payment page."""
    return _save_new(call, _new(call))


def _save_new(call: Call, intent: JSON) -> JSON:
    call.save(intent)
    events.emit(call, "payment_intent.created", intent)
    return intent


def take_method(call: Call, intent: JSON) -> None:
    """The payment method that the call brings along is the intent's from now on."""
    if method := intent_rules.method(call, intent):
        intent["payment_method"] = method["id"]
        if intent["status"] == "requires_payment_method":
            intent["status"] = "requires_confirmation"


def _new(call: Call) -> JSON:
    params = call.params
    intent_rules.refuse_method_types(call)
    currency = intent_rules.currency(params)
    amount = intent_rules.amount(params, currency)
    intent = call.new("payment_intent", "pi", **intent_rules.blank())
    intent |= {
        "amount": amount,
        "currency": currency,
        "automatic_payment_methods": _automatic(call),
        "payment_method_types": intent_rules.method_types(call, currency),
        "client_secret": f"{intent['id']}_secret_{new_id('x')[2:]}",
    }
    params.choice("capture_method", ("automatic", "automatic_async"))
    params.choice("confirmation_method", ("automatic",))
    _take_over(call, intent)
    return intent


def _automatic(call: Call) -> JSON | None:
    asked = call.params.nested("automatic_payment_methods")
    asked.only("enabled", "allow_redirects")
    if "automatic_payment_methods" in call.params:
        asked.needed("enabled")
    if not asked.boolean("enabled", default=True):
        return None
    return {"allow_redirects": asked.choice("allow_redirects", ("always", "never")) or "always", "enabled": True}


def _take_over(call: Call, intent: JSON) -> None:
    """What may be given at first and changed later."""
    params = call.params
    if customer := params.text("customer"):
        intent["customer"] = call.get("customer", customer, "customer")["id"]
    for name in ("description", "receipt_email", "statement_descriptor", "statement_descriptor_suffix"):
        if name in params:
            intent[name] = params.text(name)
    if "setup_future_usage" in params:
        intent["setup_future_usage"] = params.choice("setup_future_usage", ("off_session", "on_session"))
    if (suffix := intent["statement_descriptor_suffix"]) and len(suffix) > 22:
        raise Refused(
            "The statement descriptor suffix must be at most 22 characters.", param="statement_descriptor_suffix"
        )
    intent["metadata"] = params.metadata(intent["metadata"])
    take_method(call, intent)


def retrieve(call: Call, intent_id: str) -> JSON:
    call.params.only("client_secret")
    intent = call.get("payment_intent", intent_id, "intent")
    return intent_rules.seen_by(call, intent)


def update(call: Call, intent_id: str) -> JSON:
    call.params.only(*CHANGEABLE)
    intent_rules.refuse_method_types(call)
    intent = call.get("payment_intent", intent_id, "intent")
    money = [name for name in call.params.values if name not in ("metadata", "description", "expand")]
    if money and intent["status"] not in ("requires_payment_method", "requires_confirmation", "requires_action"):
        raise wrong_state(
            f"This PaymentIntent's {money[0]} could not be updated because it has a status of {intent['status']}. "
            "You may only update the following parameters: metadata, description.",
            payment_intent=intent,
        )
    if "amount" in call.params:
        intent["amount"] = intent_rules.amount(call.params, intent["currency"])
    _take_over(call, intent)
    return call.save(intent)


def confirm(call: Call, intent_id: str) -> JSON:
    allowed = (*CONFIRMING, "payment_method", "payment_method_data", "payment_method_options", "receipt_email")
    call.params.only(*allowed, "setup_future_usage", "client_secret", "payment_method_types")
    intent_rules.refuse_method_types(call)
    intent = call.get("payment_intent", intent_id, "intent")
    intent_rules.seen_by(call, intent)
    confirming.check(call, intent)
    _take_over(call, intent)
    return intent_rules.seen_by(call, confirming.confirm(call, intent))


def cancel(call: Call, intent_id: str) -> JSON:
    call.params.only("cancellation_reason")
    reason = call.params.choice("cancellation_reason", REASONS)
    intent = call.get("payment_intent", intent_id, "intent")
    if intent["status"] not in MAY_CANCEL:
        raise wrong_state(
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}. Only a PaymentIntent "
            f"with one of the following statuses may be canceled: {', '.join(MAY_CANCEL)}.",
            payment_intent=intent,
        )
    return _cancel(call, intent, reason)


def abandon(call: Call, intent: JSON) -> None:
    """Its payment page has expired."""
    if intent["status"] in MAY_CANCEL:
        _cancel(call, intent, "expired")


def _cancel(call: Call, intent: JSON, reason: str | None) -> JSON:
    intent |= {"status": "canceled", "canceled_at": call.now, "cancellation_reason": reason, "next_action": None}
    call.save(intent)
    events.emit(call, "payment_intent.canceled", intent)
    return intent


def list_intents(call: Call) -> JSON:
    call.params.only(*listing.PAGING, "customer")
    return listing.page(call, "payment_intent", customer=call.params.text("customer"))


def search(call: Call) -> JSON:
    call.params.only("query", "limit", "page")
    return listing.search(call, "payment_intent")


ROUTES: Routes = {
    ("POST", "/v1/payment_intents"): create,
    ("GET", "/v1/payment_intents"): list_intents,
    ("GET", "/v1/payment_intents/search"): search,
    ("GET", "/v1/payment_intents/{id}"): retrieve,
    ("POST", "/v1/payment_intents/{id}"): update,
    ("POST", "/v1/payment_intents/{id}/confirm"): confirm,
    ("POST", "/v1/payment_intents/{id}/cancel"): cancel,
}
