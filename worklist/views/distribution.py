"""The accounts that wait for a desk: `/team/distribution/`."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.views.decorators.http import require_http_methods, require_POST

from core import automatic_distribution, distribution
from core.access import SignedInRequest, admins_only, managers_only
from core.distribution import DistributionRefused, DoneAlready
from core.words import count
from worklist.team.sharing_words import Distribution

# A form without the plan that was seen is an outdated one.
NOT_SEEN = "-"


@require_http_methods(["GET", "HEAD"])
@managers_only
def show(request: SignedInRequest) -> HttpResponse:
    """The plan as it would be carried out now."""
    return _page(request)


@require_POST
@admins_only
def carry_out(request: SignedInRequest) -> HttpResponse:
    """Assign by the plan that was seen; 409 with the new one when accounts or desks changed since."""
    try:
        made = distribution.carry_out(by=request.user, expected=request.POST.get("plan") or NOT_SEEN)
        messages.success(request, f"{count(made.placed, 'account')} assigned.")
    except DoneAlready:
        messages.info(request, "These accounts were assigned a moment ago.")
    except DistributionRefused as refusal:
        return _page(request, problem=str(refusal), status=409)
    return HttpResponseRedirect(resolve_url("team:distribution"), status=303)


@require_POST
@admins_only
def switch(request: SignedInRequest) -> HttpResponse:
    """Distribute after each import by itself, or no more."""
    on = request.POST.get("automatic") == "on"
    automatic_distribution.switch(on=on, by=request.user)
    told = "Waiting accounts are distributed after each import." if on else "Accounts wait until an admin assigns them."
    messages.success(request, told)
    return HttpResponseRedirect(resolve_url("team:distribution"), status=303)


def _page(request: SignedInRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    plan = distribution.preview()
    nobody = not plan.shares and not distribution.active_desks()
    page = Distribution(plan, automatic_distribution.is_on(), nobody, problem)
    return render(request, "worklist/team/distribution.html", {"page": page}, status=status)
