"""What is told to the webhooks, and how is it signed?"""

import hashlib
import hmac
import json
import time

from debtflow.demo.local_stripe import listing
from debtflow.demo.local_stripe.call import VERSION, Call, Routes
from debtflow.demo.local_stripe.errors import JSON
from debtflow.demo.local_stripe.store import public


def emit(call: Call, kind: str, thing: JSON, previous: JSON | None = None) -> JSON:
    """Store the event with the object as it is now, and put it aside for every endpoint that wants it."""
    data: JSON = {"object": public(thing)}
    if previous is not None:
        data["previous_attributes"] = previous
    event = call.new(
        "event",
        "evt",
        api_version=VERSION,  # the account's, whatever the request asked for
        data=data,
        pending_webhooks=0,
        request={"id": call.request_id, "idempotency_key": call.key},
        type=kind,
    )
    del event["metadata"]
    wanted = [each for each in call.store.all(call.account.id, "webhook_endpoint") if _wants(each, kind)]
    event["pending_webhooks"] = len(wanted)
    call.save(event)
    state = "held" if call.store.setting(call.account.id, "hold") else "waiting"
    for endpoint in wanted:
        call.store.run(
            "INSERT INTO deliveries (account, endpoint, event, due, state) VALUES (?, ?, ?, ?, ?)",
            *(call.account.id, endpoint["id"], event["id"], call.now, state),
        )
    return event


def _wants(endpoint: JSON, kind: str) -> bool:
    return endpoint["status"] == "enabled" and ("*" in endpoint["enabled_events"] or kind in endpoint["enabled_events"])


def body_of(event: JSON) -> str:
    """The bytes that are signed and sent."""
    return json.dumps(public(event), indent=2)


def signature(payload: str, secrets: list[str], at: float | None = None) -> str:
    """The `Stripe-Signature` header: one v1 for each secret that is active."""
    moment = int(time.time() if at is None else at)
    signed = f"{moment}.{payload}".encode()
    marks = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={moment}", *(f"v1={mark}" for mark in marks)])


def list_events(call: Call) -> JSON:
    call.params.only(*listing.PAGING, "type", "types", "delivery_success")
    types = call.params.texts("types")
    return listing.page(call, "event", lambda event: not types or event["type"] in types, type=call.params.text("type"))


def retrieve(call: Call, event_id: str) -> JSON:
    return call.get("event", event_id)


ROUTES: Routes = {("GET", "/v1/events"): list_events, ("GET", "/v1/events/{id}"): retrieve}
