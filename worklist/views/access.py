"""Who may open this account, and who may change it?"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from core import tenancy
from core.models import Account
from worklist import queue

View = Callable[..., HttpResponse]
LOOKS_ONLY = "You can look at accounts, but not change them. Ask an admin of your agency."


def in_agency(view: View) -> View:
    """A superuser works in one agency at a time: without one, he is sent to enter it."""

    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if tenancy.agency_id_or_none() is None:
            return redirect("admin:index")
        return view(request, **kwargs)

    return guarded


def account_of(request: HttpRequest, pk: UUID) -> Account:
    """The account, if this user may see it; 404 otherwise, as if it did not exist."""
    return get_object_or_404(queue.visible_to(request.user), pk=pk)


def account_to_change(request: HttpRequest, pk: UUID) -> Account:
    """The account, if this user may change it. 404 when he may not see it, 403 with a sentence when he only looks."""
    account = account_of(request, pk)
    refuse_looker(request)
    return account


def refuse_looker(request: HttpRequest) -> None:
    """403 with a sentence for read-only users."""
    if request.user.is_readonly:
        raise PermissionDenied(LOOKS_ONLY)
