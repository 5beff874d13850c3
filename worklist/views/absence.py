"""The desk of somebody who is away: `/team/<id>/reassignment/`."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render, resolve_url
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from core import absence, people
from core.access import SignedInRequest, admins_only
from core.distribution import DistributionRefused, DoneAlready
from core.models import Collector
from worklist.team.sharing_words import Reassignment, done
from worklist.views.distribution import NOT_SEEN


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def clear(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Choose where the accounts go and look at it (GET), then do it (POST); 409 when it is not what was seen."""
    collector = get_object_or_404(Collector.objects.select_related("user"), pk=pk)
    if request.method != "POST":
        return _page(request, collector, request.GET.get("to", "")[:40])
    to = request.POST.get("to", "")[:40]
    try:
        made = absence.carry_out(collector, to, by=request.user, expected=request.POST.get("plan") or NOT_SEEN)
        messages.success(request, done(made))
    except DoneAlready:
        messages.info(request, "These accounts were moved a moment ago.")
    except DistributionRefused as refusal:
        return _page(request, collector, to, problem=str(refusal), status=409)
    return HttpResponseRedirect(resolve_url("team:member", pk), status=303)


def _page(
    request: SignedInRequest, collector: Collector, to: str, *, problem: str = "", status: int = 200
) -> HttpResponse:
    clearing = None
    if to:
        try:
            clearing = absence.preview(collector, to)
        except DistributionRefused as refusal:
            problem, status = problem or str(refusal), max(status, 422)
    context = {
        "collector": collector,
        "page": Reassignment(clearing),
        "to": to,
        "problem": problem,
        "colleagues": _colleagues(collector, to),
    }
    return render(request, "worklist/team/reassignment.html", context, status=status)


def _colleagues(collector: Collector, to: str) -> SafeString:
    names = people.names()
    others = {pk: name for pk, name in names.collectors.items() if pk in names.active and pk != collector.pk}
    return people.selecting(people.options(others), to)
