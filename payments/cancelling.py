"""How is a payment called off that waits for somebody? At the processor first; only then it has failed here."""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils import timezone

from core import jobs, tenancy
from core.refusals import ChangedMeanwhile
from payments import asking, breaker, completing, processors
from payments.gateway.over_stripe import Stripe
from payments.gateway.seen import Seen
from payments.gateway.troubles import Kind, NotAnswering, Trouble
from payments.models import Payment

if TYPE_CHECKING:
    from core.models import User

CANCEL = "payments.cancelling.cancel"
LONGEST = timedelta(hours=24)
LATE = "Nobody completed it within 24 hours."
Waits = Payment.WaitsFor


def is_waiting(payment: Payment) -> bool:
    """Does it wait for a person, so that it can be called off?"""
    waits = payment.is_undecided and payment.waits_for in (Waits.DETAILS, Waits.ACTION)
    return waits and not payment.metadata.get("called_off")


def is_late(payment: Payment) -> bool:
    """Has the debtor had a day for it?"""
    by_himself = payment.metadata.get("how") in ("details", "link")
    return is_waiting(payment) and by_himself and timezone.now() - payment.created_at >= LONGEST


def call_off(payment_id: UUID, *, by: "User | None", because: str = "") -> Payment:
    """Have it canceled, by job. Raises ChangedMeanwhile when it waits for nobody any more."""
    with tenancy.transaction():
        _, payment = completing.lock(payment_id)
        if not is_waiting(payment):
            raise ChangedMeanwhile("The payment does not wait for anybody any more; it was not canceled.")
        payment.metadata["called_off"] = because or f"Canceled by {by}."
        payment.next_attempt_at = timezone.now() + timedelta(minutes=1)
        payment.save(update_fields=["metadata", "next_attempt_at", "updated_at"])
        jobs.enqueue(CANCEL, str(payment.pk))
    return payment


def cancel(payment_id: str) -> None:
    """The job: cancel it at the processor. Should it have been paid at the last moment, then it is paid."""
    payment = asking.read(payment_id)
    if not payment.is_undecided or not payment.metadata.get("called_off"):
        return
    try:
        with breaker.guarding(payment.processor_id):
            seen = _at_processor(processors.gateway(payment.processor), payment)
    except (Trouble, NotAnswering) as trouble:
        if isinstance(trouble, Trouble) and trouble.kind is not Kind.TRANSIENT:
            _resume(payment)
            asking.look_up(asking.read(payment_id))
        else:
            asking.later(payment, asking.until(payment, trouble))
        return
    if seen is None:
        completing.fail(payment.pk, "canceled", payment.metadata["called_off"])
    else:
        completing.learn(payment.pk, replace(seen, message=seen.message or payment.metadata["called_off"]))


def _at_processor(stripe: Stripe, payment: Payment) -> Seen | None:
    """How the charge stands now; None when there never was one."""
    if session := payment.metadata.get("session"):
        ref = stripe.close(session) or payment.processor_ref
        return stripe.look_up(ref) if ref else None
    return stripe.cancel(payment.processor_ref) if payment.processor_ref else None


def _resume(payment: Payment) -> None:
    """It cannot be canceled, because it is paid or on its way: it is followed as before."""
    with tenancy.transaction():
        _, fresh = completing.lock(payment.pk)
        fresh.metadata.pop("called_off", None)
        fresh.save(update_fields=["metadata", "updated_at"])
