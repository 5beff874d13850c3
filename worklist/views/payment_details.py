"""Where a card or bank account is entered: `/accounts/<id>/payments/<payment>/details/`."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from core.models import Account
from core.pages import respond, wants_region
from payments.element_policy import allow_element
from payments.models import Payment
from worklist.accounts.payment_details import DetailsPage
from worklist.views.access import SignedInRequest, account_to_change, in_agency

TEMPLATE, PARTS = "worklist/payment_details.html", "worklist/account"


@require_safe
@in_agency
def show(request: SignedInRequest, pk: UUID, payment: UUID) -> HttpResponse:
    """The page with Stripe's own field; what it asks by itself is answered with 204 while nothing has changed."""
    account_to_change(request, pk)
    account = Account.objects.select_related("debtor").get(pk=pk)
    found = get_object_or_404(Payment.objects.select_related("processor"), pk=payment, account=pk)
    page = DetailsPage(request, account, found)
    if wants_region(request) and page.version == request.GET.get("seen"):
        return HttpResponse(status=204)
    response = respond(request, TEMPLATE, {"page": page}, region="details", parts=PARTS)
    if found.is_undecided and page.is_entered_here:
        return allow_element(request, response, found.processor)
    return response
