"""The agency's table of outcomes: `/team/outcomes/`. Managers look, admins change."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render, resolve_url
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import outcome_table
from core.access import SignedInRequest, admins_only, managers_only
from core.models import Disposition
from core.outcome_table import OutcomeChanged
from core.pages import respond, wants_region
from core.refusals import FieldRefused
from worklist.team.outcome_form import OutcomeForm
from worklist.team.outcomes import changes, facts, table, theirs

LIST, ONE = "worklist/team/outcomes.html", "worklist/team/outcome.html"


@require_safe
@managers_only
def show_list(request: SignedInRequest) -> HttpResponse:
    """Every outcome in the order of the collector's list."""
    return _list(request)


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def create(request: SignedInRequest) -> HttpResponse:
    """A new outcome: its form, and the outcome itself."""
    form = OutcomeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            outcome = outcome_table.add(form.told, by=request.user)
            return _saved(request, outcome, f"“{outcome}” is added, last in the list.")
        except FieldRefused as refusal:
            form.refuse(refusal)
    return _one(request, form)


@require_safe
@managers_only
def show(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """One outcome: for admins the form, for others the facts; and what was changed about it."""
    outcome = get_object_or_404(Disposition, pk=pk)
    return _one(request, OutcomeForm(outcome=outcome))


@require_POST
@admins_only
def change(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Save it. 422 with what was typed when it is wrong, 409 with what differs when somebody else saved meanwhile."""
    outcome = get_object_or_404(Disposition.objects.locked(), pk=pk)
    form = OutcomeForm(request.POST, outcome=outcome)
    if form.is_valid():
        try:
            expected = form.cleaned_data["version"]
            saved = outcome_table.change(pk, form.told, by=request.user, expected=expected)
            return _saved(request, saved, f"“{saved}” is saved.")
        except FieldRefused as refusal:
            form.refuse(refusal)
        except OutcomeChanged as lost:
            return _one(request, form, status=409, problem=str(lost), theirs=theirs(form, outcome))
    return _one(request, form)


@require_POST
@admins_only
def activate(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Offer it to collectors again."""
    return _switched(request, pk, active=True)


@require_POST
@admins_only
def deactivate(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Offer it no more; what was logged with it stays."""
    return _switched(request, pk, active=False)


@require_POST
@admins_only
def move(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """One place up, or down."""
    outcome = get_object_or_404(Disposition.objects.filter(is_active=True), pk=pk)
    outcome_table.move(outcome.pk, up=request.POST.get("to") == "up", by=request.user)
    return _list(request) if wants_region(request) else _to_list(pk)


def _switched(request: SignedInRequest, pk: UUID, *, active: bool) -> HttpResponse:
    outcome = get_object_or_404(Disposition, pk=pk)
    try:
        outcome_table.switch(outcome.pk, active=active, by=request.user)
    except FieldRefused as refusal:
        return _list(request, status=422, problem=str(refusal))
    return _list(request) if wants_region(request) else _to_list(pk)


def _saved(request: SignedInRequest, outcome: Disposition, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return _to_list(outcome.pk)


def _to_list(pk: UUID) -> HttpResponse:
    return HttpResponseRedirect(f"{resolve_url('team:outcomes')}#o-{pk}", status=303)


def _list(request: SignedInRequest, *, status: int = 200, **extra: Any) -> HttpResponse:
    return respond(request, LIST, {"table": table(), **extra}, region="outcomes", status=status)


def _one(request: SignedInRequest, form: OutcomeForm, *, status: int = 0, **extra: Any) -> HttpResponse:
    context = {"form": form, **extra}
    if form.outcome:
        context |= {"outcome": form.outcome, "facts": facts(form.outcome), "changes": changes(form.outcome)}
    return render(request, ONE, context, status=status or (422 if form.errors else 200))
