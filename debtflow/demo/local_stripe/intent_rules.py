"""What may a payment or setup intent be made of?"""

from debtflow.demo.local_stripe import payment_methods
from debtflow.demo.local_stripe.call import Call
from debtflow.demo.local_stripe.errors import JSON, Refused
from debtflow.demo.local_stripe.form import Params

LEAST = {"usd": (50, "$0.50 usd"), "eur": (50, "€0.50 eur"), "gbp": (30, "£0.30 gbp")}
NO_TYPES_SINCE = "2026-09-30"


def blank() -> JSON:
    """The fields of a payment intent to which nothing happened yet."""
    nothing = (
        *("application", "application_fee_amount", "canceled_at", "cancellation_reason", "customer", "description"),
        *("last_payment_error", "latest_charge", "next_action", "on_behalf_of", "payment_method", "processing"),
        *("receipt_email", "review", "setup_future_usage", "shipping", "source", "statement_descriptor"),
        *("statement_descriptor_suffix", "transfer_data", "transfer_group"),
    )
    return dict.fromkeys(nothing) | {
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "capture_method": "automatic_async",
        "confirmation_method": "automatic",
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "status": "requires_payment_method",
    }


def refuse_method_types(call: Call) -> None:
    """Since API version 2026-09-30 the types follow from settings and amount, never from the caller."""
    if "payment_method_types" in call.params and call.version[:10] >= NO_TYPES_SINCE:
        raise Refused(
            "The `payment_method_types` parameter is no longer supported. Use dynamic payment methods instead, or "
            "limit them with `allowed_payment_method_types` or `excluded_payment_method_types`.",
            code="payment_method_types_no_longer_supported",
            param="payment_method_types",
        )


def currency(params: Params) -> str:
    given = params.needed("currency").lower()
    if given not in LEAST:
        raise Refused(
            f"Invalid currency: {given}. Stripe currently supports these currencies: {', '.join(LEAST)}",
            param="currency",
        )
    return given


def amount(params: Params, in_currency: str) -> int:
    """Whole cents, and not so few that nobody would take them."""
    params.needed("amount")
    given = params.amount() or 0
    least, words = LEAST[in_currency]
    if given < least:
        raise Refused(f"Amount must be at least {words}", code="amount_too_small", param="amount")
    return given


def method_types(call: Call, in_currency: str) -> list[str]:
    params = call.params
    types = ["card", "us_bank_account"] if in_currency == "usd" else ["card"]
    given = params.texts("payment_method_types") or params.texts("allowed_payment_method_types") or types
    excluded = params.texts("excluded_payment_method_types")
    for kind in (*given, *excluded):
        if kind not in payment_methods.TYPES:
            raise Refused(f"The payment method type provided: {kind} is invalid.", param="payment_method_types")
    left = [kind for kind in given if kind in types and kind not in excluded]
    if not left:
        raise Refused(
            "No valid payment method types for this Payment Intent. Please ensure that you have activated payment "
            "methods compatible with your chosen currency in your dashboard.",
            code="payment_intent_invalid_parameter",
        )
    return left


def method(call: Call, intent: JSON) -> JSON | None:
    """The payment method that the call names or brings along, if it may be used for this intent."""
    wanted = call.params.text("payment_method")
    if wanted:
        found = payment_methods.found(call, wanted)
    elif "payment_method_data" in call.params:
        found = payment_methods.from_data(call, call.params.nested("payment_method_data"))
    else:
        return None
    if found["type"] not in intent["payment_method_types"]:
        raise Refused(
            f"The PaymentMethod provided ({found['type']}) is not allowed for this PaymentIntent. Please attach a "
            f"PaymentMethod of one of the following types: {', '.join(intent['payment_method_types'])}.",
            param="payment_method",
        )
    _check_owner(found, intent["customer"])
    return found


def _check_owner(method: JSON, customer: str | None) -> None:
    if method["customer"] and not customer:
        raise Refused(
            "The PaymentMethod provided is attached to a customer, so for security purposes you must provide the "
            "customer in the request.",
            param="payment_method",
        )
    if method["customer"] and method["customer"] != customer:
        raise Refused(
            f"The customer does not have a payment method with the ID {method['id']}. "
            "The payment method must be attached to the customer.",
            code="resource_missing",
            param="payment_method",
        )
    if method.get("_is_used") and not method["customer"]:
        raise Refused(payment_methods.USED, param="payment_method")


def seen_by(call: Call, intent: JSON) -> JSON:
    """Whole for the secret key. A browser has to know the client secret, and sees no metadata."""
    if not call.is_publishable:
        return intent
    if call.params.text("client_secret") != intent["client_secret"]:
        raise Refused(
            f"The client_secret provided does not match the client_secret associated with the {intent['object']}.",
            code="payment_intent_invalid_parameter",
            param="client_secret",
        )
    return {name: value for name, value in intent.items() if name not in ("customer", "metadata", "latest_charge")}
