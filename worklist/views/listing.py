"""The worklist: `/worklist/`, and the command palette of the shell: `/worklist/find/`."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from core.pages import respond, wants_region
from worklist.listing.finding import Found
from worklist.listing.page import Listing
from worklist.views.access import SignedInRequest, in_agency

TEMPLATE = "worklist/list.html"
PARTS = "worklist/listing"
DONE = "worklist.done"  # in the session: what the form that led here has done, for pages without script


@require_safe
@in_agency
def show(request: SignedInRequest) -> HttpResponse:
    """The list that the URL asks for; HTMX gets the results alone."""
    context: dict[str, object] = {"listing": (listing := Listing(request.user, request.GET))}
    if not wants_region(request):
        context["done"] = request.session.pop(DONE, None)
    response = respond(request, TEMPLATE, context, region="results", parts=PARTS)
    if wants_region(request):  # the address without the empty fields of the form
        response.headers["HX-Push-Url"] = f"{request.path}?{listing.query}"
    return response


@require_safe
@in_agency
def find(request: SignedInRequest) -> HttpResponse:
    """The command palette (Ctrl K): what the words mean, as a region of it; without script a page of its own."""
    found = Found(request.user, request.GET, request.session, request.COOKIES)
    return respond(request, "worklist/find.html", {"found": found}, region="found")
