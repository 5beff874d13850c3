"""The operators' commands about payments: a sentence, or one JSON object, and what they did."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from core.models import Account, AuditLog, User
from debtflow.demo.local_stripe.control import Control
from payments.models import Payment, PaymentProcessor, WebhookEvent
from tests.payments.cast import charge, deliver, save_method, work_off


def run(*command: str) -> str:
    out = StringIO()
    call_command(*command, stdout=out)
    return out.getvalue().strip()


def test_reconciling_decides_what_can_be_decided(
    account: Account, processor: PaymentProcessor, sarah: User, stripe_control: Control
) -> None:
    payment = charge(account, save_method(processor, account, "pm_usBankAccount_success"), by=sarah)
    work_off()
    payment.refresh_from_db()
    assert payment.waits_for == "bank"
    stripe_control.settle(payment.processor_ref)
    told = json.loads(run("reconcile_payments", "--json"))
    assert told == {"ok": True, "looked_at": 1, "payments": {"completed": 1}}
    payment.refresh_from_db()
    assert payment.status == "completed"
    assert "No payment was undecided." in run("reconcile_payments", "--agency", "harborline recovery")


def test_an_agency_that_is_not_there(processor: PaymentProcessor) -> None:
    with pytest.raises(CommandError, match="There is no agency"):
        run("reconcile_payments", "--agency", "Nobody")


def test_an_event_is_worked_off_again(
    account: Account, processor: PaymentProcessor, sarah: User, stripe_control: Control
) -> None:
    payment = charge(account, save_method(processor, account), by=sarah)
    work_off()
    deliver(stripe_control)
    work_off()
    event = WebhookEvent.objects.get(type="payment_intent.succeeded")
    for name in (event.event_id, str(event.pk)):
        Payment.objects.update(looked_up_at=None)
        told = json.loads(run("replay_webhook", name, "--json"))
        assert (told["ok"], told["payment"], told["error"]) == (True, str(payment.pk), "")
        payment.refresh_from_db()
        assert payment.looked_up_at
    assert "payment_intent.succeeded was worked off. It is about payment" in run("replay_webhook", event.event_id)
    assert AuditLog.objects.filter(action=AuditLog.Action.WEBHOOK, object_pk=str(event.pk)).count() == 4


@pytest.mark.parametrize("name", ["evt_unknown", "0" * 32, "x y"])
def test_an_event_that_is_not_there(name: str, processor: PaymentProcessor) -> None:
    with pytest.raises(CommandError, match="There is no event"):
        run("replay_webhook", name)


def test_an_event_that_cannot_be_worked_off_says_why(
    account: Account, processor: PaymentProcessor, sarah: User, stripe_control: Control
) -> None:
    charge(account, save_method(processor, account), by=sarah)
    work_off()
    deliver(stripe_control)
    work_off()
    event = WebhookEvent.objects.get(type="payment_intent.succeeded")
    stripe_control.fault("error_before", count=1)
    with pytest.raises(CommandError, match="could not be worked off: Stripe did not answer"):
        run("replay_webhook", event.event_id)
