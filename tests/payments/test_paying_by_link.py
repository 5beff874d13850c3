"""The debtor pays by himself at an address we send him; what nobody completes is called off, at Stripe first."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from html import unescape
from uuid import uuid4

import pytest
import requests
from django.core import mail
from django.test import Client
from django.utils import timezone

from core import contact_points, contact_rules
from core.models import Account, Activity, ContactPoint, User
from debtflow.demo.local_stripe.accounts import Account as StripeAccount
from debtflow.demo.local_stripe.control import Control
from payments import cancelling, reconciliation, taking
from payments.models import Payment, PaymentProcessor
from payments.taking import Order
from tests.payments.cast import books_agree, deliver, work_off
from tests.payments.stripe_server import client_of
from tests.worklist.conftest import strangers_browser
from tests.worklist.pages import HTMX, text

__all__ = ["strangers_browser"]
CARD = {"method": "card", "number": "4242424242424242", "expiry": "12/34", "cvc": "123"}


@pytest.fixture
def sarahs_browser(as_user: Callable[[User], Client], sarah: User) -> Client:
    return as_user(sarah)


@pytest.fixture
def address(account: Account, sarah: User, no_night: None) -> ContactPoint:
    return contact_points.add(account.debtor_id, "email", "amelia@example.com", source="debtor", by=sarah)


def linked(account: Account, by: User, **facts: object) -> Payment:
    order = Order(Decimal("120.00"), "card", str(uuid4()), how="link", back="http://testserver/paid/", **facts)  # type: ignore[arg-type]
    payment = taking.take(account.pk, order, by=by)
    work_off()
    payment.refresh_from_db()
    return payment


def details(account: Account, by: User) -> Payment:
    payment = taking.take(account.pk, Order(Decimal("120.00"), "card", str(uuid4()), how="details"), by=by)
    work_off()
    payment.refresh_from_db()
    return payment


def a_day_passes(payment: Payment) -> None:
    yesterday = timezone.now() - timedelta(hours=24, minutes=1)
    Payment.objects.filter(pk=payment.pk).update(created_at=yesterday, next_attempt_at=yesterday)
    reconciliation.run_for_agency()
    work_off()
    payment.refresh_from_db()


def test_the_debtor_pays_at_the_address(
    account: Account, processor: PaymentProcessor, sarahs_browser: Client, stripe_control: Control
) -> None:
    said = {"key": "one", "amount": "120.00", "means": "link"}
    assert sarahs_browser.post(f"/accounts/{account.pk}/payments/", said).status_code == 303
    work_off()
    page = sarahs_browser.get(f"/accounts/{account.pk}/")
    assert "Waiting for the debtor to pay by the link." in text(page)
    [link] = map(unescape, re.findall(r'value="(http[^"]+/c/pay/[^"]+)"', page.content.decode()))
    answer = requests.post(link, data=CARD, allow_redirects=False, timeout=10)
    assert answer.headers["Location"].startswith("http://testserver/paid/")
    deliver(stripe_control)
    work_off()
    payment = Payment.objects.get()
    assert (payment.status, payment.metadata["last4"]) == ("completed", "4242")
    assert payment.processor_ref.startswith("pi_")
    assert books_agree() == []


def test_without_its_webhook_the_link_is_looked_up(account: Account, processor: PaymentProcessor, sarah: User) -> None:
    payment = linked(account, sarah)
    requests.post(payment.metadata["link"], data=CARD, allow_redirects=False, timeout=10)
    Payment.objects.update(next_attempt_at=timezone.now())
    reconciliation.run_for_agency()
    payment.refresh_from_db()
    assert payment.status == "completed"


def test_a_link_whose_answer_was_lost_is_asked_for_with_the_same_key(
    account: Account, processor: PaymentProcessor, sarah: User, stripe_control: Control
) -> None:
    sessions = {"method": "POST", "path": "/v1/checkout/sessions"}
    stripe_control.fault("drop_after", **sessions)  # type: ignore[arg-type]
    payment = linked(account, sarah)
    assert payment.waits_for == "retry"
    Payment.objects.update(next_attempt_at=timezone.now())
    reconciliation.run_for_agency()
    payment.refresh_from_db()
    assert payment.waits_for == "details"
    sent = [one["idempotency_key"] for one in stripe_control.requests() if sessions.items() <= one.items()]
    assert sent == [payment.idempotency_key] * 2


def test_a_link_that_nobody_has_opened_goes_on_waiting(
    account: Account, processor: PaymentProcessor, sarah: User
) -> None:
    payment = linked(account, sarah)
    past = timezone.now() - timedelta(hours=5)
    Payment.objects.update(created_at=past, next_attempt_at=past)
    reconciliation.run_for_agency()
    payment.refresh_from_db()
    assert (payment.status, payment.waits_for) == ("pending", "details")
    assert payment.next_attempt_at is not None
    assert payment.next_attempt_at > timezone.now()


def test_the_link_is_sent_by_mail_once(
    account: Account, processor: PaymentProcessor, sarah: User, address: ContactPoint
) -> None:
    from payments import linking

    payment = linked(account, sarah, mail=address.pk)
    linking.send(str(payment.pk))
    [letter] = mail.outbox
    assert letter.to == ["amelia@example.com"]
    assert payment.metadata["link"] in letter.body
    assert "This communication is from a debt collector." in letter.body
    assert Activity.objects.filter(account=account, body="Sent to amelia@example.com").count() == 1


def test_an_address_that_opted_out_or_an_hour_that_is_late_gets_nothing(
    account: Account,
    processor: PaymentProcessor,
    sarah: User,
    sarahs_browser: Client,
    address: ContactPoint,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = {"key": "one", "amount": "120.00", "means": "link", "mail": str(address.pk)}
    monkeypatch.setattr(contact_rules, "LATEST", 0)
    answer = sarahs_browser.post(f"/accounts/{account.pk}/payments/", said)
    assert answer.status_code == 422
    assert "No e-mail may be sent now." in text(answer)
    contact_points.act(account.debtor_id, address.pk, "opt_out", by=sarah)
    answer = sarahs_browser.post(f"/accounts/{account.pk}/payments/", said)
    assert "Choose an e-mail address of the debtor that may be used." in text(answer)
    assert Payment.objects.count() == 0


def test_a_collector_cancels_a_link_and_it_is_closed_at_stripe(
    account: Account, processor: PaymentProcessor, sarah: User, sarahs_browser: Client
) -> None:
    payment = linked(account, sarah)
    there = f"/accounts/{account.pk}/payments/{payment.pk}/cancellation/"
    answer = sarahs_browser.post(there, headers=HTMX)
    assert "Being canceled at Stripe." in text(answer)
    work_off()
    payment.refresh_from_db()
    assert (payment.status, payment.failure_message) == ("failed", "Canceled by Sarah Mitchell.")
    requests.post(payment.metadata["link"], data=CARD, allow_redirects=False, timeout=10)
    reconciliation.run_for_agency()
    account.refresh_from_db()
    assert account.current_balance == 500
    late = sarahs_browser.post(there, headers=HTMX)
    assert late.status_code == 409
    assert "does not wait for anybody any more" in text(late)


def test_a_card_that_nobody_entered_is_canceled_at_stripe(
    account: Account, processor: PaymentProcessor, sarah: User, stripe_account: StripeAccount
) -> None:
    payment = details(account, sarah)
    cancelling.call_off(payment.pk, by=sarah)
    work_off()
    payment.refresh_from_db()
    assert (payment.status, payment.failure_message) == ("failed", "Canceled by Sarah Mitchell.")
    client = client_of(stripe_account.secret_key, stripe_account.base_url)
    assert client.v1.payment_intents.retrieve(payment.processor_ref).status == "canceled"


@pytest.mark.parametrize("how", [linked, details])
def test_what_nobody_completes_within_a_day_is_called_off(
    how: Callable[[Account, User], Payment], account: Account, processor: PaymentProcessor, sarah: User
) -> None:
    payment = how(account, sarah)
    a_day_passes(payment)
    assert (payment.status, payment.failure_message) == ("failed", "Nobody completed it within 24 hours.")


def test_who_pays_at_the_last_moment_has_paid(account: Account, processor: PaymentProcessor, sarah: User) -> None:
    payment = linked(account, sarah)
    requests.post(payment.metadata["link"], data=CARD, allow_redirects=False, timeout=10)
    cancelling.call_off(payment.pk, by=sarah)
    work_off()
    payment.refresh_from_db()
    account.refresh_from_db()
    assert (payment.status, account.current_balance) == ("completed", Decimal("380.00"))


def test_while_stripe_is_silent_it_is_called_off_later(
    account: Account, processor: PaymentProcessor, sarah: User
) -> None:
    payment = details(account, sarah)
    there = processor.api_base_url
    PaymentProcessor.objects.update(api_base_url="http://127.0.0.1:1")
    cancelling.call_off(payment.pk, by=sarah)
    work_off()
    payment.refresh_from_db()
    assert payment.status == "pending"
    PaymentProcessor.objects.update(api_base_url=there)
    Payment.objects.update(next_attempt_at=timezone.now())
    reconciliation.run_for_agency()
    payment.refresh_from_db()
    assert payment.status == "failed"


def test_strangers_find_nothing_and_who_only_looks_cancels_nothing(
    account: Account,
    processor: PaymentProcessor,
    as_user: Callable[[User], Client],
    sarah: User,
    james: User,
    auditor: User,
    strangers_browser: Client,
) -> None:
    payment = linked(account, sarah)
    there = f"/accounts/{account.pk}/payments/{payment.pk}/cancellation/"
    for browser, status in ((strangers_browser, 404), (as_user(james), 404), (as_user(auditor), 403)):
        assert browser.post(there).status_code == status
    payment.refresh_from_db()
    assert "called_off" not in payment.metadata


def test_the_page_after_paying_says_nothing_of_a_debt(db: None) -> None:
    page = text(Client().get("/paid/"))
    assert "Your payment is on its way." in page
    assert "debt" not in page.replace("DebtFlow", "").lower()
