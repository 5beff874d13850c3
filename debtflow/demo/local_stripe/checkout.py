"""Which payment pages were made for debtors?"""

import re

from debtflow.demo.local_stripe import confirming, events, intent_rules, listing, payment_intents
from debtflow.demo.local_stripe.call import Call, Routes, new_id
from debtflow.demo.local_stripe.errors import JSON, Refused
from debtflow.demo.local_stripe.form import Params

KNOWN = (
    *("mode", "line_items", "customer", "customer_email", "customer_creation", "client_reference_id", "success_url"),
    *("cancel_url", "metadata", "payment_intent_data", "expires_at", "submit_type", "locale", "ui_mode"),
    *("allowed_payment_method_types", "excluded_payment_method_types", "payment_method_types"),
    *("payment_method_options", "saved_payment_method_options", "billing_address_collection"),
)
OF_INTENT = ("metadata", "description", "setup_future_usage", "receipt_email", "statement_descriptor_suffix")
SHORTEST, LONGEST = 30 * 60, 24 * 3600


def create(call: Call) -> JSON:
    """A page on which one sum is paid once. It lives 24 hours unless `expires_at` says less."""
    params = call.params
    params.only(*KNOWN)
    intent_rules.refuse_method_types(call)
    params.needed("mode")
    params.choice("mode", ("payment", "setup", "subscription"))
    if params.text("mode") != "payment":
        raise Refused("The stand-in knows mode=payment only.", param="mode")
    items = _items(call)
    total = sum(item["amount_total"] for item in items)
    currency = items[0]["currency"]
    if total < intent_rules.LEAST[currency][0]:
        raise Refused(
            f"The Checkout Session's total amount due must add up to at least {intent_rules.LEAST[currency][1]}",
            code="amount_too_small",
        )
    session = _new(call, total, currency)
    session |= {"_items": items, "_intent": _intent_data(params)}
    return call.save(session)


def _new(call: Call, total: int, currency: str) -> JSON:
    params = call.params
    customer = params.text("customer")
    if customer:
        call.get("customer", customer, "customer")
    wanted = f"cs_test_{new_id('a')[2:]}{new_id('b')[2:]}"
    session = call.new("checkout.session", "cs")
    return session | {
        "id": wanted,
        "amount_subtotal": total,
        "amount_total": total,
        "cancel_url": _url(params, "cancel_url"),
        "client_reference_id": params.text("client_reference_id", longest=200),
        "currency": currency,
        "customer": customer,
        "customer_details": None,
        "customer_email": params.text("customer_email"),
        "expires_at": _expiry(call),
        "metadata": params.metadata(),
        "mode": "payment",
        "payment_intent": None,
        "payment_method_types": intent_rules.method_types(call, currency),
        "payment_status": "unpaid",
        "status": "open",
        "submit_type": params.choice("submit_type", ("auto", "book", "donate", "pay")),
        "success_url": _url(params, "success_url", is_needed=True),
        "ui_mode": "hosted_page",
        "url": f"{call.base_url}/c/pay/{wanted}",
    }


def _url(params: Params, name: str, *, is_needed: bool = False) -> str | None:
    url = params.needed(name) if is_needed else params.text(name)
    if url and not re.match(r"^https?://[^\s/]+", url):
        raise Refused("Not a valid URL", code="url_invalid", param=name)
    return url


def _expiry(call: Call) -> int:
    given = call.params.integer("expires_at")
    if given is None:
        return call.now + LONGEST
    if given < call.now + SHORTEST:
        raise Refused(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.", param="expires_at"
        )
    if given > call.now + LONGEST:
        raise Refused(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.", param="expires_at"
        )
    return given


def _items(call: Call) -> list[JSON]:
    given = call.params.items("line_items")
    if not given:
        raise Refused("Missing required param: line_items.", code="parameter_missing", param="line_items")
    items = [
        _item(call, Params(each if isinstance(each, dict) else {}, f"line_items[{n}]")) for n, each in enumerate(given)
    ]
    if len({item["currency"] for item in items}) > 1:
        raise Refused("All line items must be in one currency.", param="line_items")
    return items


def _item(call: Call, item: Params) -> JSON:
    item.only("price_data", "quantity")
    price = item.nested("price_data")
    price.only("currency", "unit_amount", "product_data")
    currency = intent_rules.currency(price)
    price.needed("unit_amount")
    product = price.nested("product_data")
    product.only("name", "description", "metadata")
    quantity = item.integer("quantity")
    if quantity is None or quantity < 1:
        raise Refused("Quantity is required. Add `quantity`", param=item.named("quantity"))
    total = (price.amount("unit_amount") or 0) * quantity
    return {
        "id": new_id("li"),
        "object": "item",
        "amount_subtotal": total,
        "amount_total": total,
        "currency": currency,
        "description": product.needed("name"),
        "quantity": quantity,
    }


def _intent_data(params: Params) -> JSON:
    data = params.nested("payment_intent_data")
    data.only(*OF_INTENT)
    data.metadata()
    return dict(data.values)


def current(call: Call, session_id: str) -> JSON:
    """The session as it is now: expired when its time is over."""
    session = call.get("checkout.session", session_id, "session")
    if session["status"] == "open" and session["expires_at"] <= call.now:
        _expire(call, session)
    return session


def retrieve(call: Call, session_id: str) -> JSON:
    return current(call, session_id)


def expire(call: Call, session_id: str) -> JSON:
    session = current(call, session_id)
    if session["status"] != "open":
        raise Refused(
            f'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of '
            f"{session['status']}.",
            executed=True,
        )
    return _expire(call, session)


def _expire(call: Call, session: JSON) -> JSON:
    session |= {"status": "expired", "url": None}
    call.save(session)
    if session["payment_intent"]:
        payment_intents.abandon(call, call.get("payment_intent", session["payment_intent"]))
    events.emit(call, "checkout.session.expired", session)
    return session


def expire_due(call: Call) -> None:
    """What nobody paid in time."""
    for session in call.store.all(call.account.id, "checkout.session", status="open"):
        current(call, session["id"])


def line_items(call: Call, session_id: str) -> JSON:
    session = call.get("checkout.session", session_id, "session")
    return {"object": "list", "data": session["_items"], "has_more": False, "url": call.path}


def list_sessions(call: Call) -> JSON:
    params = call.params
    params.only(*listing.PAGING, "payment_intent", "customer", "status")
    wanted: JSON = {name: params.text(name) for name in ("payment_intent", "customer", "status")}
    return listing.page(call, "checkout.session", **wanted)


def pay(call: Call, session: JSON) -> JSON:
    """The debtor sent the form: `call` carries what he typed. Raises the decline; the session stays open then."""
    if session["payment_intent"]:
        intent = call.get("payment_intent", session["payment_intent"])
        typed = call.params
    else:
        typed = call.params
        call.params = Params(session["_intent"] | _sum(session))
        intent = payment_intents.begin(call)
        session["payment_intent"] = intent["id"]
        call.save(session)
        call.params = typed
    payment_intents.take_method(call, intent)
    confirming.check(call, intent)
    return confirming.confirm(call, intent)


def _sum(session: JSON) -> JSON:
    names = {"amount": str(session["amount_total"]), "currency": session["currency"]}
    customer = {"customer": session["customer"]} if session["customer"] else {}
    return names | customer | {"allowed_payment_method_types": session["payment_method_types"]}


def complete(call: Call, intent: JSON) -> JSON | None:
    """After the payment went through, or began its days at the bank: the session that it belongs to, if any."""
    for session in call.store.all(call.account.id, "checkout.session", payment_intent=intent["id"]):
        if session["status"] == "open" and intent["status"] in ("succeeded", "processing"):
            paid = intent["status"] == "succeeded"
            session |= {"status": "complete", "payment_status": "paid" if paid else "unpaid", "url": None}
            call.save(session)
            events.emit(call, "checkout.session.completed", session)
        return session
    return None


def settled(call: Call, intent: JSON) -> None:
    """A bank debit ended."""
    for session in call.store.all(call.account.id, "checkout.session", payment_intent=intent["id"], status="complete"):
        paid = intent["status"] == "succeeded"
        session["payment_status"] = "paid" if paid else "unpaid"
        call.save(session)
        events.emit(call, f"checkout.session.async_payment_{'succeeded' if paid else 'failed'}", session)


ROUTES: Routes = {
    ("POST", "/v1/checkout/sessions"): create,
    ("GET", "/v1/checkout/sessions"): list_sessions,
    ("GET", "/v1/checkout/sessions/{id}"): retrieve,
    ("POST", "/v1/checkout/sessions/{id}/expire"): expire,
    ("GET", "/v1/checkout/sessions/{id}/line_items"): line_items,
}
