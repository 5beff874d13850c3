"""The next account to work: `/worklist/next/`; and `/worklist/finished/` when there is none."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.views.decorators.http import require_POST, require_safe

from core import calendar
from worklist.views.access import SignedInRequest, in_agency, refuse_looker
from worklist.views.back import to_account
from worklist.working import day, leases, trail


@require_POST
@in_agency
def go(request: SignedInRequest) -> HttpResponse:
    """Open the best workable account; the one that is left (`after`) is released."""
    refuse_looker(request)
    found = leases.next_account(request.user, after=_left(request))
    if found is None:
        return HttpResponseRedirect(resolve_url("worklist:finished"), status=303)
    trail.step(request.session, found)
    return to_account(request, found)


@require_safe
@in_agency
def finished(request: SignedInRequest) -> HttpResponse:
    """The queue is done: what was achieved today, and when it opens again."""
    zone = calendar.zone_of(request.user)
    context = {"achieved": day.achieved(request.user, zone), "opens": day.opens_next(request.user, zone)}
    return render(request, "worklist/finished.html", context)


def _left(request: SignedInRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("after", ""))
    except ValueError:
        return None
