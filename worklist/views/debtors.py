"""The debtor's page: `/debtors/<id>/`; his facts: `…/facts/`."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.views.decorators.http import require_POST, require_safe

from core import audit, debtors
from core.debtors import Facts
from core.models import Debtor
from core.pages import respond, wants_region
from core.refusals import ChangedMeanwhile, FieldRefused
from worklist.debtors.forms import FactsForm
from worklist.debtors.page import DebtorPage
from worklist.debtors.row import visible_to
from worklist.origin import Way
from worklist.views.access import SignedInRequest, in_agency, refuse_looker

TEMPLATE = "worklist/debtor/page.html"


def debtor_to_change(request: SignedInRequest, pk: UUID) -> Debtor:
    """The debtor, if this user may change him. 404 when he may not see him, 403 when he only looks."""
    debtor = visible_to(request.user).filter(pk=pk).first()
    if debtor is None:
        raise Http404
    refuse_looker(request)
    return debtor


@require_safe
@in_agency
def show(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The page, and the view of it audited; HTMX gets more of the timeline."""
    page = DebtorPage.open(request, pk)
    if not wants_region(request):
        audit.record_access(page.debtor)
    target = getattr(request, "htmx", None) and request.htmx.target
    region = {"older": "entries", "history": "history"}.get(target or "", "debtor")
    return respond(request, TEMPLATE, {"page": page}, region=region)


def again(request: SignedInRequest, pk: UUID, *, status: int = 200, **left: Any) -> HttpResponse:
    """The page after an action, with a sentence or an unfinished form; HTMX gets it without its frame."""
    page = DebtorPage.open(request, pk, **left)
    return respond(request, TEMPLATE, {"page": page}, region="debtor", status=status)


def to_debtor(request: SignedInRequest, pk: UUID, place: str) -> HttpResponse:
    """See the debtor again (303), with the way that led here still known."""
    way = Way(request)
    return HttpResponseRedirect(f"{resolve_url('worklist:debtor', pk)}{way.query(way.via)}#{place}", status=303)


@require_POST
@in_agency
def change_facts(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Correct name, address and language; 422 with what was typed, 409 with what is saved by now beside it."""
    before = Facts.of(debtor_to_change(request, pk))
    told = Facts.read(request.POST, before)
    form = FactsForm(request.POST, before)
    try:
        debtors.change(
            pk, told, by=request.user, expected=request.POST.get("expected", ""), reason=request.POST.get("reason", "")
        )
    except ChangedMeanwhile as lost:
        form.show_saved(before)
        return again(request, pk, status=409, problem=str(lost), place="facts", form=form)
    except FieldRefused as refusal:
        for name, sentence in (told.problems(before) | {refusal.field: str(refusal)}).items():
            form.add_error(name, sentence)
        return again(request, pk, status=422, place="facts", form=form)
    return again(request, pk, done="Saved", place="facts") if wants_region(request) else to_debtor(request, pk, "facts")
