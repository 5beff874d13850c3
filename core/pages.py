"""How is a page or one region of it answered? One template a page; HTMX gets the region alone."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def wants_region(request: HttpRequest) -> bool:
    """Did HTMX ask for a region? Not when it restores history or boosts a link: then the whole page is due."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def respond(
    request: HttpRequest, template: str, context: dict[str, Any], *, region: str, parts: str = "", status: int = 200
) -> HttpResponse:
    """The whole page, or for HTMX its `region` (which is also the id of the region's outermost element).

    A region is a partial of the template, or a file of its name in the folder `parts`. `fragment` tells the template
    which it is: a region may bring out-of-band companions, a page may not.
    """
    fragment = wants_region(request)
    alone = f"{parts}/{region}.html" if parts else f"{template}#{region}"
    return render(request, alone if fragment else template, {**context, "fragment": fragment}, status=status)
