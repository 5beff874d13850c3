"""The inbox of webhook events: `/payments/events/`, one of them, and working it off again: `…/replays/`."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from core import audit
from core.access import SignedInRequest, admins_only, managers_only
from core.models import AuditLog
from core.pages import respond
from core.paging import page_of
from payments import events
from payments.models import WebhookEvent
from payments.pages.events import EventFilter, Row


@require_safe
@managers_only
def show_list(request: SignedInRequest) -> HttpResponse:
    """Every event that came, the newest first."""
    told = WebhookEvent.objects.defer("payload").select_related("processor", "payment__account")
    narrowed = EventFilter(request.GET, told, request=request)
    page = page_of(narrowed.qs, request.GET)
    context = {"filter": narrowed, "page": page, "rows": [Row.of(event) for event in page.rows]}
    return respond(request, "payments/events/list.html", context, region="results")


@require_safe
@managers_only
def show(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """One event with its payload; its region asks again until it is worked off."""
    event = get_object_or_404(WebhookEvent.objects.select_related("processor", "payment__account"), pk=pk)
    return respond(request, "payments/events/event.html", {"row": Row.of(event), "event": event}, region="event")


@require_POST
@admins_only
def replay(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Have the worker work it off again; doing so any number of times changes nothing that is right already."""
    event = get_object_or_404(WebhookEvent.objects.defer("payload"), pk=pk)
    events.replay(event.pk)
    audit.record(event, AuditLog.Action.WEBHOOK, {"replayed": ["", "asked for"]})
    messages.success(request, "The event is worked off again.")
    return redirect("payments:event", pk)
