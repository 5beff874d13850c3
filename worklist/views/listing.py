"""The worklist: `/worklist/`, and the finder of the shell."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.pages import respond, wants_region
from worklist.listing.finding import find_accounts
from worklist.listing.page import Listing
from worklist.views.access import SignedInRequest, in_agency

TEMPLATE = "worklist/list.html"
DONE = "worklist.done"  # in the session: what the form that led here has done, for pages without script


@require_safe
@in_agency
def show(request: SignedInRequest) -> HttpResponse:
    """The list that the URL asks for; HTMX gets the results alone."""
    context: dict[str, object] = {"listing": (listing := Listing(request.user, request.GET))}
    if not wants_region(request):
        context["done"] = request.session.pop(DONE, None)
    response = respond(request, TEMPLATE, context, region="results")
    if wants_region(request):  # the address without the empty fields of the form
        response.headers["HX-Push-Url"] = f"{request.path}?{listing.query}"
    return response


@require_safe
@in_agency
def find(request: SignedInRequest) -> HttpResponse:
    """The best matches for the finder (Ctrl K); without script the finder is a search of the worklist."""
    words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    return render(request, "worklist/found.html", {"found": find_accounts(request.user, words), "words": words})
