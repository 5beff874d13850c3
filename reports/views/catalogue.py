"""The reports: `/reports/` lists them, `/reports/<slug>/` shows any of them."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core import tenancy
from core.access import SignedInRequest, managers_only
from core.models import Agency
from core.pages import respond
from reports import catalogue
from reports.pages.report_page import ReportPage


@require_safe
@managers_only
def show_index(request: SignedInRequest) -> HttpResponse:
    """Every report with the question that it answers."""
    return render(request, "reports/index.html", {"reports": catalogue.REPORTS})


@require_safe
@managers_only
def show(request: SignedInRequest, slug: str) -> HttpResponse:
    """One report, by the filters in the URL."""
    report = catalogue.named(slug)
    if report is None:
        raise Http404
    agency = request.user.agency or Agency.objects.get(pk=tenancy.current_agency_id())
    page = ReportPage(report, request.GET, agency)
    response = respond(request, "reports/report.html", {"page": page}, region="results")
    response.headers["HX-Push-Url"] = page.address  # the form also sends what stands at its default
    return response
