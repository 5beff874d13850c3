"""What became of what nobody decided? Looked up at the processor until it is known (SPEC §7.6)."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from core import crossings, jobs, tenancy
from payments import asking, cancelling, charging, events, refunding
from payments.models import Payment, Refund, WebhookEvent

AT_ONCE = 500  # of one agency in one run; the rest in the next
RUN = asking.RUN
Waits = Payment.WaitsFor


def run() -> None:
    """Every agency's payments, refunds and events whose time has come (a recurring job)."""
    for agency_id in crossings.active_agencies():
        with tenancy.working_for(agency_id):
            run_for_agency()


def run_for_agency() -> int:
    """The same for the current agency; gives how many were looked at."""
    now = timezone.now()
    with tenancy.transaction():
        due = Q(next_attempt_at__lte=now)
        undecided = Payment.objects.filter(due, status__in=[Payment.Status.PENDING, Payment.Status.UNKNOWN])
        payments = list(undecided.order_by("next_attempt_at").values_list("pk", flat=True)[:AT_ONCE])
        refunds = list(Refund.objects.filter(due, status=Refund.Status.PENDING).values_list("pk", flat=True)[:AT_ONCE])
        late = WebhookEvent.objects.filter(due, processed_at=None).order_by("created_at")
        told = list(late.values_list("pk", flat=True)[:AT_ONCE])
        following = undecided_next(now)
    for pk in payments:
        resolve(pk)
    for pk in refunds:
        refunding.send(str(pk))
    for pk in told:
        events.process(str(pk))
    if following is not None:
        jobs.run_earlier(RUN, following)
    return len(payments) + len(refunds) + len(told)


def resolve(payment_id: UUID) -> None:
    """Send one that waits to be sent; look up any other."""
    payment = asking.read(payment_id)
    is_young = timezone.now() - payment.created_at < asking.KEY_LASTS
    if is_young and payment.waits_for in (Waits.WORKER, Waits.RETRY):
        charging.charge(str(payment_id))
        return
    if payment.metadata.get("called_off"):
        cancelling.cancel(str(payment_id))
        return
    if cancelling.is_late(payment):
        cancelling.call_off(payment_id, by=None, because=cancelling.LATE)
        return
    # Who else looks at the same moment finds it in the future.
    asking.later(payment, timezone.now() + timedelta(minutes=1))
    asking.look_up(payment)


def undecided_next(now: datetime) -> float | None:
    """Seconds until the next payment is due, when that is before the next regular run."""
    soon = Payment.objects.filter(
        status__in=[Payment.Status.PENDING, Payment.Status.UNKNOWN],
        next_attempt_at__gt=now,
        next_attempt_at__lte=now + timedelta(minutes=1),
    ).order_by("next_attempt_at")
    at = soon.values_list("next_attempt_at", flat=True).first()
    return (at - now).total_seconds() if at else None
