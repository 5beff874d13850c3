"""The reports: `/reports/` lists them, `/reports/<slug>/` shows any, `/reports/definitions/` says what is what."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core import tenancy
from core.access import SignedInRequest, managers_only
from core.models import Agency
from core.pages import respond
from reports import catalogue, kpis
from reports.lists.accounts import Accounts
from reports.lists.collected import Collected
from reports.lists.contacts import Contacts
from reports.lists.promises import Promises
from reports.lists.rejected import Rejected
from reports.pages.report_page import ReportPage

LISTS = (Accounts, Collected, Contacts, Promises, Rejected)


@require_safe
@managers_only
def show_index(request: SignedInRequest) -> HttpResponse:
    """Every report with the question that it answers."""
    lists = [(one.url, one.title, one.about) for one in LISTS]
    return render(request, "reports/index.html", {"reports": catalogue.REPORTS, "lists": lists})


@require_safe
@managers_only
def show_definitions(request: SignedInRequest) -> HttpResponse:
    """The dictionary: every number with its formula in words, and where the definition comes from."""
    return render(request, "reports/definitions.html", {"kpis": kpis.KPIS.values()})


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
