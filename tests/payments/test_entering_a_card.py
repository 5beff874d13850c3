"""The page where a card is entered: Stripe's own field on that page alone, and the payment followed to its end."""

import re
from collections.abc import Callable
from decimal import Decimal
from html import unescape
from uuid import uuid4

import pytest
from django.test import Client

from core.models import Account, User
from debtflow.demo.local_stripe.accounts import Account as StripeAccount
from debtflow.demo.local_stripe.control import Control
from payments import taking
from payments.models import Payment, PaymentProcessor
from payments.taking import Order
from tests.payments.cast import deliver, work_off
from tests.payments.stripe_server import client_of
from tests.worklist.conftest import strangers_browser
from tests.worklist.pages import HTMX, text

__all__ = ["strangers_browser"]


@pytest.fixture
def sarahs_browser(as_user: Callable[[User], Client], sarah: User) -> Client:
    return as_user(sarah)


@pytest.fixture
def payment(account: Account, processor: PaymentProcessor, sarah: User) -> Payment:
    order = Order(Decimal("120.00"), "card", str(uuid4()), how="details", save="I allow it.")
    return taking.take(account.pk, order, by=sarah)


def page_of(payment: Payment) -> str:
    return f"/accounts/{payment.account_id}/payments/{payment.pk}/details/"


def enter(payment: Payment, account: StripeAccount, method: str = "pm_card_visa") -> None:
    """What Stripe's field does in the browser."""
    payment.refresh_from_db()
    client = client_of(account.secret_key, account.base_url)
    mandate = {"mandate_data": {"customer_acceptance": {"type": "offline"}}} if "Bank" in method else {}
    client.v1.payment_intents.confirm(payment.processor_ref, {"payment_method": method, **mandate})  # type: ignore[typeddict-item]


def watched(answer: object) -> str:
    [address] = re.findall(r'hx-get="([^"]+seen=[^"]+)"', answer.content.decode())  # type: ignore[attr-defined]
    return unescape(address)


def test_the_form_leads_to_the_page(account: Account, processor: PaymentProcessor, sarahs_browser: Client) -> None:
    said = {"key": "one", "amount": "120.00", "means": "details"}
    there = sarahs_browser.post(f"/accounts/{account.pk}/payments/", said).headers["Location"]
    assert there == page_of(Payment.objects.get())
    again = sarahs_browser.post(f"/accounts/{account.pk}/payments/", said, headers=HTMX)
    assert again.headers["HX-Redirect"] == there


def test_the_field_appears_when_the_worker_has_prepared_it(payment: Payment, sarahs_browser: Client) -> None:
    first = sarahs_browser.get(page_of(payment))
    assert "Preparing the field" in text(first)
    assert sarahs_browser.get(watched(first), headers=HTMX).status_code == 204
    work_off()
    told = sarahs_browser.get(watched(first), headers=HTMX)
    body = told.content.decode()
    payment.refresh_from_db()
    assert f'data-secret="{payment.processor_ref}_secret_' in body
    assert f'data-script="{payment.processor.api_base_url}/v3/"' in body
    assert payment.processor.publishable_key in body
    assert payment.processor.api_key not in body


def test_stripe_is_let_in_on_that_page_alone(payment: Payment, sarahs_browser: Client) -> None:
    policy = sarahs_browser.get(page_of(payment)).headers["Content-Security-Policy"]
    there = payment.processor.api_base_url
    for part in (f"script-src 'self' {there}", f"frame-src {there}", f"connect-src 'self' {there}"):
        assert part in policy
    account = sarahs_browser.get(f"/accounts/{payment.account_id}/").headers["Content-Security-Policy"]
    assert there not in account
    payment.processor.api_base_url = ""
    payment.processor.save()
    policy = sarahs_browser.get(page_of(payment)).headers["Content-Security-Policy"]
    assert "script-src 'self' https://js.stripe.com https://*.js.stripe.com;" in policy


def test_the_card_is_charged_and_the_page_follows(
    payment: Payment, stripe_account: StripeAccount, stripe_control: Control, sarahs_browser: Client
) -> None:
    work_off()
    seen = watched(sarahs_browser.get(page_of(payment)))
    enter(payment, stripe_account)
    assert sarahs_browser.get(seen, headers=HTMX).status_code == 204
    assert "Waiting for Stripe to confirm" in text(sarahs_browser.get(page_of(payment)))
    assert set(deliver(stripe_control)) == {200}
    work_off()
    told = sarahs_browser.get(seen, headers=HTMX)
    assert "$120.00 was taken by Visa ending in 4242." in text(told)
    assert "Balance $380.00" in text(told)
    assert "details-watch" not in told.content.decode()


def test_what_the_debtor_chose_is_the_method(
    payment: Payment, stripe_account: StripeAccount, stripe_control: Control
) -> None:
    work_off()
    enter(payment, stripe_account, "pm_usBankAccount_success")
    deliver(stripe_control)
    work_off()
    payment.refresh_from_db()
    assert (payment.method, payment.waits_for) == ("bank_transfer", "bank")


def test_a_declined_card_leaves_the_field_open(
    payment: Payment, stripe_account: StripeAccount, stripe_control: Control, sarahs_browser: Client
) -> None:
    import stripe

    work_off()
    seen = watched(sarahs_browser.get(page_of(payment)))
    with pytest.raises(stripe.CardError):
        enter(payment, stripe_account, "pm_card_chargeDeclined")
    deliver(stripe_control)
    work_off()
    assert sarahs_browser.get(seen, headers=HTMX).status_code == 204
    payment.refresh_from_db()
    assert (payment.status, payment.waits_for) == ("pending", "details")
    enter(payment, stripe_account)
    deliver(stripe_control)
    work_off()
    payment.refresh_from_db()
    assert payment.status == "completed"


def test_silence_is_said_and_nothing_breaks(payment: Payment, stripe_control: Control, sarahs_browser: Client) -> None:
    work_off()
    payment.processor.api_base_url = "http://127.0.0.1:1"
    payment.processor.save()
    assert "Stripe did not answer. The payment is saved." in text(sarahs_browser.get(page_of(payment)))


def test_strangers_find_nothing_and_who_only_looks_enters_nothing(
    payment: Payment, as_user: Callable[[User], Client], james: User, auditor: User, strangers_browser: Client
) -> None:
    there = page_of(payment)
    for browser, status in ((strangers_browser, 404), (as_user(james), 404), (as_user(auditor), 403)):
        assert browser.get(there).status_code == status
    elsewhere = there.replace(str(payment.pk), str(uuid4()))
    assert as_user(payment.taken_by).get(elsewhere).status_code == 404  # type: ignore[arg-type]
