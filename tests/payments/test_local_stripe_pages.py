"""A debtor pays in a real browser: on the stand-in's own page, and in its fields within a page of ours."""

import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import stripe
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from debtflow.demo.local_stripe.accounts import Account
from debtflow.demo.local_stripe.control import Control
from tests.payments.our_page import OurPage
from tests.payments.stripe_server import take

pytestmark = pytest.mark.browser


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Fails on an error in the console, but for the answers that are refusals by design."""
    page = chromium.new_page()
    errors: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and "status of 40" not in message.text and "favicon" not in str(message.location):
            errors.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    page.close()
    assert errors == []


@pytest.fixture
def ours(stripe_account: Account) -> Iterator[OurPage]:
    site = OurPage(stripe_account.base_url)
    thread = threading.Thread(target=site.server.serve_forever, daemon=True)
    thread.start()
    yield site
    site.server.shutdown()
    thread.join()
    site.server.server_close()


def open_fields(
    ours: OurPage, page: Page, account: Account, client: stripe.StripeClient, back: str = "", **more: Any
) -> stripe.PaymentIntent:
    never = {"enabled": True, "allow_redirects": "never"}
    params = {"amount": 1500, "currency": "usd", "automatic_payment_methods": never} | more
    intent = client.v1.payment_intents.create(params)
    ours.facts = {"key": account.publishable_key, "secret": intent.client_secret, "back": back}
    page.goto(ours.url)
    expect(page.locator("body")).to_have_attribute("data-ready", "yes")
    return intent


def type_card(page: Page, number: str) -> None:
    fields = page.frame_locator("iframe")
    fields.get_by_label("Card number").fill(number)
    fields.get_by_label("Expiration date").fill("12 / 34")
    fields.get_by_label("Security code").fill("123")
    page.get_by_role("button", name="Pay").click()


def test_a_card_is_typed_into_the_fields(
    ours: OurPage, page: Page, stripe_account: Account, stripe_client: stripe.StripeClient
) -> None:
    intent = open_fields(ours, page, stripe_account, stripe_client)
    page.get_by_role("button", name="Pay").click()
    expect(page.locator("#said")).to_have_text("incomplete_number")
    type_card(page, "4000 0000 0000 9995")
    expect(page.locator("#said")).to_have_text("insufficient_funds")
    type_card(page, "4242 4242 4242 4242")
    expect(page.locator("#said")).to_have_text("succeeded")
    expect(page.locator("body")).to_have_attribute("data-again", "succeeded")
    assert stripe_client.v1.payment_intents.retrieve(intent.id).status == "succeeded"


@pytest.mark.parametrize(
    ("button", "said"), [("Complete", "succeeded"), ("Fail", "payment_intent_authentication_failure")]
)
def test_a_bank_asks_for_an_authentication_within_the_fields(
    ours: OurPage,
    page: Page,
    stripe_account: Account,
    stripe_client: stripe.StripeClient,
    button: str,
    said: str,
) -> None:
    intent = open_fields(ours, page, stripe_account, stripe_client)
    type_card(page, "4000 0025 0000 3155")
    fields = page.frame_locator("iframe")
    expect(fields.get_by_role("heading", name="Your bank asks")).to_be_visible()
    assert stripe_client.v1.payment_intents.retrieve(intent.id).status == "requires_action"
    fields.get_by_role("button", name=f"{button} authentication").click()
    expect(page.locator("#said")).to_have_text(said)


def test_a_bank_account_is_typed_into_the_fields(
    ours: OurPage, page: Page, stripe_account: Account, stripe_client: stripe.StripeClient
) -> None:
    intent = open_fields(ours, page, stripe_account, stripe_client)
    fields = page.frame_locator("iframe")
    fields.get_by_label("US bank account").check()
    fields.get_by_label("Full name").fill("Jenny Rosen")
    fields.get_by_label("Routing number").fill("110000000")
    fields.get_by_label("Account number").fill("000123456789")
    page.get_by_role("button", name="Pay").click()
    expect(page.locator("#said")).to_have_text("processing")
    assert stripe_client.v1.payment_intents.retrieve(intent.id).status == "processing"


def test_the_fields_send_the_debtor_on(
    ours: OurPage, page: Page, stripe_account: Account, stripe_client: stripe.StripeClient
) -> None:
    back = f"{ours.url}thanks"
    intent = open_fields(ours, page, stripe_account, stripe_client, back)
    type_card(page, "4242424242424242")
    page.wait_for_url(f"{back}**")
    query = parse_qs(urlsplit(page.url).query)
    assert (query["payment_intent"], query["redirect_status"]) == ([intent.id], ["succeeded"])


def test_a_card_is_kept_by_the_fields(
    ours: OurPage, page: Page, stripe_account: Account, stripe_client: stripe.StripeClient
) -> None:
    customer = stripe_client.v1.customers.create({"name": "Amelia Norwood"})
    never = {"enabled": True, "allow_redirects": "never"}
    setup = stripe_client.v1.setup_intents.create({"customer": customer.id, "automatic_payment_methods": never})
    ours.facts = {"key": stripe_account.publishable_key, "secret": setup.client_secret}
    page.goto(ours.url)
    expect(page.locator("body")).to_have_attribute("data-ready", "yes")
    type_card(page, "4242424242424242")
    expect(page.locator("#said")).to_have_text("succeeded")
    assert len(stripe_client.v1.payment_methods.list({"customer": customer.id}).data) == 1


SESSION: dict[str, Any] = {
    "mode": "payment",
    "line_items": [
        {"quantity": 1, "price_data": {"currency": "usd", "unit_amount": 2500, "product_data": {"name": "Account 7"}}}
    ],
    "metadata": {"payment": "7"},
    "payment_intent_data": {"metadata": {"payment": "7"}},
}


def type_into_form(page: Page, number: str) -> None:
    page.get_by_label("Card number").fill(number)
    page.get_by_label("Expiry").fill("12/34")
    page.get_by_label("CVC").fill("123")
    page.get_by_role("button", name="Pay $25.00").click()


def test_a_payment_link_is_paid_without_script(
    ours: OurPage, chromium: Browser, stripe_client: stripe.StripeClient, stripe_control: Control
) -> None:
    back = f"{ours.url}paid?session={{CHECKOUT_SESSION_ID}}"
    session = stripe_client.v1.checkout.sessions.create(SESSION | {"success_url": back})
    assert (session.status, session.payment_status, session.amount_total) == ("open", "unpaid", 2500)
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(str(session.url))
        type_into_form(page, "4000000000000002")
        expect(page.get_by_role("alert")).to_have_text("Your card was declined.")
        type_into_form(page, "4242 4242 4242 4242")
        page.wait_for_url(f"{ours.url}paid**")
        assert parse_qs(urlsplit(page.url).query)["session"] == [session.id]
        page.goto(str(session.url))
        expect(page.get_by_role("heading", name="Paid")).to_be_visible()
    after = stripe_client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (after.status, after.payment_status) == ("complete", "paid")
    assert isinstance(after.payment_intent, stripe.PaymentIntent)
    assert after.payment_intent.metadata["payment"] == "7"
    assert [each.type for each in stripe_control.take_webhooks()][-3:] == [
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]


def test_a_payment_link_asks_the_bank(ours: OurPage, page: Page, stripe_client: stripe.StripeClient) -> None:
    session = stripe_client.v1.checkout.sessions.create(SESSION | {"success_url": f"{ours.url}paid"})
    page.goto(str(session.url))
    type_into_form(page, "4000002500003155")
    page.get_by_role("button", name="Fail authentication").click()
    expect(page.get_by_role("alert")).to_contain_text("not completed")
    type_into_form(page, "4000002500003155")
    page.get_by_role("button", name="Complete authentication").click()
    page.wait_for_url(f"{ours.url}paid")
    assert stripe_client.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_a_developer_settles_and_disputes_by_button(
    page: Page, stripe_account: Account, stripe_client: stripe.StripeClient
) -> None:
    mandate = {"mandate_data": {"customer_acceptance": {"type": "offline"}}}
    debit = take(stripe_client, payment_method="pm_usBankAccount_success", **mandate)
    page.goto(stripe_account.base_url)
    page.get_by_role("row", name=debit.id).get_by_role("button", name="Settle").click()
    expect(page.get_by_role("row", name=debit.id)).to_contain_text("succeeded")
    page.get_by_role("row", name=debit.id).get_by_role("button", name="Return debit").click()
    expect(page.get_by_role("row", name=debit.id)).to_contain_text("dispute lost")
