"""The stand-in takes payments as Stripe does, and refuses what Stripe refuses."""

import threading
from typing import Any

import pytest
import stripe

from debtflow.demo.local_stripe.accounts import Account
from debtflow.demo.local_stripe.control import Control
from debtflow.demo.local_stripe.world import World
from tests.payments.stripe_server import CARD, client_of, take


def create(client: stripe.StripeClient, **params: Any) -> stripe.PaymentIntent:
    return client.v1.payment_intents.create(params)


def test_a_good_card_is_charged_at_once(stripe_client: stripe.StripeClient) -> None:
    intent = take(stripe_client, 2500, metadata={"payment": "7"}, expand=["latest_charge.balance_transaction"])
    charge = intent.latest_charge
    assert isinstance(charge, stripe.Charge)
    assert (intent.status, intent.amount_received, intent.metadata["payment"]) == ("succeeded", 2500, "7")
    assert (charge.paid, charge.amount_refunded, charge.refunded, charge.disputed) == (True, 0, False, False)
    assert charge.metadata.to_dict() == {"payment": "7"}
    details = charge.payment_method_details
    assert details
    assert details.card
    assert (details.card.brand, details.card.last4) == ("visa", "4242")
    transaction = charge.balance_transaction
    assert isinstance(transaction, stripe.BalanceTransaction)
    assert (transaction.type, transaction.amount, transaction.fee, transaction.net) == ("charge", 2500, 103, 2397)


@pytest.mark.parametrize(
    ("token", "code", "decline_code"),
    [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedLostCard", "card_declined", "lost_card"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", "incorrect_cvc"),
        ("pm_card_chargeDeclinedProcessingError", "processing_error", "processing_error"),
        ("pm_card_radarBlock", "card_declined", "fraudulent"),
        ("pm_card_chargeCustomerFail", "card_declined", "generic_decline"),
    ],
)
def test_a_bad_card_is_declined_and_leaves_its_intent(
    stripe_client: stripe.StripeClient, token: str, code: str, decline_code: str
) -> None:
    with pytest.raises(stripe.CardError) as refusal:
        take(stripe_client, payment_method=token)
    error = refusal.value.error
    assert error
    assert (refusal.value.http_status, error.type, error.code, error.decline_code) == (
        402,
        "card_error",
        code,
        decline_code,
    )
    assert error.payment_intent
    intent = stripe_client.v1.payment_intents.retrieve(error.payment_intent.id)
    assert (intent.status, intent.payment_method) == ("requires_payment_method", None)
    assert intent.last_payment_error
    assert intent.last_payment_error.decline_code == decline_code
    charge = stripe_client.v1.charges.retrieve(str(intent.latest_charge))
    assert (charge.status, charge.failure_code, charge.balance_transaction) == ("failed", code, None)


GOOD = {"amount": 1500, "currency": "usd"}
NO_TYPES = "payment_method_types_no_longer_supported"


@pytest.mark.parametrize(
    ("params", "param", "code"),
    [
        ({"currency": "usd"}, "amount", "parameter_missing"),
        ({"amount": 1500}, "currency", "parameter_missing"),
        ({**GOOD, "amount": 49}, "amount", "amount_too_small"),
        ({**GOOD, "amount": 0}, "amount", "parameter_invalid_integer"),
        ({**GOOD, "amount": -5}, "amount", "parameter_invalid_integer"),
        ({**GOOD, "amount": "12.50"}, "amount", "parameter_invalid_integer"),
        ({**GOOD, "amount": 100_000_000}, "amount", "amount_too_large"),
        ({**GOOD, "currency": "zzz"}, "currency", None),
        (
            {**GOOD, "payment_method_types": ["card"]},
            "payment_method_types",
            "payment_method_types_no_longer_supported",
        ),
        ({**GOOD, "colour": "blue"}, "colour", "parameter_unknown"),
        ({**GOOD, "customer": "cus_nobody"}, "customer", "resource_missing"),
        ({**GOOD, "payment_method": "pm_nothing"}, "payment_method", "resource_missing"),
        ({**GOOD, "off_session": True}, "off_session", None),
        ({**GOOD, "metadata": {"a" * 41: "b"}}, "metadata", None),
        ({**GOOD, "metadata": {"a": "b" * 501}}, "metadata[a]", None),
        ({**GOOD, "metadata": {str(number): "x" for number in range(51)}}, "metadata", None),
        ({**GOOD, "confirm": True}, None, "payment_intent_unexpected_state"),
        ({**GOOD, "confirm": "yes"}, "confirm", None),
        ({**CARD, "amount": 1500, "automatic_payment_methods": {"enabled": True}}, None, None),
        ({**GOOD, "setup_future_usage": "never"}, "setup_future_usage", None),
        ({**GOOD, "expand": ["nonsense"]}, "expand[]", None),
    ],
)
def test_what_stripe_would_refuse_is_refused(
    stripe_client: stripe.StripeClient,
    stripe_control: Control,
    params: dict[str, Any],
    param: str | None,
    code: str | None,
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        create(stripe_client, **params)
    assert refusal.value.http_status in (400, 404)
    assert (refusal.value.param, refusal.value.code) == (param, code)
    assert refusal.value.request_id
    assert stripe_control.ledger() == []
    assert stripe_client.v1.payment_intents.list().data == []


def test_an_intent_goes_its_way_and_no_other(stripe_client: stripe.StripeClient) -> None:
    intents = stripe_client.v1.payment_intents
    never = {"enabled": True, "allow_redirects": "never"}
    intent = create(stripe_client, **GOOD, automatic_payment_methods=never)
    assert intent.status == "requires_payment_method"
    assert intent.client_secret
    assert intents.update(intent.id, {"payment_method": "pm_card_visa"}).status == "requires_confirmation"
    assert intents.confirm(intent.id).status == "succeeded"
    for act in (intents.confirm, intents.cancel):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            act(intent.id)
        assert refusal.value.code == "payment_intent_unexpected_state"
    with pytest.raises(stripe.InvalidRequestError):
        intents.update(intent.id, {"amount": 2000})

    other = create(stripe_client, **GOOD)
    assert intents.cancel(other.id, {"cancellation_reason": "abandoned"}).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError):
        intents.confirm(other.id, {"payment_method": "pm_card_visa"})


def test_keys_open_their_own_account_only(stripe_client: stripe.StripeClient, stripe_server: World) -> None:
    other = stripe_server.account("another agency")
    stranger = client_of(other.secret_key, other.base_url)
    mine = take(stripe_client)
    for look in (
        lambda: stranger.v1.payment_intents.retrieve(mine.id),
        lambda: stranger.v1.charges.retrieve(str(mine.latest_charge)),
        lambda: stranger.v1.refunds.create({"payment_intent": mine.id}),
    ):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            look()
        assert (refusal.value.http_status, refusal.value.code) == (404, "resource_missing")
    assert stripe_client.v1.accounts.retrieve_current().id != stranger.v1.accounts.retrieve_current().id


def test_an_unknown_key_and_a_publishable_key_are_refused(stripe_account: Account) -> None:
    for key in ("sk_test_nobody", stripe_account.publishable_key):
        with pytest.raises(stripe.AuthenticationError):
            client_of(key, stripe_account.base_url).v1.payment_intents.list()


def test_twenty_threads_with_one_key_make_one_charge(stripe_account: Account, stripe_control: Control) -> None:
    results: list[str] = []
    seen: set[tuple[int | None, str | None]] = set()
    start = threading.Barrier(20)

    def attempt() -> None:
        client = client_of(stripe_account.secret_key, stripe_account.base_url)
        start.wait()
        while True:
            try:
                intent = client.v1.payment_intents.create(CARD | {"amount": 900}, {"idempotency_key": "once"})
            except stripe.APIError as error:
                seen.add((error.http_status, error.error.code if error.error else None))
            else:
                results.append(intent.id)
                return

    threads = [threading.Thread(target=attempt) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (len(results), len(set(results))) == (20, 1)
    assert seen <= {(409, "idempotency_key_in_use")}
    assert [charge["amount"] for charge in stripe_control.taken()] == [900]


def test_events_of_a_charge_are_signed(
    stripe_client: stripe.StripeClient, stripe_account: Account, stripe_control: Control
) -> None:
    stripe_client.v1.payment_intents.create(CARD | {"amount": 700}, {"idempotency_key": "k"})
    webhooks = stripe_control.take_webhooks()
    assert [each.type for each in webhooks] == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
    ]
    for each in webhooks:
        event = stripe_client.construct_event(each.payload, each.signature, stripe_account.webhook_secret)
        assert (event.livemode, event.api_version) == (False, stripe.api_version)
        assert event.request
        assert event.request.idempotency_key == "k"
        with pytest.raises(stripe.SignatureVerificationError):
            stripe_client.construct_event(each.payload, each.signature, "whsec_other")
    assert stripe_control.take_webhooks() == []
    late = stripe_control.take_webhooks(again=True, at=1)[0]
    with pytest.raises(stripe.SignatureVerificationError):
        stripe_client.construct_event(late.payload, late.signature, stripe_account.webhook_secret)
