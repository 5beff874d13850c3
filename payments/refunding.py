"""How is money given back? By an admin, for a reason, never more than is held; by the processor that took it."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Sum
from django.utils import timezone

from core import clock, jobs, meanwhile, tenancy
from core.refusals import ChangedMeanwhile, FieldRefused
from core.words import money
from payments import asking, breaker, completing, processors, telling
from payments.gateway.troubles import Kind, NotAnswering, Trouble
from payments.models import Payment, PaymentProcessor, Refund

if TYPE_CHECKING:
    from core.models import User

SEND = "payments.refunding.send"
Status = Refund.Status


class RefundRefused(FieldRefused):
    """Nothing was given back."""


def refund(
    payment_id: UUID, amount: Decimal, reason: str, *, key: str, by: "User", expected: Decimal | None = None
) -> Refund:
    """Give back part or all of a payment. What was recorded by hand is given back by hand: it is recorded at once.

    `expected` is what could be given back when the user saw it. The same key gives the same refund. Raises
    RefundRefused, and ChangedMeanwhile when by now another sum can be given back.
    """
    with tenancy.transaction():
        _, payment = completing.lock(payment_id)
        if known := Refund.objects.filter(idempotency_key=key).first():
            if (known.payment_id, known.amount) != (payment.pk, amount):
                raise RefundRefused("", "This form was sent before with other facts. Open it again.")
            return known
        if expected is not None and by.is_admin and expected != refundable(payment):
            raise ChangedMeanwhile(_who_was_faster(payment, by))
        _check(payment, amount, reason, key, by)
        by_hand = payment.processor.kind == PaymentProcessor.Kind.MANUAL
        made = Refund.objects.create(
            payment=payment,
            amount=amount,
            reason=reason.strip()[:255],
            requested_by=by,
            idempotency_key=key,
            next_attempt_at=None if by_hand else timezone.now() + timedelta(minutes=1),
            **clock.born(),
        )
        if by_hand:
            return completing.refunded(made.pk, by=by)
        telling.tell(payment, "refund_begun", f"{money(amount)} to be given back: {made.reason}", by=by)
        jobs.enqueue(SEND, str(made.pk))
    return made


def refundable(payment: Payment) -> Decimal:
    """What can still be given back of it."""
    pending = payment.refunds.filter(status=Status.PENDING).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    return max(payment.held - pending, Decimal(0))


def _who_was_faster(payment: Payment, by: "User") -> str:
    left = f"{money(refundable(payment))} can still be given back."
    last = payment.refunds.select_related("requested_by").order_by("-created_at", "-id").first()
    if last is None:
        return f"The payment changed meanwhile. {left}"
    asker = last.requested_by
    who = "You" if asker and asker.pk == by.pk else str(asker or "Somebody at the processor")
    return f"{who} gave back {money(last.amount)} {meanwhile.how_long_ago(last.created_at)}. {left}"


def _check(payment: Payment, amount: Decimal, reason: str, key: str, by: "User") -> None:
    if not by.is_admin:
        raise RefundRefused("", "Only an admin of the agency gives money back.")
    if not payment.was_taken:
        raise RefundRefused("", "Only what was taken can be given back.")
    if not key or len(key) > 100:
        raise RefundRefused("", "This form is out of date. Open it again; nothing was given back.")
    if not reason.strip():
        raise RefundRefused("reason", "Enter why it is given back.")
    if not Decimal(0) < amount <= refundable(payment) or amount != round(amount, 2):
        raise RefundRefused("amount", f"Enter an amount of more than zero and at most {money(refundable(payment))}.")


def send(refund_id: str) -> None:
    """The job: have the processor give it back, with the same key as ever, so that it is once.

    One that is on its way (a bank takes days) is looked up, should the word that it arrived be lost.
    """
    with tenancy.transaction():
        related = ("payment__processor", "payment__account")
        found = Refund.objects.select_related(*related).get(pk=refund_id)
    if found.status != Status.PENDING:
        return
    if found.processor_ref:
        _follow(found)
        return
    try:
        with breaker.guarding(found.payment.processor_id):
            seen = processors.gateway(found.payment.processor).refund(found)
    except (Trouble, NotAnswering) as trouble:
        _not_done(found, trouble)
    else:
        completing.refunded(found.pk, seen)


def _follow(refund: Refund) -> None:
    """When it is due, by whoever is first: the others find it in the future."""
    now = timezone.now()
    with tenancy.transaction():
        due = Refund.objects.filter(pk=refund.pk, status=Status.PENDING, next_attempt_at__lte=now)
        is_mine = due.update(next_attempt_at=now + completing.ON_ITS_WAY)
    if is_mine:
        asking.look_up(asking.read(refund.payment_id))


def _not_done(refund: Refund, trouble: Trouble | NotAnswering) -> None:
    with tenancy.transaction():
        completing.lock(refund.payment_id)
        fresh = Refund.objects.locked().get(pk=refund.pk)
        if fresh.status != Status.PENDING:
            return
        fresh.failure_message = str(trouble)[:500]
        if isinstance(trouble, Trouble) and trouble.kind is not Kind.TRANSIENT:
            fresh.status, fresh.failure_code, fresh.next_attempt_at = Status.FAILED, trouble.code[:100], None
            body = f"{money(fresh.amount)} could not be given back: {trouble}"
            telling.tell(refund.payment, "refund_failed", body, by=None, code=trouble.code)
        else:
            fresh.next_attempt_at = _next_try(fresh, trouble)
            fresh.attempts += isinstance(trouble, Trouble)
            jobs.run_earlier(asking.RUN, max((fresh.next_attempt_at - timezone.now()).total_seconds(), 0))
        fresh.save()


def _next_try(refund: Refund, trouble: Trouble | NotAnswering) -> datetime:
    if isinstance(trouble, NotAnswering):
        return trouble.until
    seconds = (
        asking.RETRIES[refund.attempts] if refund.attempts < len(asking.RETRIES) else asking.LONGEST.total_seconds()
    )
    return timezone.now() + timedelta(seconds=seconds)
