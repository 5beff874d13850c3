"""Pinned notes of a debtor: `/debtors/<id>/pins/` pins one, `/debtors/<id>/unpinnings/` takes it off."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from core import pinned_notes
from core.models import Activity
from core.pages import wants_region
from core.refusals import FieldRefused
from worklist.listing import queue
from worklist.views import account as account_views
from worklist.views.access import SignedInRequest, in_agency
from worklist.views.back import to_account
from worklist.views.debtors import again, debtor_to_change, to_debtor


@require_POST
@in_agency
def pin(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Pin a note of an account that the user may see; 422 with the reason when it cannot be."""
    return _do(request, pk, lambda note: pinned_notes.pin(pk, note, by=request.user), "Pinned")


@require_POST
@in_agency
def unpin(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Take the pin off again; twice is once."""
    return _do(request, pk, lambda note: pinned_notes.unpin(pk, note), "Unpinned")


def _do(request: SignedInRequest, pk: UUID, act: Callable[[UUID], object], done: str) -> HttpResponse:
    """Then show the page that the form stood on: the account's, or the debtor's."""
    debtor_to_change(request, pk)
    shown_on, refused = _account(request), ""
    try:
        act(_note(request))
    except FieldRefused as refusal:
        refused = str(refusal)
    if not refused and not wants_region(request):
        return to_account(request, shown_on, "#pins") if shown_on else to_debtor(request, pk, "pins")
    left: dict[str, Any] = {"status": 422, "problem": refused} if refused else {"pinning": done}
    return account_views.again(request, shown_on, **left) if shown_on else again(request, pk, **left)


def _note(request: SignedInRequest) -> UUID:
    """The note, if it is on an account that the user may see."""
    try:
        note = UUID(request.POST.get("note", ""))
    except ValueError:
        note = None
    if note is None or not Activity.objects.filter(pk=note, account__in=queue.visible_to(request.user)).exists():
        raise FieldRefused("note", "Choose a note of this debtor.")
    return note


def _account(request: SignedInRequest) -> UUID | None:
    try:
        asked = UUID(request.POST.get("account", ""))
    except ValueError:
        return None
    return asked if queue.visible_to(request.user).filter(pk=asked).exists() else None
