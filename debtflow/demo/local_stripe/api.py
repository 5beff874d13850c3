"""Who answers which request of the API, and by which rules for all?"""

import json
import logging
import re
import time

from debtflow.demo.local_stripe import (
    accounts,
    balance,
    charges,
    checkout,
    customers,
    disputes,
    events,
    faults,
    form,
    idempotency,
    listing,
    payment_intents,
    payment_methods,
    refunds,
    setup_intents,
    webhook_endpoints,
)
from debtflow.demo.local_stripe.accounts import Account
from debtflow.demo.local_stripe.call import VERSION, Call, Handler, Routes
from debtflow.demo.local_stripe.errors import JSON, Refused
from debtflow.demo.local_stripe.faults import Dropped, Fault
from debtflow.demo.local_stripe.form import Params
from debtflow.demo.local_stripe.store import public
from debtflow.demo.local_stripe.world import Answer, Request, World, new_request_id

logger = logging.getLogger(__name__)


def own_account(call: Call) -> JSON:
    """`GET /v1/account`."""
    call.params.only()
    return accounts.as_object(call.account)


ROUTES: Routes = {("GET", "/v1/account"): own_account}
for module in (
    *(balance, charges, checkout, customers, disputes, events, payment_intents, payment_methods),
    *(refunds, setup_intents, webhook_endpoints),
):
    ROUTES |= module.ROUTES
FOR_BROWSERS = {
    *(("GET", f"/v1/{kind}_intents/{{id}}") for kind in ("payment", "setup")),
    *(("POST", f"/v1/{kind}_intents/{{id}}/confirm") for kind in ("payment", "setup")),
    ("POST", "/v1/payment_methods"),
}


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile("^" + path.replace("{id}", "([A-Za-z0-9_]+)") + "$")


# Names before ids: `/search` is no id.
_PATTERNS = sorted(
    ((method, _pattern(path), (method, path)) for method, path in ROUTES), key=lambda each: "{id}" in each[2][1]
)


def answer(world: World, request: Request) -> Answer:
    """The answer to a request below /v1, with the headers that Stripe sends. Raises Dropped for a fault."""
    request_id = new_request_id()
    key = request.headers.get("idempotency-key") or None
    headers = {"Request-Id": request_id, "Stripe-Version": request.headers.get("stripe-version", VERSION)}
    if key:
        headers["Idempotency-Key"] = key.encode("latin-1", "replace").decode("latin-1")
    account: Account | None = None
    status = 0
    try:
        account, by_browser = accounts.of_header(world.store.accounts, request.headers.get("authorization"))
        status, body, is_replayed = _answer(world, request, account, request_id, by_browser=by_browser)
        if is_replayed:
            headers["Idempotent-Replayed"] = "true"
    except Refused as refused:
        status, body = refused.status, refused.body
        body["error"]["request_log_url"] = f"{world.base_url}/requests/{request_id}"
    except Dropped:
        raise
    except Exception:
        logger.exception("%s %s", request.method, request.path)
        broken = faults.broken()
        status, body = broken.status, broken.body
    finally:
        if account:
            world.log(account.id, request, key, status)
    world.stirred.set()
    return Answer(status, json.dumps(public(body), indent=2).encode(), headers=headers)


def _answer(
    world: World, request: Request, account: Account, request_id: str, *, by_browser: bool
) -> tuple[int, JSON, bool]:
    fault = world.faults.strike(account.id, request.method, request.path)
    if fault and fault.kind == "drop_before":
        raise Dropped
    if fault and fault.kind == "rate_limit":
        raise faults.too_many()
    if fault and fault.kind == "error_before" and not fault.is_stored:
        raise faults.broken(fault.status)
    call = _call(world, request, account, request_id)
    call.is_publishable = by_browser
    handler, ids = _route(call)
    with world.keys.taken(call):
        earlier = idempotency.remembered(call)
        if fault and fault.kind == "slow_before":
            time.sleep(fault.seconds)
        status, body = earlier or _execute(call, handler, ids, fault)
        if fault and fault.kind == "slow_after":
            time.sleep(fault.seconds)
    if fault and fault.kind == "drop_after":
        world.stirred.set()
        raise Dropped
    return status, body, earlier is not None


def _call(world: World, request: Request, account: Account, request_id: str) -> Call:
    try:
        text = request.body.decode() if request.method == "POST" else request.query
    except UnicodeDecodeError:
        raise Refused("Invalid request body: it could not be decoded.") from None
    version = request.headers.get("stripe-version", VERSION)
    if not re.match(r"^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$", version):
        raise Refused(f"Invalid Stripe API version: {version}")
    key = request.headers.get("idempotency-key") if request.method == "POST" else None
    return Call(
        world.store,
        account,
        request.method,
        request.path,
        Params(form.parse(text)),
        key or None,
        request_id,
        version,
        world.base_url,
    )


def _route(call: Call) -> tuple[Handler, tuple[str, ...]]:
    for method, pattern, route in _PATTERNS:
        if method == call.method and (match := pattern.match(call.path)):
            if call.is_publishable and route not in FOR_BROWSERS:
                raise Refused(
                    "This API call cannot be made with a publishable API key. Please use a secret API key. You can "
                    "find a list of your API keys at https://dashboard.stripe.com/account/apikeys.",
                    status=401,
                    code="secret_key_required",
                )
            return ROUTES[route], match.groups()
    raise listing.not_found(call)


def _execute(call: Call, handler: Handler, ids: tuple[str, ...], fault: Fault | None) -> tuple[int, JSON]:
    """One transaction. A refusal in the midst of the work keeps what was written, as a decline does."""
    with call.store.transaction():
        if fault and fault.kind == "error_before":
            answered = told = fault.status, faults.broken(fault.status).body
        else:
            answered = told = _work(call, handler, ids)
        if fault and fault.kind == "error_after":
            told = fault.status, faults.broken(fault.status).body
            answered = told if fault.is_stored else answered
        idempotency.remember(call, *answered)
        return told


def _work(call: Call, handler: Handler, ids: tuple[str, ...]) -> tuple[int, JSON]:
    paths = call.params.texts("expand")
    try:
        body = handler(call, *ids)
    except Refused as refused:
        if not refused.executed:
            raise
        return refused.status, public(refused.body)
    return 200, public(listing.expand(call, body, paths))
