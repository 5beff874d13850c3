"""Commission: `/payments/commission/` by collector, `/payments/commission/<collector>/` by month, and its rows."""

from datetime import date
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from core import calendar
from core.access import SignedInRequest, in_agency
from core.pages import respond
from core.paging import page_of
from payments.pages import commission


@require_safe
@in_agency
def show_month(request: SignedInRequest) -> HttpResponse:
    """What every collector earned in one month; for a collector her own line."""
    zone = calendar.zone_of(request.user)
    today = calendar.today_in(zone)
    month = commission.month_named(request.GET.get("month", ""), today)
    rows = commission.within(commission.visible_to(request.user), month, zone)
    context = _around(month) | {
        "lines": commission.by_collector(rows),
        "sums": commission.sums(rows),
        "is_running": month >= today.replace(day=1),
    }
    return render(request, "payments/commission/month.html", context)


@require_safe
@in_agency
def show_collector(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """One collector's months, or with `month` the rows of one."""
    collector = get_object_or_404(commission.collectors_of(request.user), pk=pk)
    zone = calendar.zone_of(request.user)
    rows = commission.visible_to(request.user).filter(collector=collector)
    if "month" not in request.GET:
        context = {"collector": collector, "lines": commission.by_month(rows, zone), "sums": commission.sums(rows)}
        return render(request, "payments/commission/collector.html", context)
    month = commission.month_named(request.GET["month"], calendar.today_in(zone))
    rows = commission.within(rows, month, zone)
    page = page_of(commission.with_payments(rows), request.GET)
    context = _around(month) | {"collector": collector, "sums": commission.sums(rows), "page": page}
    context["open_to"] = commission.open_to(page.rows, request.user)
    return respond(request, "payments/commission/rows.html", context, region="results")


def _around(month: date) -> dict[str, object]:
    return {
        "month": f"{month:%Y-%m}",
        "month_words": calendar.month_words(month),
        "before": f"{calendar.previous_month(month):%Y-%m}",
        "after": f"{calendar.next_month(month):%Y-%m}",
    }
