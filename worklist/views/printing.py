"""An account on paper: `/accounts/<id>/print/`."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core import audit
from worklist.accounts import history
from worklist.accounts.page import AccountPage
from worklist.views.access import SignedInRequest, in_agency


@require_safe
@in_agency
def show(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Facts, promises and the whole timeline without the frame; a view like any other, and recorded as one."""
    page = AccountPage.open(request, pk)
    audit.record_access(page.account)
    past = history.read_all({page.account.pk: ""}, page.zone, page.today)
    return render(request, "worklist/print.html", {"page": page, "history": past})
