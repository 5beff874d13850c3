"""What does an event change? It says where to look: the processor is asked for the whole truth, which is applied.

So late, repeated and disordered events are harmless, and an event can touch no payment but those of the processor whose
secret signed it, whatever its body claims.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from core import jobs, tenancy
from payments import breaker, completing, processors
from payments.gateway.troubles import NotAnswering, Trouble
from payments.models import Payment, WebhookEvent

HANDLED = ("payment_intent.", "charge.", "refund.", "checkout.session.")
MOST_ATTEMPTS = 12
LONGEST = timedelta(hours=1)
NOT_OURS = "It is about no payment of ours."
NOT_USED = "Nothing of ours depends on it."


def process(event_id: str) -> None:
    """The job: work one event off, once."""
    if (event := _claim(event_id)) is None:
        return
    intent, named = _subject(event)
    if not event.type.startswith(HANDLED) or not (intent or named):
        _done(event, None, NOT_USED)
        return
    payment = _payment(event, intent, named)
    if payment is None:
        _done(event, None, NOT_OURS)
        return
    try:
        with breaker.guarding(event.processor_id):
            seen = processors.gateway(event.processor).look_up(payment.processor_ref or intent)
    except (Trouble, NotAnswering) as trouble:
        _later(event, trouble)
        return
    with tenancy.transaction():
        completing.learn(payment.pk, seen)
        _done(event, payment, "")


def replay(event_id: UUID) -> None:
    """Work it off again, for an operator."""
    with tenancy.transaction():
        WebhookEvent.objects.filter(pk=event_id).update(
            processed_at=None, attempts=0, error="", next_attempt_at=timezone.now() + timedelta(minutes=1)
        )
        jobs.enqueue("payments.events.process", str(event_id))


def _claim(event_id: str) -> WebhookEvent | None:
    with tenancy.transaction():
        event = WebhookEvent.objects.locked().select_related("processor").filter(pk=event_id).first()
        if event is None or event.processed_at:
            return None
        event.attempts += 1
        event.next_attempt_at = timezone.now() + timedelta(minutes=1)
        event.save(update_fields=["attempts", "next_attempt_at"])
    return event


def _subject(event: WebhookEvent) -> tuple[str, str]:
    """(PaymentIntent's reference, the id of ours it names) of what the event is about; empty where it says nothing."""
    data = event.payload.get("data")
    found: Any = data.get("object") if isinstance(data, dict) else None
    if not isinstance(found, dict):
        return "", ""
    intent = found.get("id") if event.type.startswith("payment_intent.") else found.get("payment_intent")
    intent = intent.get("id") if isinstance(intent, dict) else intent
    metadata = found.get("metadata")
    named = metadata.get("payment", "") if isinstance(metadata, dict) else ""
    return str(intent or ""), str(named or "")


def _payment(event: WebhookEvent, intent: str, named: str) -> Payment | None:
    """By the reference we know; else by the id it names, when that waits for an answer of this very processor."""
    with tenancy.transaction():
        ours = Payment.objects.filter(processor=event.processor_id)
        if intent and (found := ours.filter(processor_ref=intent).first()):
            return found
        try:
            return ours.filter(pk=UUID(named), processor_ref="").first() if intent else None
        except ValueError:
            return None


def _done(event: WebhookEvent, payment: Payment | None, why: str) -> None:
    with tenancy.transaction():
        WebhookEvent.objects.filter(pk=event.pk).update(
            processed_at=timezone.now(), payment=payment, error=why, next_attempt_at=None
        )


def _later(event: WebhookEvent, trouble: Trouble | NotAnswering) -> None:
    """Again after a while that doubles; after a dozen times it waits for a person."""
    wait = min(timedelta(seconds=2**event.attempts), LONGEST)
    at = trouble.until if isinstance(trouble, NotAnswering) else timezone.now() + wait
    given_up = event.attempts >= MOST_ATTEMPTS
    with tenancy.transaction():
        WebhookEvent.objects.filter(pk=event.pk).update(
            error=str(trouble)[:500], next_attempt_at=None if given_up else at
        )
        if not given_up:
            jobs.run_earlier("payments.reconciliation.run", max((at - timezone.now()).total_seconds(), 0))
