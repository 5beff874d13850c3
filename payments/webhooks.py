"""Who sent this event, and is it new? Verified on the raw body, stored once, worked off by a job (SPEC §7.4)."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import stripe
import structlog

from core import audit, crossings, jobs, tenancy
from core.models import AuditLog
from core.prepared import rows_of
from payments.models import WebhookEvent

TOLERANCE = 300  # seconds
LARGEST = 1_000_000  # bytes; Stripe's events are far smaller
PROCESS = "payments.events.process"
# Should the job be lost, the event is found again after a minute.
STORE = """
INSERT INTO payments_webhookevent (agency_id, processor_id, event_id, type, payload, attempts, error, next_attempt_at)
VALUES (%s, %s, %s, %s, %s::jsonb, 0, '', now() + interval '1 minute') ON CONFLICT DO NOTHING RETURNING id
"""
log = structlog.get_logger(__name__)


class Forged(ValueError):
    """No secret of ours signed this; nothing was changed."""


@dataclass(frozen=True)
class Received:
    """What came of it."""

    agency: UUID
    processor: UUID
    event: UUID | None  # None: it was known already


def receive(body: bytes, signature: str, processor: UUID | None = None) -> Received:
    """Store an event for the agency whose secret signed it, whatever it says of itself. Raises Forged."""
    if len(body) > LARGEST:
        raise Forged("The event is too large.")
    for agency, one, secrets in crossings.webhook_secrets(processor):
        if any(_is_signed(body, signature, secret) for secret in secrets):
            event = _read(body)
            with tenancy.going_on_for(agency):
                return Received(agency, one, _store(event, one))
    raise Forged("No secret fits the signature.")


def _is_signed(body: bytes, signature: str, secret: str) -> bool:
    try:
        stripe.WebhookSignature.verify_header(body.decode(), signature, secret, TOLERANCE)
    except Exception:  # noqa: BLE001  (whatever a hostile body or header raises: it is not signed)
        return False
    return True


def _read(body: bytes) -> tuple[str, str, str]:
    """The event's id, its type and its payload. A body that is no event raises Forged, though it was signed."""
    try:
        payload: Any = _storable(json.loads(body))
        return str(payload["id"])[:100], str(payload["type"])[:100], json.dumps(payload)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Forged("It is not an event.") from error


def _store(event: tuple[str, str, str], processor: UUID) -> UUID | None:
    """The new event's id, None for one that is known."""
    event_id, kind, payload = event
    facts: list[Any] = [tenancy.current_agency_id(), processor, event_id, kind, payload]
    stored = rows_of(STORE, facts)
    if not stored:
        return None
    received = WebhookEvent(pk=stored[0][0], event_id=event_id, type=kind)
    audit.record(received, AuditLog.Action.WEBHOOK)
    jobs.enqueue(PROCESS, str(received.pk))
    return received.pk


def _storable(value: Any) -> Any:
    """Without what PostgreSQL's jsonb cannot hold: NUL, and halves of characters."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_storable(key): _storable(one) for key, one in value.items()}
    return [_storable(one) for one in value] if isinstance(value, list) else value
