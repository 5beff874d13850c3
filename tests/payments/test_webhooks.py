"""An event is believed for its signature alone, stored once, and changes what its processor confirms."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
import stripe
from django.test import Client

from core import tenancy
from core.models import Account, Agency, User
from debtflow.demo.local_stripe.control import Control
from debtflow.demo.local_stripe.world import World
from payments import events
from payments.models import Payment, PaymentProcessor, WebhookEvent
from tests.cast import make_user
from tests.payments.cast import (
    books_agree,
    charge,
    connect,
    deliver,
    learn,
    post,
    save_method,
    work_off,
    worked,
)
from tests.payments.stripe_server import client_of, take


@pytest.fixture
def debit(account: Account, processor: PaymentProcessor, sarah: User) -> Payment:
    """A bank debit of 100.00 that waits for the bank."""
    payment = charge(account, save_method(processor, account, "pm_usBankAccount_success"), by=sarah)
    work_off()
    payment.refresh_from_db()
    return payment


def signed(secret: str, payload: str, at: float | None = None) -> str:
    stamp = int(at or time.time())
    return f"t={stamp},v1={stripe.WebhookSignature._compute_signature(f'{stamp}.{payload}', secret)}"


def event(kind: str, thing: dict[str, object], name: str = "evt_1") -> str:
    return json.dumps({"id": name, "type": kind, "data": {"object": thing}})


def test_the_bank_speaks_and_the_payment_is_completed(debit: Payment, stripe_control: Control) -> None:
    stripe_control.settle(debit.processor_ref)
    assert set(deliver(stripe_control)) == {200}
    debit.refresh_from_db()
    assert debit.status == "pending", "only stored until the worker comes"
    work_off()
    debit.refresh_from_db()
    debit.account.refresh_from_db()
    assert (debit.status, debit.account.current_balance) == ("completed", Decimal("400.00"))
    told = WebhookEvent.objects.get(type="payment_intent.succeeded")
    assert (told.payment, told.error) == (debit, "")
    assert books_agree() == []


def test_events_twice_and_in_disorder_change_nothing_more(debit: Payment, stripe_control: Control) -> None:
    stripe_control.settle(debit.processor_ref)
    told = stripe_control.take_webhooks()
    browser = Client()
    for one in [*reversed(told), *told, *told]:
        assert post(browser, one.payload, one.signature).status_code == 200
        work_off()
    assert WebhookEvent.objects.count() == len({one.id for one in told})
    debit.account.refresh_from_db()
    assert debit.account.current_balance == 400
    assert books_agree() == []


def test_an_event_that_comes_before_our_own_answer_finds_its_payment(
    account: Account, processor: PaymentProcessor, sarah: User, stripe_control: Control
) -> None:
    payment = charge(account, save_method(processor, account), by=sarah)
    stripe_control.fault("drop_after", method="POST", path="/v1/payment_intents")
    work_off()
    payment.refresh_from_db()
    assert (payment.status, payment.waits_for, payment.processor_ref) == ("pending", "retry", "")
    deliver(stripe_control)
    work_off()
    payment.refresh_from_db()
    assert payment.status == "completed"
    assert len(stripe_control.taken()) == 1


BODY = event("payment_intent.succeeded", {"id": "pi_1"})


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("none", lambda secret: ""),
        ("nonsense", lambda secret: "\x00;;t=,v1=é"),
        ("another secret", lambda secret: signed("whsec_other", BODY)),
        ("another body", lambda secret: signed(secret, BODY + " ")),
        ("six minutes old", lambda secret: signed(secret, BODY, time.time() - 360)),
        ("no time", lambda secret: signed(secret, BODY).partition(",")[2]),
    ],
)
def test_what_is_not_signed_changes_nothing(processor: PaymentProcessor, name: str, header: object) -> None:
    answer = post(Client(), BODY, header(processor.webhook_secrets))  # type: ignore[operator]
    assert answer.status_code == 400, name
    assert not WebhookEvent.objects.exists()


@pytest.mark.parametrize("body", ["", "[]", "null", '"x"', "{", '{"id": 1}', "[" * 5000])
def test_a_signed_body_that_is_no_event_is_refused(processor: PaymentProcessor, body: str) -> None:
    assert post(Client(), body, signed(processor.webhook_secrets, body)).status_code == 400
    assert not WebhookEvent.objects.exists()


def test_characters_that_no_database_stores_do_no_harm(processor: PaymentProcessor) -> None:
    body = '{"id": "evt_1", "type": "x", "data": {"object": {"name": "a\\u0000b\\ud800"}}}'
    assert post(Client(), body, signed(processor.webhook_secrets, body)).status_code == 200
    assert WebhookEvent.objects.get().payload["data"]["object"]["name"] == "ab?"


def test_while_a_secret_is_rolled_both_are_good(processor: PaymentProcessor) -> None:
    old, processor.webhook_secrets = processor.webhook_secrets, f"whsec_new\n{processor.webhook_secrets}"
    processor.save()
    for name, secret in (("evt_1", old), ("evt_2", "whsec_new")):
        body = event("ping", {}, name)
        assert post(Client(), body, signed(secret, body)).status_code == 200
    processor.webhook_secrets = "whsec_new"
    processor.save()
    assert post(Client(), BODY, signed(old, BODY)).status_code == 400


def test_unknown_types_are_stored_and_ignored(processor: PaymentProcessor) -> None:
    body = event("customer.created", {"id": "cus_1"})
    post(Client(), body, signed(processor.webhook_secrets, body))
    work_off()
    told = WebhookEvent.objects.get()
    assert told.processed_at
    assert told.error == events.NOT_USED


@contextmanager
def at_northwind(northwind: Agency, world: World) -> Iterator[tuple[PaymentProcessor, Payment, Control]]:
    """The other agency with a debit of its own."""
    with tenancy.acting_for(northwind):
        account = world.account("northwind")
        processor = connect(account)
        collector, admin = (make_user(northwind, f"{role}.n", role) for role in ("collector", "agency_admin"))
        theirs = worked(collector, admin)
        payment = charge(theirs, save_method(processor, theirs, "pm_usBankAccount_success"), by=collector)
        yield processor, payment, Control(account.base_url, account.secret_key)


def test_one_agencys_signature_cannot_move_anothers_payment(
    debit: Payment, processor: PaymentProcessor, northwind: Agency, stripe_control: Control, stripe_server: World
) -> None:
    stripe_control.settle(debit.processor_ref)  # so that it would complete if anybody believed it
    with at_northwind(northwind, stripe_server) as (theirs, _, _):
        thing = {"id": debit.processor_ref, "status": "succeeded", "metadata": {"payment": str(debit.pk)}}
        body = event("payment_intent.succeeded", thing | {"agency": str(debit.agency_id)})
        for path in ("", f"{theirs.pk}/"):
            answer = post(
                Client(), body, signed(theirs.webhook_secrets, body), f"/api/v1/payments/webhook/stripe/{path}"
            )
            assert answer.status_code == 200
        refused = post(
            Client(), body, signed(theirs.webhook_secrets, body), f"/api/v1/payments/webhook/stripe/{processor.pk}/"
        )
        assert refused.status_code == 400, "at the other agency's own door"
    work_off()
    debit.refresh_from_db()
    assert debit.status == "pending"
    assert not WebhookEvent.objects.exists()
    with tenancy.acting_for(northwind):
        assert WebhookEvent.objects.get().error == events.NOT_OURS


def test_a_payment_is_not_taken_over_by_an_event_that_names_it(
    debit: Payment, processor: PaymentProcessor, stripe_client: stripe.StripeClient
) -> None:
    """Somebody makes another charge in the same Stripe account that names our payment: the reference decides."""
    other = stripe_client.v1.payment_intents.create(
        {
            "amount": 9900,
            "currency": "usd",
            "confirm": True,
            "payment_method": "pm_card_visa",
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            "metadata": {"payment": str(debit.pk)},
        }
    )
    body = event("payment_intent.succeeded", {"id": other.id, "metadata": {"payment": str(debit.pk)}})
    post(Client(), body, signed(processor.webhook_secrets, body))
    work_off()
    debit.refresh_from_db()
    assert debit.status == "pending"


def test_an_event_cannot_move_a_payment_of_the_agencys_other_processor(
    account: Account, processor: PaymentProcessor, sarah: User, stripe_server: World
) -> None:
    payment = charge(account, save_method(processor, account), by=sarah)  # not sent yet: its reference is not known
    second = stripe_server.account("second")
    connect(second, "second")
    other = take(client_of(second.secret_key, second.base_url), 10000, metadata={"payment": str(payment.pk)})
    body = event("payment_intent.succeeded", {"id": other.id, "metadata": {"payment": str(payment.pk)}})
    assert post(Client(), body, signed(second.webhook_secret, body)).status_code == 200
    told = WebhookEvent.objects.get()
    events.process(str(told.pk))
    payment.refresh_from_db()
    told.refresh_from_db()
    assert (payment.status, payment.processor_ref) == ("pending", "")
    assert told.error == events.NOT_OURS


def test_while_stripe_is_silent_an_event_waits_and_then_counts(debit: Payment, stripe_control: Control) -> None:
    stripe_control.settle(debit.processor_ref)
    told = deliver(stripe_control)
    stripe_control.fault("error_before", count=10 * len(told))
    work_off()
    waiting = WebhookEvent.objects.get(type="payment_intent.succeeded")
    assert waiting.processed_at is None
    assert waiting.error
    stripe_control.clear_faults()
    debit.refresh_from_db()
    assert debit.status == "pending"
    from payments.models import GatewayHealth

    GatewayHealth.objects.all().delete()
    events.process(str(waiting.pk))
    debit.refresh_from_db()
    assert debit.status == "completed"


def test_what_is_worked_off_asks_stripe_no_more(debit: Payment, stripe_control: Control) -> None:
    deliver(stripe_control)
    work_off()
    told = WebhookEvent.objects.filter(payment=debit)
    assert told
    stripe_control.forget_requests()
    for one in told:
        events.process(str(one.pk))
    assert stripe_control.requests() == []


def test_an_event_is_replayed(debit: Payment, stripe_control: Control) -> None:
    deliver(stripe_control)
    work_off()
    told = WebhookEvent.objects.filter(payment=debit).first()
    assert told
    stripe_control.settle(debit.processor_ref)
    events.replay(told.pk)
    work_off()
    debit.refresh_from_db()
    assert debit.status == "completed", "it says where to look, not what to believe"


def test_learning_again_changes_nothing(debit: Payment, stripe_control: Control) -> None:
    stripe_control.settle(debit.processor_ref)
    for _ in range(3):
        learn(debit)
    debit.account.refresh_from_db()
    assert debit.account.current_balance == 400
    assert debit.account.activities.filter(kind="payment", data__what="completed").count() == 1
