"""The job that sends one payment to its processor."""

from datetime import timedelta

from django.utils import timezone

from core import tenancy
from payments import asking, completing, taking
from payments.models import Payment

NOT_ALLOWED = "not_allowed"
Waits = Payment.WaitsFor


def charge(payment_id: str) -> None:
    """Send it, unless somebody else has: whoever turns the row from waiting to sent is the one."""
    if claim(payment_id):
        asking.charge(asking.read(payment_id))


def claim(payment_id: str) -> bool:
    """Is it ours to send? Then nobody looks at it for a minute, and afterwards it is looked up, never sent blindly.

    What may not be charged any more has failed; if it was sent before and not answered, it is only looked up.
    """
    with tenancy.transaction():
        account, payment = completing.lock(payment_id)  # type: ignore[arg-type]
        if payment.status != Payment.Status.PENDING or payment.waits_for not in (Waits.WORKER, Waits.RETRY):
            return False
        why = taking.no_longer(payment, account)
        if why and not payment.attempts:
            completing.fail(payment.pk, NOT_ALLOWED, why)
            return False
        payment.waits_for = Waits.GATEWAY
        payment.next_attempt_at = timezone.now() + timedelta(minutes=1)
        payment.save(update_fields=["waits_for", "next_attempt_at", "updated_at"])
    return not why
