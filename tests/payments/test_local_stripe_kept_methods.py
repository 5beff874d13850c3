"""Cards and bank accounts are kept for a customer, and charged later, as at Stripe."""

from typing import Any

import pytest
import stripe

from debtflow.demo.local_stripe.accounts import Account
from debtflow.demo.local_stripe.control import Control
from tests.payments.stripe_server import client_of, take

NEVER = {"enabled": True, "allow_redirects": "never"}
MANDATE = {"customer_acceptance": {"type": "offline"}}


@pytest.fixture
def customer(stripe_client: stripe.StripeClient) -> str:
    return stripe_client.v1.customers.create({"name": "Amelia Norwood", "metadata": {"debtor": "9"}}).id


def keep(client: stripe.StripeClient, customer: str, token: str, **more: Any) -> stripe.SetupIntent:
    params = {"customer": customer, "payment_method": token, "confirm": True, "automatic_payment_methods": NEVER}
    return client.v1.setup_intents.create(params | more)


def test_a_customer_is_kept_and_changed(stripe_client: stripe.StripeClient, customer: str) -> None:
    changed = stripe_client.v1.customers.update(customer, {"email": "a@example.com", "metadata": {"debtor": ""}})
    assert (changed.name, changed.email) == ("Amelia Norwood", "a@example.com")
    assert stripe_client.v1.customers.retrieve(customer).to_dict()["metadata"] == {}
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        stripe_client.v1.customers.retrieve("cus_nobody")
    assert (refusal.value.http_status, refusal.value.code) == (404, "resource_missing")


def test_a_method_is_attached_listed_and_detached(
    stripe_client: stripe.StripeClient, customer: str, stripe_control: Control
) -> None:
    methods = stripe_client.v1.payment_methods
    method = methods.attach("pm_card_visa", {"customer": customer})
    assert [each.id for each in methods.list({"customer": customer, "type": "card"}).data] == [method.id]
    assert [each.id for each in stripe_client.v1.customers.payment_methods.list(customer).data] == [method.id]
    other = stripe_client.v1.customers.create({})
    with pytest.raises(stripe.InvalidRequestError, match="already been attached"):
        methods.attach(method.id, {"customer": other.id})
    methods.detach(method.id)
    assert methods.list({"customer": customer}).data == []
    for act in (lambda: methods.detach(method.id), lambda: methods.attach(method.id, {"customer": customer})):
        with pytest.raises(stripe.InvalidRequestError):
            act()
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        take(stripe_client, payment_method=method.id)
    kinds = [each.type for each in stripe_control.take_webhooks()]
    assert kinds == ["customer.created", "payment_method.attached", "customer.created", "payment_method.detached"]


def test_a_card_that_its_bank_declines_is_not_kept(stripe_client: stripe.StripeClient, customer: str) -> None:
    with pytest.raises(stripe.CardError):
        stripe_client.v1.payment_methods.attach("pm_card_chargeDeclined", {"customer": customer})
    with pytest.raises(stripe.CardError) as refusal:
        keep(stripe_client, customer, "pm_card_chargeDeclinedInsufficientFunds")
    assert refusal.value.error
    assert refusal.value.error.setup_intent
    assert refusal.value.error.setup_intent.status == "requires_payment_method"
    assert stripe_client.v1.payment_methods.list({"customer": customer}).data == []


@pytest.mark.parametrize("token", ["pm_card_visa", "pm_usBankAccount_success"])
def test_a_kept_method_is_charged_without_the_customer(
    stripe_client: stripe.StripeClient, customer: str, token: str
) -> None:
    kept = keep(stripe_client, customer, token, mandate_data=MANDATE)
    assert (kept.status, kept.usage) == ("succeeded", "off_session")
    method = str(kept.payment_method)
    for _ in range(2):
        intent = take(stripe_client, payment_method=method, customer=customer, off_session=True)
        assert intent.status == ("succeeded" if token == "pm_card_visa" else "processing")


def test_a_kept_method_is_charged_for_its_customer_only(stripe_client: stripe.StripeClient, customer: str) -> None:
    method = str(keep(stripe_client, customer, "pm_card_visa").payment_method)
    other = stripe_client.v1.customers.create({})
    for params in ({}, {"customer": other.id}):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            take(stripe_client, payment_method=method, **params)
        assert refusal.value.param == "payment_method"


def test_a_method_without_a_customer_is_used_once(stripe_client: stripe.StripeClient) -> None:
    intent = take(stripe_client)
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        take(stripe_client, payment_method=str(intent.payment_method))


def test_a_payment_may_keep_its_method(stripe_client: stripe.StripeClient, customer: str) -> None:
    intent = take(stripe_client, customer=customer, setup_future_usage="off_session")
    kept = stripe_client.v1.payment_methods.list({"customer": customer}).data
    assert [each.id for each in kept] == [str(intent.payment_method)]


@pytest.mark.parametrize(
    ("token", "kept_first", "off_session", "status"),
    [
        ("pm_card_authenticationRequired", False, False, "requires_action"),
        ("pm_card_authenticationRequired", False, True, "declined"),
        ("pm_card_authenticationRequiredOnSetup", False, False, "requires_action"),
        ("pm_card_authenticationRequiredOnSetup", False, True, "declined"),
        ("pm_card_authenticationRequiredSetupForOffSession", True, True, "succeeded"),
        ("pm_card_authenticationRequiredSetupForOffSession", True, False, "requires_action"),
    ],
)
def test_some_cards_want_their_owner_present(
    stripe_client: stripe.StripeClient, customer: str, token: str, kept_first: bool, off_session: bool, status: str
) -> None:
    if kept_first:
        token = str(keep(stripe_client, customer, token).payment_method)
    params: dict[str, Any] = {"payment_method": token, "customer": customer}
    if off_session:
        params["off_session"] = True
    if status != "declined":
        intent = take(stripe_client, **params)
        assert (intent.status, intent.next_action is not None) == (status, status == "requires_action")
        return
    with pytest.raises(stripe.CardError) as refusal:
        take(stripe_client, **params)
    error = refusal.value.error
    assert error
    assert (error.code, error.decline_code) == ("authentication_required", "authentication_required")
    assert error.payment_intent
    assert error.payment_intent.status == "requires_payment_method"


def test_a_setup_intent_is_confirmed_later_or_canceled(stripe_client: stripe.StripeClient, customer: str) -> None:
    intents = stripe_client.v1.setup_intents
    first = intents.create({"customer": customer, "automatic_payment_methods": NEVER})
    assert first.status == "requires_payment_method"
    assert intents.confirm(first.id, {"payment_method": "pm_card_visa"}).status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        intents.cancel(first.id)
    assert refusal.value.code == "setup_intent_unexpected_state"
    second = intents.create({"customer": customer})
    assert intents.cancel(second.id).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError):
        intents.create({"payment_method_types": ["card"]})


def typed(number: str = "4242424242424242", **more: object) -> dict[str, Any]:
    card = {"number": number, "exp_month": 12, "exp_year": 2040, "cvc": "123"} | more
    return {"type": "card", "card": card}


@pytest.mark.parametrize(
    ("data", "code", "decline_code"),
    [
        (typed("4242424242424241"), "incorrect_number", None),
        (typed("4111111111111111"), "card_declined", "test_mode_live_card"),
        (typed(exp_month=13), "invalid_expiry_month", None),
        (typed(exp_year=2020), "invalid_expiry_year", None),
        (typed(cvc="1"), "invalid_cvc", None),
    ],
)
def test_a_number_is_typed_with_the_publishable_key_only(
    stripe_account: Account, stripe_client: stripe.StripeClient, data: Any, code: str, decline_code: str | None
) -> None:
    browser = client_of(stripe_account.publishable_key, stripe_account.base_url)
    with pytest.raises(stripe.CardError) as refusal:
        browser.v1.payment_methods.create(data)
    assert refusal.value.error
    assert (refusal.value.code, refusal.value.error.decline_code) == (code, decline_code)
    good = browser.v1.payment_methods.create(typed())  # type: ignore[arg-type]
    assert good.card
    assert good.card.last4 == "4242"
    with pytest.raises(stripe.StripeError, match="generally unsafe"):
        stripe_client.v1.payment_methods.create(typed())  # type: ignore[arg-type]


def test_a_browser_sees_an_intent_by_its_client_secret(
    stripe_account: Account, stripe_client: stripe.StripeClient
) -> None:
    intent = stripe_client.v1.payment_intents.create(
        {"amount": 900, "currency": "usd", "metadata": {"secret": "x"}, "automatic_payment_methods": NEVER}
    )
    browser = client_of(stripe_account.publishable_key, stripe_account.base_url)
    seen = browser.v1.payment_intents.retrieve(intent.id, {"client_secret": str(intent.client_secret)})
    assert (seen.amount, "metadata" in seen.to_dict()) == (900, False)
    with pytest.raises(stripe.InvalidRequestError):
        browser.v1.payment_intents.retrieve(intent.id, {"client_secret": "guess"})
