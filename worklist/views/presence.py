"""The user still has the account open: `/accounts/<id>/presence/`."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from worklist import leases
from worklist.views.access import SignedInRequest, account_to_change, in_agency


@require_POST
@in_agency
def renew(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Renew the lease, and say who else has it open."""
    account = account_to_change(request, pk)
    held_by = leases.take(account.pk, request.user)
    return render(request, "worklist/account/presence.html", {"pk": account.pk, "held_by": held_by, "leases": True})
