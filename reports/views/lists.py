"""The lists behind the figures: `/reports/accounts/`, `/reports/collected/` and so on. For the agency's management."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from core import calendar
from core.access import SignedInRequest, managers_only
from core.pages import respond, wants_region
from reports.lists.listing import Listing

REGIONS = {"rows", "totals"}  # what may be asked for alone, beside all results


@require_safe
@managers_only
def show(request: SignedInRequest, listing: type[Listing[Any]]) -> HttpResponse:
    """The rows that the URL asks for, and what all of them come to."""
    asked = listing(request.GET, calendar.zone_of(request.user))
    region = request.htmx.target if request.htmx.target in REGIONS else "results"
    response = respond(request, "reports/lists/list.html", {"listing": asked}, region=region)
    if wants_region(request) and region != "totals":  # the address without the empty fields of the form
        response.headers["HX-Push-Url"] = f"{request.path}?{asked.address}"
    return response
