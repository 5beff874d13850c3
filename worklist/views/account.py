"""The account page: `/accounts/<id>/`."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from core import audit
from core.addresses import address
from core.pages import respond, wants_region
from worklist.accounts.page import AccountPage
from worklist.origin import Way
from worklist.views.access import SignedInRequest, in_agency
from worklist.working import following, leases, trail

TEMPLATE, PARTS = "worklist/account.html", "worklist/account"
REGIONS = {"history", "move", "compose"}


@require_safe
@in_agency
def show(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The page, and the view of it audited; HTMX gets more of the history, or the form of a move."""
    page = AccountPage.open(request, pk)
    if page.may_change and not page.held_by and not wants_region(request):
        _take(request, page)
    target = getattr(request, "htmx", None) and request.htmx.target
    if not wants_region(request):
        audit.record_access(page.account)
    region = "entries" if target == "older" else target if target in REGIONS else "account"
    return respond(request, TEMPLATE, {"page": page}, region=region, parts=PARTS)


def _take(request: SignedInRequest, page: AccountPage) -> None:
    """Lease the account; one that is opened from another of the same debtor stands in its place of the queue."""
    pk, via = page.account.pk, page.way.via
    if via is None or via == pk or not following.follow(pk, via, request.user):
        leases.take(pk, request.user)
    elif trail.is_on(request.session, via):
        trail.step(request.session, pk)


def again(
    request: SignedInRequest,
    pk: UUID,
    *,
    status: int = 200,
    region: str = "account",
    place: str = "",
    **extra: Any,
) -> HttpResponse:
    """The page after an action, with a sentence or an unfinished form; HTMX gets the changed region.

    The whole account replaces itself, whichever smaller region the action had in mind. From a form on a page of its
    own the way leads back to the account.
    """
    if _is_on_a_page_of_its_own(request, pk):
        if extra.get("problem"):
            messages.error(request, extra["problem"])
        there = f"{address('worklist:account', pk)}{Way(request).query()}{place}"
        return HttpResponse(status=200, headers={"HX-Redirect": there})
    alone = region == "compose" and wants_region(request)
    page = AccountPage.open(request, pk, composer_alone=alone, **extra)
    response = respond(request, TEMPLATE, {"page": page}, region=region, parts=PARTS, status=status)
    if region == "account":
        response.headers["HX-Retarget"] = "#account"
    return response


def _is_on_a_page_of_its_own(request: SignedInRequest, pk: UUID) -> bool:
    """Was the form sent by HTMX from below the account's page, where no account is that could replace itself?"""
    if not wants_region(request):
        return False
    here, account = (request.htmx.current_url_abs_path or "").partition("?")[0], address("worklist:account", pk)
    return here != account and here.startswith(account)
