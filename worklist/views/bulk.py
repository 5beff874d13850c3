"""Acts on many accounts of the list: `/worklist/assignments/`, `/worklist/priorities/`, and undoing them."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from core.pages import respond, wants_region
from core.priorities import PriorityRefused
from core.refusals import ChangedMeanwhile
from worklist.listing import bulk
from worklist.listing.bulk import Done
from worklist.listing.page import Listing
from worklist.models import BulkAct
from worklist.views.access import SignedInRequest, in_agency, refuse_all_but_admins, refuse_looker
from worklist.views.assignment import collector_of
from worklist.views.back import to_list
from worklist.views.listing import DONE, PARTS, TEMPLATE


@require_POST
@in_agency
def assign(request: SignedInRequest) -> HttpResponse:
    """Give the chosen accounts to a collector, or take them back, all or none."""
    return _act(
        request,
        lambda: bulk.assign(
            bulk.selected(request.user, request.POST),
            to=collector_of(request.POST.get("collector", "")),
            by=request.user,
            seen=bulk.seen_at(request.POST),
        ),
    )


@require_POST
@in_agency
def prioritise(request: SignedInRequest) -> HttpResponse:
    """Set the priority of the chosen accounts."""
    return _act(
        request,
        lambda: bulk.prioritise(
            bulk.selected(request.user, request.POST),
            _level(request.POST.get("level", "")),
            by=request.user,
            seen=bulk.seen_at(request.POST),
        ),
    )


@require_POST
@in_agency
def undo(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Take one's own act back; 404 for anybody else's."""

    def put_back() -> Done:
        try:
            return bulk.undo(pk, by=request.user)
        except BulkAct.DoesNotExist as error:
            raise Http404 from error

    return _act(request, put_back)


@require_safe
@in_agency
def matching(request: SignedInRequest) -> HttpResponse:
    """How many accounts match the list's filters: asked for when somebody begins to select."""
    context: dict[str, object] = {}
    try:
        context["number"] = len(bulk.all_that_match(request.user, request.GET))
    except bulk.SelectionRefused as refusal:
        context["refused"] = str(refusal)
    return render(request, f"{PARTS}/every.html", context)


def _act(request: SignedInRequest, act: Callable[[], Done]) -> HttpResponse:
    """Do it, then show the list that the accounts were chosen from, with what happened.

    Refused with 422, and with 409 when somebody else changed one of them after the list was made: the choice stays.
    """
    refuse_looker(request)
    refuse_all_but_admins(request)
    origin, refused, status = request.POST.get("list", "")[: bulk.LONGEST_QUERY], "", 200
    try:
        done = act()
    except bulk.Refused as refusal:
        done, refused, status = Done(""), str(refusal), 422
    except ChangedMeanwhile as lost:
        done, refused, status = Done(""), f"{lost} Nothing was changed. Look, then do it again.", 409
    if not wants_region(request):
        if refused:
            messages.error(request, refused)
        else:
            request.session[DONE] = {"sentence": done.sentence, "act": str(done.act.pk) if done.act else ""}
        return to_list(origin)
    listing = Listing(request.user, QueryDict(origin), picked=request.POST.getlist("ids") if refused else [])
    context = {"listing": listing, "refused": refused, "done": done}
    return respond(request, TEMPLATE, context, region="results", parts=PARTS, status=status)


def _level(text: str) -> int:
    if text not in {"0", "1", "2", "3"}:
        raise PriorityRefused("Choose a priority.")
    return int(text)
