"""An idempotency key means at the stand-in what it means at Stripe."""

import threading
import time
from typing import Any

import pytest
import stripe

from debtflow.demo.local_stripe.accounts import Account
from debtflow.demo.local_stripe.control import Control, ControlError
from debtflow.demo.local_stripe.world import World
from tests.payments.stripe_server import CARD, client_of

INTENTS = "/v1/payment_intents"


def charge(client: stripe.StripeClient, key: str = "k", **more: Any) -> stripe.PaymentIntent:
    return client.v1.payment_intents.create(CARD | {"amount": 1500} | more, {"idempotency_key": key})


def is_replayed(thing: Any) -> bool:
    headers = thing.headers if isinstance(thing, stripe.StripeError) else thing.last_response.headers
    return headers.get("Idempotent-Replayed") == "true"


def test_the_first_answer_comes_again(stripe_client: stripe.StripeClient, stripe_control: Control) -> None:
    first, second = charge(stripe_client), charge(stripe_client)
    assert first.id == second.id
    assert (is_replayed(first), is_replayed(second)) == (False, True)
    assert len(stripe_control.taken()) == 1
    assert charge(stripe_client, "other").id != first.id


def test_a_decline_comes_again(stripe_client: stripe.StripeClient, stripe_control: Control) -> None:
    seen = []
    for _ in range(2):
        with pytest.raises(stripe.CardError) as refusal:
            charge(stripe_client, payment_method="pm_card_chargeDeclined")
        assert refusal.value.error
        assert refusal.value.error.payment_intent
        seen.append((refusal.value.error.payment_intent.id, is_replayed(refusal.value)))
    assert seen == [(seen[0][0], False), (seen[0][0], True)]
    assert len(stripe_control.ledger()) == 1


def test_other_parameters_or_another_endpoint_are_refused(stripe_client: stripe.StripeClient) -> None:
    intent = charge(stripe_client)
    with pytest.raises(stripe.IdempotencyError, match="same parameters"):
        charge(stripe_client, amount=1501)
    with pytest.raises(stripe.IdempotencyError, match="same endpoint"):
        stripe_client.v1.refunds.create({"payment_intent": intent.id}, {"idempotency_key": "k"})


def test_a_refused_request_leaves_its_key_unused(stripe_client: stripe.StripeClient, stripe_control: Control) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        charge(stripe_client, amount=10)
    stripe_control.fault("rate_limit", path=INTENTS)
    with pytest.raises(stripe.RateLimitError):
        charge(stripe_client)
    intent = charge(stripe_client)
    assert (intent.status, is_replayed(intent)) == ("succeeded", False)


def test_keys_belong_to_one_account(stripe_client: stripe.StripeClient, stripe_server: World) -> None:
    other = stripe_server.account("another agency")
    assert charge(stripe_client, "shared").id != charge(client_of(other.secret_key, other.base_url), "shared").id


def test_a_key_is_forgotten_after_a_day(stripe_client: stripe.StripeClient, stripe_control: Control) -> None:
    first = charge(stripe_client)
    stripe_control.advance_time(24 * 3600 - 60)
    assert charge(stripe_client).id == first.id
    stripe_control.advance_time(120)
    assert charge(stripe_client, amount=1600).id != first.id


def test_a_key_too_long_is_refused(stripe_client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        charge(stripe_client, "k" * 256)


def test_a_key_in_use_is_a_conflict(
    stripe_client: stripe.StripeClient, stripe_account: Account, stripe_control: Control, stripe_server: World
) -> None:
    stripe_control.fault("slow_before", path=INTENTS, seconds=1)
    other = client_of(stripe_account.secret_key, stripe_account.base_url)
    slow = threading.Thread(target=lambda: charge(other, "busy"))
    slow.start()
    deadline = time.monotonic() + 10
    while not stripe_server.keys.is_taken(stripe_account.id, "busy"):
        assert time.monotonic() < deadline
    with pytest.raises(stripe.APIError) as conflict:
        charge(stripe_client, "busy")
    slow.join()
    assert conflict.value.error
    assert (conflict.value.http_status, conflict.value.error.code) == (409, "idempotency_key_in_use")
    assert is_replayed(charge(stripe_client, "busy"))
    assert len(stripe_control.taken()) == 1


@pytest.mark.parametrize(
    ("fault", "error", "again", "charges"),
    [
        # kind and options, what the caller sees, what the same key gives afterwards, how often money was taken
        ({"kind": "error_before"}, stripe.APIError, "fresh", 1),
        ({"kind": "error_before", "stored": True}, stripe.APIError, "the error", 0),
        ({"kind": "error_after"}, stripe.APIError, "the error", 1),
        ({"kind": "error_after", "stored": False}, stripe.APIError, "replayed", 1),
        ({"kind": "error_before", "status": 503}, stripe.APIError, "fresh", 1),
        ({"kind": "drop_before"}, stripe.APIConnectionError, "fresh", 1),
        ({"kind": "drop_after"}, stripe.APIConnectionError, "replayed", 1),
        ({"kind": "rate_limit"}, stripe.RateLimitError, "fresh", 1),
    ],
)
def test_faults_strike_once_and_the_key_remembers_as_stripe_would(
    stripe_client: stripe.StripeClient,
    stripe_control: Control,
    fault: dict[str, Any],
    error: type[stripe.StripeError],
    again: str,
    charges: int,
) -> None:
    stripe_control.fault(**fault, method="POST", path=INTENTS)
    assert stripe_client.v1.payment_intents.list().data == []  # another method: the fault waits
    with pytest.raises(error):
        charge(stripe_client)
    if again == "the error":
        with pytest.raises(stripe.APIError) as second:
            charge(stripe_client)
        assert is_replayed(second.value)
    else:
        assert is_replayed(charge(stripe_client)) == (again == "replayed")
    assert len(stripe_control.taken()) == charges


@pytest.mark.parametrize("kind", ["slow_before", "slow_after"])
def test_an_answer_may_come_after_the_caller_gave_up(
    stripe_account: Account, stripe_client: stripe.StripeClient, stripe_control: Control, kind: str
) -> None:
    stripe_control.fault(kind, path=INTENTS, seconds=0.9)
    http_client = stripe.RequestsClient(timeout=0.3)
    with pytest.raises(stripe.APIConnectionError):
        charge(client_of(stripe_account.secret_key, stripe_account.base_url, http_client))
    http_client.close()
    deadline = time.monotonic() + 10
    while not stripe_control.requests():  # it is logged when it is done
        assert time.monotonic() < deadline
    assert is_replayed(charge(stripe_client))
    assert len(stripe_control.taken()) == 1


def test_requests_are_logged(stripe_client: stripe.StripeClient, stripe_control: Control) -> None:
    stripe_control.fault("drop_before", count=1, path=INTENTS)
    with pytest.raises(stripe.APIConnectionError):
        charge(stripe_client)
    charge(stripe_client)
    seen = [
        (each["method"], each["path"], each["idempotency_key"], each["status"]) for each in stripe_control.requests()
    ]
    assert seen == [("POST", INTENTS, "k", 0), ("POST", INTENTS, "k", 200)]
    stripe_control.forget_requests()
    assert stripe_control.requests() == []


def test_an_unknown_fault_is_refused(stripe_control: Control) -> None:
    with pytest.raises(ControlError, match="Unknown fault"):
        stripe_control.fault("explode")
