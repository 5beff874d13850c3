"""Every request within its agency and one transaction; every answer right for HTMX."""

from collections.abc import Callable
from contextlib import ExitStack
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import structlog
from allauth.account.adapter import get_adapter
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django_structlog.middlewares import RequestMiddleware

from core import audit_context, tenancy
from core.models import Agency
from core.signin import ENTERED, MEMBER_OF

Handler = Callable[[HttpRequest], HttpResponse]

OUTSIDE = ("/health/", "/ready/", "/static/")


class Compressed(GZipMiddleware):
    """Pages travel compressed, a seventh of their size; files that are downloaded keep their length, so that the
    browser can say how much is left.

    Whoever makes a browser ask with guesses in the address, and watches how long the answers are, learns little
    (BREACH): Django draws the length of each answer's head anew, and masks its token against forgery.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The answer, compressed if the browser takes it so."""
        return response if response.streaming else super().process_response(request, response)


class RequestLog(RequestMiddleware):
    """One line for each request, by django-structlog, without its query string: people are searched for in it."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """`GET /worklist/`."""
        return f"{request.method} {request.path}"


class AgencyMiddleware:
    """Runs the request in one transaction, for the signed-in user's agency, on the audit's record.

    A superuser works for the agency he has entered, or for none. An answer of 500 and above rolls everything back.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(OUTSIDE):
            return self.get_response(request)
        with ExitStack() as within:
            within.enter_context(tenancy.acting_for(_agency_of(request)))
            if not request.user.is_authenticated:  # an agency he is no member of any more
                within.close()
                within.enter_context(tenancy.acting_for(None))
            user = request.user if request.user.is_authenticated else None
            who = audit_context.Who(user, _address(request), _request_id())
            structlog.contextvars.bind_contextvars(ip=who.address)
            within.enter_context(audit_context.acting(who))
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response


def _agency_of(request: HttpRequest) -> UUID | None:
    """The agency that the session names: a member's own, so that even he is looked for within it, or the one a
    superuser has entered."""
    if member_of := request.session.get(MEMBER_OF):
        return UUID(member_of)
    entered = request.session.get(ENTERED)
    if not entered or not request.user.is_superuser:
        return None
    return Agency.objects.filter(pk=entered, is_active=True).values_list("pk", flat=True).first()


def _address(request: HttpRequest) -> str | None:
    """The client's address; a forwarded one counts only behind the configured number of proxies."""
    try:
        return get_adapter().get_client_ip(request)
    except Exception:  # noqa: BLE001  (whatever a header holds: no address is recorded, nothing fails)
        return request.META.get("REMOTE_ADDR")


def _request_id() -> str:
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))[:255]


class SignInFirst(LoginRequiredMiddleware):
    """Every page is for users who are signed in. Whose session ended while a page was open comes back to that page:
    what he sent cannot be sent again, and a part of a page is none."""

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        """The way to the sign-in, and from there to the page he was on."""
        return redirect_to_login(_page_of(request), self.get_login_url(view_func))


def _page_of(request: HttpRequest) -> str:
    """The page that is asked for; of a form or a part of a page, that on which it is. Home when no header of this
    site says which."""
    htmx = getattr(request, "htmx", None)
    if request.method in ("GET", "HEAD") and not htmx:
        return request.get_full_path()
    said = request.headers.get("HX-Current-URL" if htmx else "Referer", "")
    if not url_has_allowed_host_and_scheme(said, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    page = urlsplit(said)
    return urlunsplit(("", "", page.path or "/", page.query, ""))


class HtmxResponses:
    """A page and its fragment share a URL: say so to caches, keep debtor data out of them, and send a sign-in
    redirect to the whole page instead of into a fragment."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        patch_vary_headers(response, ["HX-Request"])
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        location = response.headers.get("Location", "")
        if getattr(request, "htmx", None) and response.status_code in (302, 303) and "/auth/login/" in location:
            signed_out = HttpResponse(status=200)
            signed_out.headers["HX-Redirect"] = location
            return signed_out
        return response
