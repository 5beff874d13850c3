"""Where are the events of an account sent?"""

import re
import secrets

from debtflow.demo.local_stripe import listing
from debtflow.demo.local_stripe.accounts import Account
from debtflow.demo.local_stripe.call import Call, Routes
from debtflow.demo.local_stripe.errors import JSON, Refused
from debtflow.demo.local_stripe.form import Params
from debtflow.demo.local_stripe.store import Store

MOST = 16


def create(call: Call) -> JSON:
    """The secret is told here, and never again."""
    params = call.params
    params.only("url", "enabled_events", "description", "metadata", "api_version", "connect")
    if len(call.store.all(call.account.id, "webhook_endpoint")) >= MOST:
        raise Refused(f"You have reached the maximum of {MOST} test webhook endpoints.", executed=True)
    secret = f"whsec_{secrets.token_hex(16)}"
    endpoint = _endpoint(call, _url(params), _kinds(params), secret)
    endpoint |= {"description": params.text("description"), "metadata": params.metadata()}
    call.save(endpoint)
    return endpoint | {"secret": secret}


def _endpoint(call: Call, url: str, kinds: list[str], secret: str) -> JSON:
    return call.new(
        "webhook_endpoint",
        "we",
        api_version=call.params.text("api_version"),
        application=None,
        description=None,
        enabled_events=kinds,
        status="enabled",
        url=url,
        _secrets=[{"secret": secret, "until": None}],
    )


def _url(params: Params) -> str:
    url = params.needed("url")
    if not re.match(r"^https?://[^\s/]+", url):
        raise Refused(
            "Invalid URL: An explicit scheme (such as https) must be provided.", code="url_invalid", param="url"
        )
    return url


def _kinds(params: Params) -> list[str]:
    kinds = params.texts("enabled_events")
    if not kinds:
        raise Refused("Missing required param: enabled_events.", code="parameter_missing", param="enabled_events")
    for kind in kinds:
        if kind != "*" and not re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", kind):
            raise Refused(f"Invalid enabled_events: {kind} is not a known event.", param="enabled_events")
    return kinds


def retrieve(call: Call, endpoint_id: str) -> JSON:
    return call.get("webhook_endpoint", endpoint_id)


def update(call: Call, endpoint_id: str) -> JSON:
    params = call.params
    params.only("url", "enabled_events", "description", "metadata", "disabled")
    endpoint = call.get("webhook_endpoint", endpoint_id)
    if "url" in params:
        endpoint["url"] = _url(params)
    if "enabled_events" in params:
        endpoint["enabled_events"] = _kinds(params)
    if "disabled" in params:
        endpoint["status"] = "disabled" if params.boolean("disabled") else "enabled"
    endpoint["metadata"] = params.metadata(endpoint["metadata"])
    return call.save(endpoint)


def delete(call: Call, endpoint_id: str) -> JSON:
    call.get("webhook_endpoint", endpoint_id)
    call.store.delete(call.account.id, endpoint_id)
    call.store.run("DELETE FROM deliveries WHERE account = ? AND endpoint = ?", call.account.id, endpoint_id)
    return {"id": endpoint_id, "object": "webhook_endpoint", "deleted": True}


def list_endpoints(call: Call) -> JSON:
    call.params.only(*listing.PAGING)
    return listing.page(call, "webhook_endpoint")


def roll(call: Call, endpoint_id: str, keep_seconds: float) -> str:
    """A new secret, as the dashboard's button gives; the old one signs along until then."""
    endpoint = call.get("webhook_endpoint", endpoint_id)
    for each in endpoint["_secrets"]:
        each["until"] = min(each["until"] or call.now + keep_seconds, call.now + keep_seconds)
    secret = f"whsec_{secrets.token_hex(16)}"
    endpoint["_secrets"].append({"secret": secret, "until": None})
    call.save(endpoint)
    return secret


def active_secrets(endpoint: JSON, now: float) -> list[str]:
    return [each["secret"] for each in endpoint["_secrets"] if each["until"] is None or each["until"] > now]


def point(store: Store, account: Account, url: str) -> None:
    """The account's own endpoint leads there; it is made on first use, with the account's own secret."""
    call = Call(store, account)
    own = store.setting(account.id, "own_endpoint")
    endpoint = store.find(account.id, own) if own else None
    if endpoint is None:
        endpoint = _endpoint(call, url, ["*"], account.webhook_secret)
        store.set(account.id, "own_endpoint", endpoint["id"])
    call.save(endpoint | {"url": url})


ROUTES: Routes = {
    ("POST", "/v1/webhook_endpoints"): create,
    ("GET", "/v1/webhook_endpoints"): list_endpoints,
    ("GET", "/v1/webhook_endpoints/{id}"): retrieve,
    ("POST", "/v1/webhook_endpoints/{id}"): update,
    ("DELETE", "/v1/webhook_endpoints/{id}"): delete,
}
