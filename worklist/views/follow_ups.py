"""What comes next on an account: `/accounts/<id>/follow-ups/`."""

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from core import calendar, contacts
from core.pages import wants_region
from core.refusals import ChangedMeanwhile, FieldRefused
from worklist.accounts.contact_form import FollowUp
from worklist.views.access import SignedInRequest, account_to_change, in_agency
from worklist.views.account import again
from worklist.views.back import to_account


@require_POST
@in_agency
def create(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Set the next action and its time; 422 with what was typed, 409 when somebody else has set it meanwhile."""
    account_to_change(request, pk)
    form = FollowUp(request.POST, zone=calendar.zone_of(request.user), today=calendar.today_of(request.user))
    if form.is_valid() and form.at:
        try:
            expected = request.POST.get("expected", "")
            contacts.schedule(pk, form.cleaned_data["next_action"], form.at, by=request.user, expected=expected)
        except ChangedMeanwhile as lost:
            return again(request, pk, status=409, problem=str(lost), follow=form)
        except FieldRefused as refusal:
            if not refusal.field:  # the account is closed, and its page has no such form
                return again(request, pk, status=422, problem=str(refusal))
            form.refuse(refusal)
    if form.errors:
        form.focus_on_error()
        return again(request, pk, status=422, region="next", follow=form)
    return again(request, pk, planned=True) if wants_region(request) else to_account(request, pk)
