"""Who works an account: `/accounts/<id>/assignment/`, and many at once: `/worklist/assignments/`."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.views.decorators.http import require_POST

from core import assignment
from core.assignment import AssignmentRefused
from core.models import Collector
from core.pages import respond, wants_region
from worklist.listing import Listing
from worklist.views.access import SignedInRequest, account_to_change, in_agency, refuse_looker
from worklist.views.account import again
from worklist.views.back import to_account, to_list
from worklist.views.listing import TEMPLATE

ADMINS_ONLY = "Only an agency admin assigns accounts."


@require_POST
@in_agency
def assign_one(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Give the account to a collector, or take it back. 409 when somebody else has reassigned it meanwhile."""
    account = account_to_change(request, pk)
    _refuse_all_but_admins(request)
    now = str(account.assigned_to_id or "")
    if request.POST.get("expected", now) != now:
        return again(request, pk, status=409, problem="Somebody else reassigned this account a moment ago.")
    try:
        to = _collector(request.POST.get("collector", ""))
        done = assignment.assign([pk], to=to, by=request.user)
    except AssignmentRefused as refusal:
        return again(request, pk, status=422, problem=str(refusal))
    if not done.changed and not done.unchanged:
        return again(request, pk, status=422, problem=done.sentence(to))
    return again(request, pk) if wants_region(request) else to_account(request, pk)


@require_POST
@in_agency
def assign_many(request: SignedInRequest) -> HttpResponse:
    """Give the chosen accounts to a collector, all or none; the list they were chosen from is shown again."""
    refuse_looker(request)
    _refuse_all_but_admins(request)
    origin = request.POST.get("list", "")
    refused = ""
    try:
        to = _collector(request.POST.get("collector", ""))
        sentence = assignment.assign(_ids(request), to=to, by=request.user).sentence(to)
    except AssignmentRefused as refusal:
        sentence = refused = str(refusal)
    if not wants_region(request):
        (messages.error if refused else messages.success)(request, sentence)
        return to_list(origin)
    context = {"listing": Listing(request.user, QueryDict(origin)), "refused": refused, "done": sentence}
    return respond(request, TEMPLATE, context, region="results", status=422 if refused else 200)


def _refuse_all_but_admins(request: SignedInRequest) -> None:
    if not request.user.is_admin:
        raise PermissionDenied(ADMINS_ONLY)


def _collector(text: str) -> Collector | None:
    """The collector of this id, None for `nobody`. Raises AssignmentRefused for anything else."""
    if text == "nobody":
        return None
    try:
        found = Collector.objects.select_related("user").filter(pk=UUID(text)).first()
    except ValueError:
        found = None
    if found is None:
        raise AssignmentRefused("Choose a collector of this agency.")
    return found


def _ids(request: SignedInRequest) -> list[UUID]:
    try:
        return [UUID(text) for text in request.POST.getlist("ids")]
    except ValueError as error:
        raise AssignmentRefused("Choose accounts from the list.") from error
