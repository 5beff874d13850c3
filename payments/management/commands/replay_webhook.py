"""replay_webhook EVENT_ID: work a stored event off again, here and now."""

from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser

from core import audit, crossings, onboarding, tenancy
from core.commands import OperatorCommand, Outcome
from core.models import AuditLog
from payments import events
from payments.models import WebhookEvent


class Command(OperatorCommand):
    help = "Work a stored webhook event off again."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("event_id", help="the processor's id (evt_…) or ours")
        parser.add_argument("--agency", default="", help="only this agency's")

    def carry_out(self, **options: Any) -> Outcome:
        only = onboarding.agency_named(options["agency"]).pk if options["agency"] else None
        found = [
            (agency, pk)
            for agency in ([only] if only else crossings.all_agencies())
            for pk in _named(agency, options["event_id"])
        ]
        if not found:
            raise CommandError(f"There is no event “{options['event_id']}”.")
        if len(found) > 1:
            raise CommandError("Several processors have an event of this id. Give ours, or --agency.")
        return _replay(*found[0])


def _named(agency: UUID, name: str) -> list[UUID]:
    try:
        named = {"pk": UUID(name)}
    except ValueError:
        named = {"event_id": name}  # type: ignore[dict-item]
    with tenancy.acting_for(agency):
        return list(WebhookEvent.objects.filter(**named).values_list("pk", flat=True))


def _replay(agency: UUID, pk: UUID) -> Outcome:
    with tenancy.working_for(agency):
        events.replay(pk)
        events.process(str(pk))
        with tenancy.transaction():
            event = WebhookEvent.objects.get(pk=pk)
            audit.record(event, AuditLog.Action.WEBHOOK, {"replayed": ["", "by an operator"]})
    facts = {"event": str(pk), "type": event.type, "payment": event.payment_id, "error": event.error}
    if event.processed_at is None:
        return Outcome(f"{event.type} could not be worked off: {event.error}", facts, ok=False)
    about = f"It is about payment {event.payment_id}." if event.payment_id else event.error
    return Outcome(f"{event.type} was worked off. {about}", facts)
