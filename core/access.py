"""Which pages are open to whom? Guards for views; what a user may do to one record is asked of the record."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from core import tenancy
from core.models import User

View = Callable[..., HttpResponseBase]


class SignedInRequest(HttpRequest):
    """A request behind the login: the middleware has seen to the user, and django-htmx to its details."""

    user: User
    htmx: Any


def in_agency(view: View) -> View:
    """A superuser works in one agency at a time: without one, he is sent to enter it."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if tenancy.agency_id_or_none() is None:
            return redirect("admin:index")
        return view(request, *args, **kwargs)

    return guarded


def managers_only(view: View) -> View:
    """Pages of the agency's management: for a collector they do not exist (404)."""

    @wraps(view)
    @in_agency
    def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not (request.user.is_admin or request.user.is_readonly):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def admins_only(view: View) -> View:
    """Acts of the agency's management: 404 for a collector, 403 with a sentence for who only looks."""

    @wraps(view)
    @managers_only
    def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_admin:
            raise PermissionDenied("You can look at this, but not change it. Ask an admin of your agency.")
        return view(request, *args, **kwargs)

    return guarded
