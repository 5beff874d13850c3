"""The list of payments: `/payments/`."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from core import calendar
from core.access import SignedInRequest, in_agency
from core.pages import respond
from core.paging import page_of
from payments import seen_by
from payments.pages import listing
from payments.pages.filters import PaymentFilter


@require_safe
@in_agency
def show(request: SignedInRequest) -> HttpResponse:
    """Every payment that this user may see, the newest first, with the sums of all that match."""
    zone, everybody = calendar.zone_of(request.user), seen_by.sees_everything(request.user)
    visible = seen_by.visible_to(request.user)
    narrowed = PaymentFilter(request.GET, visible, request=request, zone=zone, everybody=everybody)
    page = page_of(listing.with_surroundings(narrowed.qs), request.GET)
    context = {
        "filter": narrowed,
        "page": page,
        "rows": listing.rows(page.rows, zone),
        "totals": listing.totals(narrowed.qs),
        "everybody": everybody,
    }
    return respond(request, "payments/list.html", context, region="results")
