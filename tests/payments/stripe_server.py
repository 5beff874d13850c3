"""A Stripe stand-in for every test of payments: one server per test process, a fresh account per test.

def test_a_charge(stripe_client: stripe.StripeClient, stripe_control: Control) -> None:
    stripe_client.v1.payment_intents.create({...}, {"idempotency_key": "…"})
    assert [each["amount"] for each in stripe_control.taken()] == [1500]
"""

import secrets
from collections.abc import Iterator

import pytest
import stripe

from debtflow.demo.local_stripe import server
from debtflow.demo.local_stripe.accounts import Account
from debtflow.demo.local_stripe.control import Control
from debtflow.demo.local_stripe.world import World

PATIENCE = 10


@pytest.fixture(scope="session")
def stripe_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with server.running(tmp_path_factory.mktemp("stripe")) as world:
        yield world


@pytest.fixture
def stripe_account(stripe_server: World) -> Account:
    """Nobody else's: no objects, no faults, no requests yet."""
    return stripe_server.account(secrets.token_hex(8))


@pytest.fixture
def stripe_control(stripe_account: Account) -> Control:
    return Control(stripe_account.base_url, stripe_account.secret_key)


@pytest.fixture
def stripe_client(stripe_account: Account) -> Iterator[stripe.StripeClient]:
    """The client as our gateway makes it, but without retries of its own."""
    http_client = stripe.RequestsClient(timeout=PATIENCE)
    yield client_of(stripe_account.secret_key, stripe_account.base_url, http_client)
    http_client.close()


def client_of(key: str, base_url: str, http_client: stripe.HTTPClient | None = None) -> stripe.StripeClient:
    return stripe.StripeClient(key, base_addresses={"api": base_url}, max_network_retries=0, http_client=http_client)


CARD = {
    "currency": "usd",
    "payment_method": "pm_card_visa",
    "confirm": True,
    "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
}


def take(client: stripe.StripeClient, amount: int = 1500, **more: object) -> stripe.PaymentIntent:
    """A payment intent, confirmed at once with a good card unless said otherwise."""
    params = CARD | {"amount": amount} | more
    return client.v1.payment_intents.create(params)
