"""Commission: `/payments/commission/` by collector, `/payments/commission/<collector>/` by month, and its rows."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from core import calendar
from core.access import SignedInRequest, in_agency
from core.pages import respond
from core.paging import page_of
from payments.pages import commission
from payments.pages.commission_span import Span

SPANS = {"month", "since"}


@require_safe
@in_agency
def show_month(request: SignedInRequest) -> HttpResponse:
    """What every collector earned in one month, or on days of one's own; for a collector her own line."""
    zone = calendar.zone_of(request.user)
    span = Span.read(request.GET, calendar.today_in(zone))
    rows = commission.within(commission.visible_to(request.user), span, zone)
    context = {"span": span, "lines": commission.by_collector(rows), "sums": commission.sums(rows)}
    return render(request, "payments/commission/month.html", context)


@require_safe
@in_agency
def show_collector(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """One collector's months, or the rows of one month, or of days of one's own."""
    collector = get_object_or_404(commission.collectors_of(request.user), pk=pk)
    zone = calendar.zone_of(request.user)
    rows = commission.visible_to(request.user).filter(collector=collector)
    if not SPANS & request.GET.keys():
        context = {"collector": collector, "lines": commission.by_month(rows, zone), "sums": commission.sums(rows)}
        return render(request, "payments/commission/collector.html", context)
    span = Span.read(request.GET, calendar.today_in(zone))
    rows = commission.within(rows, span, zone)
    page = page_of(commission.with_payments(rows), request.GET)
    context = {"span": span, "collector": collector, "sums": commission.sums(rows), "page": page}
    context["open_to"] = commission.open_to(page.rows, request.user)
    return respond(request, "payments/commission/rows.html", context, region="results")
