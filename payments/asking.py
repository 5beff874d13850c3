"""How is a processor asked about a payment? Through its breaker, with what came back brought into the books.

Runs outside any transaction: the answer of a processor takes as long as it takes, and holds no lock meanwhile.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from core import jobs, tenancy
from core.models import Agency
from payments import breaker, completing, linking, processors, taking
from payments.gateway.over_stripe import Stripe
from payments.gateway.seen import Seen, State
from payments.gateway.troubles import Kind, NotAnswering, Trouble
from payments.models import Customer, Payment

RETRIES = (2, 4, 8)  # seconds (SPEC §7.2)
RUN = "payments.reconciliation.run"
# When a payment that waits is looked at again, should no webhook come before.
LOOK_AGAIN = {
    State.AT_BANK: timedelta(hours=1),
    State.ACTION: timedelta(minutes=10),
    State.DETAILS: timedelta(minutes=10),
}
LONGEST = timedelta(hours=1)
GIVEN_UP = timedelta(hours=1)
KEY_LASTS = timedelta(hours=23)  # Stripe forgets a key after 24 hours
Status, Waits = Payment.Status, Payment.WaitsFor


def charge(payment: Payment) -> None:
    """Send it. With the same idempotency key as ever, so that it is charged once however often this runs."""
    try:
        with breaker.guarding(payment.processor_id):
            stripe = processors.gateway(payment.processor)
            if payment.metadata.get("how") == "link":
                linking.made(payment, linking.make(stripe, payment))
                return
            customer, currency = _customer(stripe, payment), _currency()
            if payment.metadata.get("how") == "saved":
                seen = stripe.charge(payment, customer, currency)
            else:
                seen = stripe.prepare(payment, customer, currency)
    except (Trouble, NotAnswering) as trouble:
        _not_done(payment, trouble)
    else:
        _learn(payment, seen)


def look_up(payment: Payment) -> None:
    """Find out what became of it. One that its processor does not know is sent (again), or given up after an hour.

    Sent with the same key: should the first request still be under way, or have been answered with an error that is
    kept, nothing is charged twice.
    """
    try:
        with breaker.guarding(payment.processor_id):
            stripe = processors.gateway(payment.processor)
            ref = payment.processor_ref or _find(stripe, payment)
            seen = stripe.look_up(ref) if ref else None
    except (Trouble, NotAnswering) as trouble:
        later(payment, until(payment, trouble))
        return
    if seen:
        _learn(payment, seen)
    elif payment.metadata.get("session"):
        later(payment, timezone.now() + LOOK_AGAIN[State.DETAILS])
    elif timezone.now() - payment.created_at < GIVEN_UP:
        _send_again(payment)
    else:
        completing.fail(payment.pk, "never_sent", "It never reached the processor; nothing was charged.")


def _send_again(payment: Payment) -> None:
    """Unless the saved method is not charged any more: then it is only looked for."""
    with tenancy.transaction():
        why = taking.no_longer(payment, payment.account)
    if why:
        later(payment, timezone.now() + LOOK_AGAIN[State.DETAILS])
    else:
        charge(payment)


def later(payment: Payment, at: datetime) -> None:
    """Look at it again at that time, unless it was decided meanwhile."""
    with tenancy.transaction():
        _, fresh = completing.lock(payment.pk)
        if fresh.is_undecided:
            fresh.next_attempt_at = at
            fresh.save(update_fields=["next_attempt_at", "updated_at"])
            jobs.run_earlier(RUN, max((at - timezone.now()).total_seconds(), 0))


def _learn(payment: Payment, seen: Seen) -> None:
    fresh = completing.learn(payment.pk, seen)
    if fresh.is_undecided:
        later(fresh, timezone.now() + LOOK_AGAIN.get(seen.state, LONGEST))


def _not_done(payment: Payment, trouble: Trouble | NotAnswering) -> None:
    if isinstance(trouble, Trouble) and trouble.kind is not Kind.TRANSIENT:
        completing.fail(payment.pk, trouble.code, str(trouble))
        return
    with tenancy.transaction():
        _, fresh = completing.lock(payment.pk)
        if not fresh.is_undecided:
            return
        fresh.failure_message = str(trouble)
        if isinstance(trouble, NotAnswering):
            fresh.waits_for, at = Waits.RETRY, trouble.until
        elif fresh.attempts < len(RETRIES):
            at = timezone.now() + timedelta(seconds=RETRIES[fresh.attempts])
            fresh.attempts, fresh.waits_for = fresh.attempts + 1, Waits.RETRY
        else:  # sent four times and never answered: nobody knows, and nobody guesses
            fresh.status, fresh.waits_for = Status.UNKNOWN, Waits.GATEWAY
            at = timezone.now() + timedelta(minutes=1)
        fresh.next_attempt_at = at
        fresh.save()
        jobs.run_earlier(RUN, max((at - timezone.now()).total_seconds(), 0))


def until(payment: Payment, trouble: Trouble | NotAnswering) -> datetime:
    """When to ask again after a trouble: later and later, or when the circuit may close."""
    if isinstance(trouble, NotAnswering):
        return trouble.until
    waited = timezone.now() - payment.created_at
    return timezone.now() + min(max(waited, timedelta(minutes=1)), LONGEST)


def _find(stripe: Stripe, payment: Payment) -> str:
    if session := payment.metadata.get("session"):
        return stripe.charge_of(session)
    return "" if payment.metadata.get("how") == "link" else stripe.find(payment, _known_customer(payment))


def _customer(stripe: Stripe, payment: Payment) -> str:
    if known := _known_customer(payment):
        return known
    debtor = payment.account.debtor
    ref = stripe.customer(str(debtor.pk), debtor.full_name)
    with tenancy.transaction():
        made = Customer(processor_id=payment.processor_id, debtor=debtor, ref=ref)
        Customer.objects.bulk_create([made], ignore_conflicts=True)
    return _known_customer(payment)


def _known_customer(payment: Payment) -> str:
    with tenancy.transaction():
        known = Customer.objects.filter(processor=payment.processor_id, debtor=payment.account.debtor_id)
        return known.values_list("ref", flat=True).first() or ""


def _currency() -> str:
    return Agency.objects.values_list("currency", flat=True).get(pk=tenancy.current_agency_id())


def read(payment_id: str | UUID) -> Payment:
    """The payment with what asking needs of its surroundings."""
    with tenancy.transaction():
        related = ("processor", "account__debtor", "saved_method")
        return Payment.objects.select_related(*related).get(pk=payment_id)
