"""How does somebody like the product? `/auth/preferences/`: colours, density, single keys.

Whether single keys work is the user's own and kept with him: it holds on every machine (WCAG 2.1.4). Colours and
density belong to the screen, so they are cookies.
"""

from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from core import tenancy
from core.access import SignedInRequest
from core.models import User
from core.pages import wants_region
from debtflow.context import DENSITIES, THEMES

YEAR = 365 * 24 * 3600
KEPT_IN_COOKIES = {"theme": THEMES, "density": DENSITIES}


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SignedInRequest) -> HttpResponse:
    """Look at them, or change those that the form names; what is not known is left as it is."""
    if request.method != "POST":
        return render(request, "account/preferences.html")
    if (keys := request.POST.get("keys")) in ("on", "off"):
        switch_single_keys(request.user, on=keys == "on")
    response = _answer(request)
    for name, known in KEPT_IN_COOKIES.items():
        if (value := request.POST.get(name)) in known:
            response.set_cookie(name, value, max_age=YEAR, samesite="Lax")
        elif value == "":
            response.delete_cookie(name, samesite="Lax")
    return response


def switch_single_keys(user: User, *, on: bool) -> None:
    """Keep it with the user; a superuser is nobody of the agency that he has entered."""
    with tenancy.acting_for(user.agency_id):
        User.objects.filter(pk=user.pk).update(single_keys=on)
    user.single_keys = on


def _answer(request: SignedInRequest) -> HttpResponse:
    if wants_region(request):
        return render(request, "components/key_switch.html")
    messages.success(request, "Your preferences are saved.")
    return HttpResponseRedirect(_back(request), status=303)


def _back(request: SignedInRequest) -> str:
    """The page of ours from which it was sent, this one otherwise."""
    wanted = request.POST.get("next", "")
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, {request.get_host()}):
        parts = urlsplit(wanted)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return resolve_url("account_preferences")
