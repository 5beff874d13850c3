"""The dashboard: `/dashboard/`. For the agency's management."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.access import SignedInRequest, managers_only
from core.models import Agency
from core.pages import respond, wants_region
from core.tenancy import current_agency_id
from reports.dashboard.filters import Filters
from reports.dashboard.page import Dashboard


@require_safe
@managers_only
def show(request: SignedInRequest) -> HttpResponse:
    """The figures that the URL asks for; HTMX gets them without their filters."""
    agency = request.user.agency or Agency.objects.get(pk=current_agency_id())
    page = Dashboard(request.GET, agency, timezone.now())
    context = {"page": page, "filters": Filters(page.scope, page.known, request.GET)}
    response = respond(request, "reports/dashboard.html", context, region="dash", parts="reports/dashboard")
    if wants_region(request) and not page.scope.problems:  # the address without the empty fields of the form
        response.headers["HX-Push-Url"] = f"{request.path}?{page.query()}".rstrip("?")
    return response
