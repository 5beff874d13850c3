"""The team: `/team/`. Managers look, admins change."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render, resolve_url
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import calendar, desks
from core.access import SignedInRequest, admins_only, managers_only
from core.desks import DeskChanged, Terms
from core.models import Collector
from core.refusals import FieldRefused
from worklist.team.roster import member, team


@require_safe
@managers_only
def show_list(request: SignedInRequest) -> HttpResponse:
    """Everybody's load, status by status, and the day so far; with `over=1` of those with more accounts than places."""
    found, only_over = team(calendar.zone_of(request.user)), request.GET.get("over") == "1"
    context = {"team": found, "only_over": only_over, "members": found.over if only_over else found.members}
    return render(request, "worklist/team/list.html", context)


@require_safe
@managers_only
def show(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """One collector."""
    return _page(request, pk)


@require_POST
@admins_only
def change_terms(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Change capacity and rate. 422 with what was typed when it is wrong, 409 when somebody else saved meanwhile."""
    collector = _collector(pk)
    typed = {name: request.POST.get(name, "")[:40] for name in ("capacity", "rate")}
    try:
        terms = Terms.read(typed["capacity"], typed["rate"])
        desks.change_terms(pk, terms, by=request.user, expected=request.POST.get("expected", ""))
    except FieldRefused as refusal:
        return _page(request, pk, status=422, typed=typed, errors={refusal.field: str(refusal)})
    except DeskChanged as lost:
        return _page(request, pk, status=409, typed=typed, problem=str(lost))
    messages.success(request, f"The desk of {collector} is saved.")
    return _to(pk)


@require_POST
@admins_only
def activate(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Give this collector accounts again."""
    collector = _collector(pk)
    desks.set_active(pk, active=True, by=request.user)
    messages.success(request, f"{collector} is active and gets accounts again.")
    return _to(pk)


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def deactivate(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Asked first (GET); what is on the desk stays, and may be moved at once."""
    collector = _collector(pk)
    if request.method != "POST":
        context = {"member": member(calendar.zone_of(request.user), pk)}
        return render(request, "worklist/team/deactivation.html", context)
    desks.set_active(pk, active=False, by=request.user)
    messages.success(request, f"{collector} is inactive and gets no more accounts.")
    if request.POST.get("then") == "move":
        return HttpResponseRedirect(resolve_url("team:reassignment", pk), status=303)
    return _to(pk)


def _collector(pk: UUID) -> Collector:
    return get_object_or_404(Collector.objects.select_related("user"), pk=pk)


def _page(request: SignedInRequest, pk: UUID, *, status: int = 200, **extra: Any) -> HttpResponse:
    found = member(calendar.zone_of(request.user), pk)
    if found is None:
        raise Http404
    context = {"member": found, "terms": Terms(found.capacity, found.rate), **extra}
    return render(request, "worklist/team/member.html", context, status=status)


def _to(pk: UUID) -> HttpResponse:
    return HttpResponseRedirect(resolve_url("team:member", pk), status=303)
