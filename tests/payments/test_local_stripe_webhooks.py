"""Events reach their endpoints over HTTP: signed, again until they arrive, held back or shuffled as a test says."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import stripe

from debtflow.demo.local_stripe.accounts import Account
from debtflow.demo.local_stripe.control import Control
from tests.payments.stripe_server import take

ORDER = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]


@dataclass
class Endpoint:
    """Ours: notes what arrives, and answers as it is told."""

    url: str = ""
    answers: list[int] = field(default_factory=list)  # the next ones; 200 when there are none
    got: list[tuple[str, str]] = field(default_factory=list)
    slow: threading.Event | None = None  # set: answers again

    def events(self, client: stripe.StripeClient, secret: str) -> list[stripe.Event]:
        return [client.construct_event(payload, signature, secret) for payload, signature in self.got]


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    ours = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            payload = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if ours.slow:
                ours.slow.wait(10)
            ours.got.append((payload, self.headers["Stripe-Signature"]))
            self.send_response(ours.answers.pop(0) if ours.answers else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    ours.url = f"http://127.0.0.1:{server.server_address[1]}/webhook/?a=b"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield ours
    server.shutdown()
    thread.join()
    server.server_close()


def until(come_true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not come_true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def register(client: stripe.StripeClient, url: str, *kinds: str) -> stripe.WebhookEndpoint:
    return client.v1.webhook_endpoints.create({"url": url, "enabled_events": list(kinds) or ["*"]})  # type: ignore[list-item]


def test_an_endpoint_is_told_its_secret_once(stripe_client: stripe.StripeClient, endpoint: Endpoint) -> None:
    made = register(stripe_client, endpoint.url, "payment_intent.succeeded")
    assert made.secret
    assert made.secret.startswith("whsec_")
    endpoints = stripe_client.v1.webhook_endpoints
    assert "secret" not in endpoints.retrieve(made.id).to_dict()
    assert endpoints.update(made.id, {"disabled": True}).status == "disabled"
    assert [each.id for each in endpoints.list().data] == [made.id]
    endpoints.delete(made.id)
    assert endpoints.list().data == []
    for params in ({"url": "nowhere", "enabled_events": ["*"]}, {"url": endpoint.url}):
        with pytest.raises(stripe.InvalidRequestError):
            endpoints.create(params)  # type: ignore[arg-type]


def test_events_arrive_by_themselves(stripe_client: stripe.StripeClient, endpoint: Endpoint) -> None:
    made = register(stripe_client, endpoint.url, "payment_intent.succeeded", "charge.refunded")
    intent = take(stripe_client)
    stripe_client.v1.refunds.create({"payment_intent": intent.id})
    until(lambda: len(endpoint.got) == 2)
    arrived = endpoint.events(stripe_client, str(made.secret))
    assert {each.type for each in arrived} == {"payment_intent.succeeded", "charge.refunded"}
    stored = {each.id for each in stripe_client.v1.events.list({"types": ["charge.refunded"]}).data}
    assert stored <= {each.id for each in arrived}


def test_a_refused_event_comes_again(
    stripe_client: stripe.StripeClient, stripe_control: Control, endpoint: Endpoint
) -> None:
    endpoint.answers = [500, 302]
    register(stripe_client, endpoint.url, "payment_intent.succeeded")
    take(stripe_client)
    until(lambda: len(endpoint.got) == 1)
    stripe_control.advance_time(3600)
    until(lambda: len(endpoint.got) == 2)
    stripe_control.advance_time(3600)
    until(lambda: len(endpoint.got) == 3)
    assert len({payload for payload, _ in endpoint.got}) == 1


def test_a_slow_endpoint_delays_no_request(stripe_client: stripe.StripeClient, endpoint: Endpoint) -> None:
    endpoint.slow = threading.Event()
    register(stripe_client, endpoint.url)
    started = time.monotonic()
    for _ in range(3):
        take(stripe_client)
    assert time.monotonic() - started < 5
    assert endpoint.got == []
    endpoint.slow.set()
    until(lambda: len(endpoint.got) == 9)


@pytest.mark.parametrize(
    ("order", "times", "arrives"),
    [
        ("sent", 1, ORDER),
        ("reversed", 1, ORDER[::-1]),
        ("sent", 2, [kind for kind in ORDER for _ in range(2)]),
    ],
)
def test_events_are_held_and_go_out_as_told(
    stripe_client: stripe.StripeClient,
    stripe_account: Account,
    stripe_control: Control,
    endpoint: Endpoint,
    order: Any,
    times: int,
    arrives: list[str],
) -> None:
    stripe_control.send_events_to(endpoint.url)
    stripe_control.hold_webhooks()
    take(stripe_client)
    assert endpoint.got == []
    said = stripe_control.deliver_webhooks(order, times=times)
    assert [(each["type"], each["status"]) for each in said] == [(kind, 200) for kind in arrives]
    assert [each.type for each in endpoint.events(stripe_client, stripe_account.webhook_secret)] == arrives
    assert stripe_control.deliver_webhooks() == []
    stripe_control.deliver_event(said[0]["event"])
    assert len(endpoint.got) == len(arrives) + 1


def test_held_events_are_shuffled_and_released(
    stripe_client: stripe.StripeClient, stripe_control: Control, endpoint: Endpoint
) -> None:
    stripe_control.send_events_to(endpoint.url)
    stripe_control.hold_webhooks()
    for _ in range(4):
        take(stripe_client)
    said = stripe_control.deliver_webhooks("shuffled", seed=7)
    kinds = [each["type"] for each in said]
    assert (len(kinds), kinds != ORDER * 4) == (12, True)
    take(stripe_client)
    assert stripe_control.release_webhooks() == 3
    until(lambda: len(endpoint.got) == 15)


def test_two_secrets_sign_while_one_is_rolled(
    stripe_client: stripe.StripeClient, stripe_control: Control, endpoint: Endpoint
) -> None:
    made = register(stripe_client, endpoint.url, "payment_intent.succeeded")
    fresh = stripe_control.roll_secret(made.id, keep_seconds=600)
    stripe_control.hold_webhooks()
    take(stripe_client)
    stripe_control.deliver_webhooks()
    assert endpoint.got[0][1].count("v1=") == 2
    for secret in (str(made.secret), fresh):
        assert endpoint.events(stripe_client, secret)[0].type == "payment_intent.succeeded"
    stripe_control.advance_time(601)
    take(stripe_client)
    stripe_control.deliver_webhooks()
    assert endpoint.got[1][1].count("v1=") == 1
    endpoint.got = endpoint.got[1:]
    with pytest.raises(stripe.SignatureVerificationError):
        endpoint.events(stripe_client, str(made.secret))


def test_events_are_found_again(stripe_client: stripe.StripeClient, stripe_control: Control) -> None:
    take(stripe_client)
    events = stripe_client.v1.events
    assert [each.type for each in events.list().data] == ORDER[::-1]
    only = events.list({"type": "charge.succeeded"}).data
    assert [each.id for each in only] == [events.retrieve(only[0].id).id]
    stripe_control.emit("customer.tax_id.created", {"id": "txi_1", "object": "tax_id"})
    assert events.list({"limit": 1}).data[0].type == "customer.tax_id.created"
