"""Notes of an account: `/accounts/<id>/notes/`."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core import accounts, timeline
from core.models import Account, Activity
from core.pages import wants_region
from worklist.views.access import SignedInRequest, account_to_change, in_agency
from worklist.views.account import again
from worklist.views.back import to_account

# A double click or a repeated POST within this time is one note.
ONE_ACT = timedelta(seconds=30)


@require_POST
@in_agency
def create(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Write a note; 422 with the words kept when they are empty or too many."""
    account = account_to_change(request, pk)
    body = request.POST.get("body", "")
    try:
        if not _is_repeated(request, account, body):
            timeline.add_note(account, body, by=request.user)
    except timeline.EmptyNote as refusal:
        return again(request, pk, status=422, region="compose", note_error=str(refusal), kept=True)
    if wants_region(request):
        return again(request, pk, region="compose", noted=True, done="Note added")
    return to_account(request, pk, "#history")


def _is_repeated(request: SignedInRequest, account: Account, body: str) -> bool:
    accounts.locked(account.pk)  # the two clicks follow each other
    return Activity.objects.filter(
        account=account,
        kind=Activity.Kind.NOTE,
        actor=request.user,
        body=body.replace("\x00", "").strip(),
        created_at__gte=timezone.now() - ONE_ACT,
    ).exists()
