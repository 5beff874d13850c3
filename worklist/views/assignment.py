"""Who works an account: `/accounts/<id>/assignment/`; many at once: `views/bulk.py`."""

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from core import assignment
from core.assignment import AssignmentRefused
from core.models import Collector
from core.pages import wants_region
from core.refusals import ChangedMeanwhile
from worklist.views.access import SignedInRequest, account_to_change, in_agency, refuse_all_but_admins
from worklist.views.account import again
from worklist.views.back import to_account


@require_POST
@in_agency
def assign_one(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Give the account to a collector, or take it back. 409 when somebody else has reassigned it meanwhile."""
    account_to_change(request, pk)
    refuse_all_but_admins(request)
    try:
        to = collector_of(request.POST.get("collector", ""))
        done = assignment.assign([pk], to=to, by=request.user, expected=request.POST.get("expected"))
    except ChangedMeanwhile as lost:
        return again(request, pk, status=409, problem=str(lost))
    except AssignmentRefused as refusal:
        return again(request, pk, status=422, problem=str(refusal))
    if not done.changed and not done.unchanged:
        return again(request, pk, status=422, problem=done.sentence(to))
    return again(request, pk) if wants_region(request) else to_account(request, pk)


def collector_of(text: str) -> Collector | None:
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
