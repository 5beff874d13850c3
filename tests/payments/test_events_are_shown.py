"""The inbox of webhook events: seen, masked, worked off again by admins, and on the record."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core import tenancy
from core.models import Account, AuditLog, User
from debtflow.demo.local_stripe.control import Control
from payments.models import Payment, PaymentProcessor, WebhookEvent
from payments.pages.masking import MASKED, masked
from tests.payments.cast import charge, deliver, save_method, work_off
from tests.worklist.pages import HTMX, text

As = Callable[[User], Client]
URL = "/payments/events/"


@pytest.fixture
def paid(account: Account, processor: PaymentProcessor, sarah: User, stripe_control: Control) -> Payment:
    """100.00 by card, completed and told."""
    payment = charge(account, save_method(processor, account), by=sarah)
    work_off()
    deliver(stripe_control)
    work_off()
    return payment


def event(processor: PaymentProcessor, **facts: Any) -> WebhookEvent:
    defaults = {"event_id": "evt_1", "type": "charge.updated", "payload": {"id": "evt_1"}}
    return WebhookEvent.objects.create(processor=processor, **(defaults | facts))


def test_what_came_is_listed_with_its_payment(paid: Payment, dana: User, auditor: User, as_user: As) -> None:
    for user in (dana, auditor):
        words = text(as_user(user).get(URL))
        assert "payment_intent.succeeded" in words
        assert "Worked off" in words
    assert f'href="/payments/{paid.pk}/"' in as_user(dana).get(URL).content.decode()


def test_by_state_and_kind(processor: PaymentProcessor, dana: User, as_user: As) -> None:
    now = timezone.now()
    event(processor, type="a.done", processed_at=now)
    event(processor, event_id="evt_2", type="b.waiting", next_attempt_at=now, error="Stripe did not answer.")
    event(processor, event_id="evt_3", type="c.gave_up", attempts=12)
    browser = as_user(dana)
    for query, found in (
        ("state=done", "a.done"), ("state=waiting", "b.waiting"), ("state=gave_up", "c.gave_up"), ("q=evt_2", "b.wait"),
        ("q=c.", "c.gave_up"),
    ):  # fmt: skip
        words = text(browser.get(f"{URL}?{query}"))
        assert found in words, query
        assert sum(kind in words for kind in ("a.done", "b.waiting", "c.gave_up")) == 1, query
    assert "No event matches these filters" in text(browser.get(f"{URL}?q=zzz"))


def test_one_shows_its_payload_without_details_of_the_card(paid: Payment, dana: User, as_user: As) -> None:
    found = WebhookEvent.objects.filter(type="payment_intent.succeeded").get()
    body = as_user(dana).get(f"{URL}{found.pk}/").content.decode()
    secret = found.payload["data"]["object"].get("client_secret") or "pi_1_secret_2"
    assert secret not in body
    assert paid.processor_ref or Payment.objects.get(pk=paid.pk).processor_ref in body


def test_what_is_masked() -> None:
    told = {
        "id": "pi_1", "client_secret": "pi_1_secret_x", "amount": 100, "livemode": False,
        "payment_method_details": {"card": {"brand": "visa", "last4": "4242", "exp_month": 4, "fingerprint": "Xt5",
                                            "checks": {"cvc_check": "pass"}}, "type": "card"},
        "us_bank_account": {"routing_number": "110000000", "bank_name": "Test", "last4": "6789", "list": ["a"]},
        "billing_details": {"name": "Marisol", "address": {"line1": "418 Alder Court"}, "phone": None},
        "next_action": {"use_stripe_sdk": {"token": "seti_1_secret_2"}, "hosted": [{"url": "https://x"}]},
    }  # fmt: skip
    shown = masked(told)
    assert (shown["id"], shown["amount"], shown["livemode"]) == ("pi_1", 100, False)
    card = shown["payment_method_details"]["card"]
    assert (card["brand"], card["last4"]) == ("visa", "4242")
    plain = json.dumps(shown)
    for hidden in ("secret_x", "Xt5", "pass", "110000000", "Marisol", "Alder", "secret_2", "https://x", '"a"'):
        assert hidden not in plain, hidden
    assert card["exp_month"] == MASKED


def test_an_admin_replays_one_and_the_record_says_so(paid: Payment, dana: User, as_user: As) -> None:
    found = WebhookEvent.objects.filter(type="payment_intent.succeeded").get()
    Payment.objects.filter(pk=paid.pk).update(looked_up_at=None)
    browser = as_user(dana)
    page = browser.post(f"{URL}{found.pk}/replays/", follow=True)
    assert "The event is worked off again." in text(page)
    assert 'hx-trigger="every 2s"' in page.content.decode()
    work_off()
    paid.refresh_from_db()
    assert paid.looked_up_at
    region = browser.get(f"{URL}{found.pk}/", headers=HTMX).content.decode()
    assert region.lstrip().startswith('<div id="event"')
    assert "hx-trigger" not in region
    told = AuditLog.objects.filter(action=AuditLog.Action.WEBHOOK, object_pk=str(found.pk)).order_by("id")
    assert [(entry.actor_id, bool(entry.changes)) for entry in told] == [(None, False), (dana.pk, True)]


def test_one_that_gave_up_says_so_and_is_replayed(processor: PaymentProcessor, dana: User, as_user: As) -> None:
    stuck = event(processor, attempts=12, error="Stripe did not answer.")
    words = text(as_user(dana).get(f"{URL}{stuck.pk}/"))
    assert "Stripe did not answer. It is not tried again by itself." in words
    as_user(dana).post(f"{URL}{stuck.pk}/replays/")
    work_off()
    stuck.refresh_from_db()
    assert (stuck.processed_at is not None, stuck.attempts) == (True, 1)


def test_a_reader_replays_nothing_and_a_collector_sees_nothing(
    processor: PaymentProcessor, sarah: User, auditor: User, stranger: User, as_user: As
) -> None:
    told = event(processor, processed_at=timezone.now())
    assert as_user(auditor).get(f"{URL}{told.pk}/").status_code == 200
    assert "Replay" not in text(as_user(auditor).get(f"{URL}{told.pk}/"))
    assert as_user(auditor).post(f"{URL}{told.pk}/replays/").status_code == 403
    with tenancy.acting_for(stranger.agency):
        foreign = as_user(stranger)
    for browser in (as_user(sarah), foreign):
        assert browser.get(f"{URL}{told.pk}/").status_code == 404
        assert browser.post(f"{URL}{told.pk}/replays/").status_code == 404
    assert as_user(sarah).get(URL).status_code == 404
    assert "No event yet" in text(foreign.get(URL))
    told.refresh_from_db()
    assert told.processed_at
