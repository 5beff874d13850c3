"""A collector takes payments: the card goes into Stripe's field, the webhook completes, the page follows."""

import time

import pytest
import stripe
from playwright.sync_api import FrameLocator, Page, expect

from debtflow.demo.local_stripe.accounts import Account as StripeAccount
from payments.models import Payment, PaymentProcessor
from tests.browser.conftest import Stage, Watched
from tests.payments.cast import connect, save_method, work_off
from tests.payments.stripe_server import stripe_account, stripe_client, stripe_server

__all__ = ["stripe_account", "stripe_client", "stripe_server"]
pytestmark = pytest.mark.browser


@pytest.fixture
def processor(stage: Stage, stripe_account: StripeAccount, stripe_client: stripe.StripeClient) -> PaymentProcessor:
    """Harborline takes money at the stand-in, which tells our server of everything."""
    door = f"{stage.url}/api/v1/payments/webhook/stripe/"
    told = stripe_client.v1.webhook_endpoints.create({"url": door, "enabled_events": ["*"]})

    def made() -> PaymentProcessor:
        processor = connect(stripe_account)
        processor.webhook_secrets = str(told.secret)
        processor.save()
        return processor

    return stage.within(made)


def work(stage: Stage) -> None:
    """What the worker would do now."""
    stage.within(work_off)


def open_form(page: Page, stage: Stage) -> None:
    page.goto(stage.account("Bertrand"))
    page.evaluate("window.same = true")
    page.keyboard.press("p")
    expect(page.locator("#pay-amount")).to_be_focused()


def field(page: Page) -> FrameLocator:
    expect(page.locator("#element")).to_have_attribute("data-ready", "yes")
    return page.frame_locator("#element iframe")


def enter_card(page: Page, number: str) -> None:
    card = field(page)
    card.locator("[name=number]").fill(number)
    card.locator("[name=expiry]").fill("12 / 34")
    card.locator("[name=cvc]").fill("123")
    page.get_by_role("button", name="Charge $120.00").dblclick()


def worked_until(page: Page, stage: Stage, status: str) -> None:
    """Webhooks arrive when the stand-in sends them; the worker works them off."""
    until = time.monotonic() + 20
    while not stage.within(lambda: Payment.objects.filter(status=status).exists()):
        assert time.monotonic() < until, f"no payment is {status}"
        work(stage)
        page.wait_for_timeout(50)


def test_a_card_is_taken_and_the_webhook_completes_it(
    processor: PaymentProcessor, stage: Stage, windows: Watched
) -> None:
    page = windows.open(stage.sarah)
    open_form(page, stage)
    page.locator("#pay-amount").fill("120")
    expect(page.locator("#pay-after")).to_have_text("$380.00")
    page.locator("#pay").get_by_text("New card or bank account").click()
    page.get_by_role("button", name="Enter the card for $120.00").click()
    expect(page.locator("#details-said")).to_contain_text("Preparing the field")
    page.evaluate("window.same = true")
    work(stage)
    enter_card(page, "4242424242424242")
    worked_until(page, stage, "completed")
    expect(page.locator("#details")).to_contain_text("$120.00 was taken by Visa ending in 4242.")
    expect(page.locator("#details")).to_contain_text("$380.00")
    expect(page.get_by_role("heading", name="Payment of $120.00")).to_be_focused()
    assert page.evaluate("window.same")
    assert stage.within(lambda: Payment.objects.count()) == 1
    page.get_by_role("link", name="Back to the account").click()
    expect(page.locator("#balance")).to_contain_text("$380.00")
    expect(page.locator("#payments")).to_contain_text("Completed")


def test_a_decline_is_said_in_place_and_another_card_tried(
    processor: PaymentProcessor, stage: Stage, windows: Watched
) -> None:
    page = windows.open(stage.sarah)
    open_form(page, stage)
    page.locator("#pay-amount").fill("120.00")
    page.locator("#pay").get_by_text("New card or bank account").click()
    page.get_by_role("button", name="Enter the card for").click()
    expect(page.locator("#details-said")).to_contain_text("Preparing the field")
    work(stage)
    enter_card(page, "4000000000000002")
    expect(page.locator("#element-error")).to_contain_text("Your card was declined.")
    expect(page.locator("#element-error")).to_be_focused()
    work(stage)
    enter_card(page, "4242424242424242")
    worked_until(page, stage, "completed")
    expect(page.locator("#details")).to_contain_text("was taken by Visa ending in 4242")


def test_a_double_click_is_one_payment_and_a_settled_account_says_so(
    processor: PaymentProcessor, stage: Stage, windows: Watched
) -> None:
    stage.within(lambda: save_method(processor, stage.accounts["Bertrand"]))
    page = windows.open(stage.sarah)
    open_form(page, stage)
    page.locator("#pay").get_by_role("button", name="Full balance").click()
    page.locator("#pay").get_by_text("Visa ending in 4242").click()
    page.get_by_role("button", name="Charge $500.00").dblclick()
    expect(page.locator("#payments")).to_contain_text("Pending")
    expect(page.locator("#payments li").first).to_be_focused()
    expect(page.locator("#pay")).to_be_hidden()
    worked_until(page, stage, "completed")
    expect(page.locator("#payments")).to_contain_text("Completed")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Settled")
    expect(page.locator("#balance")).to_contain_text("$0.00")
    expect(page.locator("#payments-watch")).to_have_count(0)
    assert page.evaluate("window.same")
    assert stage.within(lambda: Payment.objects.count()) == 1


def test_a_refused_form_keeps_what_was_typed_and_names_the_field(
    processor: PaymentProcessor, stage: Stage, windows: Watched
) -> None:
    page = windows.open(stage.sarah)
    open_form(page, stage)
    page.locator("#pay").get_by_text("Check", exact=True).click()
    page.locator("#pay-amount").fill("900.00")
    page.locator("#pay-reference").fill("1042")
    page.get_by_role("button", name="Record $900.00").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.locator("#pay")).to_contain_text("Enter at most $500.00.")
    expect(page.locator("#pay-reference")).to_have_value("1042")
    page.locator("#pay-amount").fill("90.00")
    page.get_by_role("button", name="Record $90.00").click()
    expect(page.locator("#balance")).to_contain_text("$410.00")
    expect(page.locator("#timeline")).to_contain_text("By check 1042")
