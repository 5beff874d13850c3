"""Promises that are taken back: `/accounts/<id>/promise-withdrawals/`."""

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from core import promises
from core.models import Promise
from core.pages import wants_region
from core.refusals import ChangedMeanwhile
from worklist.views.access import SignedInRequest, account_to_change, in_agency
from worklist.views.account import again
from worklist.views.back import to_account

GONE = "The promise is not open any more. This is how the account stands now."


@require_POST
@in_agency
def withdraw(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Withdraw the promise that the user saw; 409 with the fresh page when it is open no more."""
    account = account_to_change(request, pk)
    try:
        seen = Promise.objects.filter(account=account, pk=UUID(request.POST.get("promise", ""))).first()
    except ValueError:
        seen = None
    if seen is None:
        return again(request, pk, status=409, problem=GONE)
    try:
        promises.withdraw(seen.pk, by=request.user)
    except ChangedMeanwhile as lost:
        return again(request, pk, status=409, problem=f"{lost} {GONE}")
    return again(request, pk, done="Promise withdrawn") if wants_region(request) else to_account(request, pk)
