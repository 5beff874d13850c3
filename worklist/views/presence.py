"""The user still has the account open: `/accounts/<id>/presence/`."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from core.pages import wants_region
from worklist.views.access import SignedInRequest, account_to_change, in_agency
from worklist.views.back import to_account
from worklist.working import leases


@require_POST
@in_agency
def renew(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Renew the lease, and say who else has it open."""
    account = account_to_change(request, pk)
    held_by = leases.take(account.pk, request.user)
    if not wants_region(request):
        return to_account(request, pk)
    return render(request, "worklist/account/presence.html", {"pk": account.pk, "held_by": held_by, "leases": True})
