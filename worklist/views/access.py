"""Who may open this account, and who may change it?"""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from core.access import SignedInRequest, in_agency
from core.models import Account
from worklist.listing import queue

ADMINS_ONLY = "Only an agency admin assigns accounts and sets their priority."
LOOKS_ONLY = "You can look at accounts, but not change them. Ask an admin of your agency."


def account_of(request: SignedInRequest, pk: UUID) -> Account:
    """The account, if this user may see it; 404 otherwise, as if it did not exist."""
    return get_object_or_404(queue.visible_to(request.user), pk=pk)


def account_to_change(request: SignedInRequest, pk: UUID) -> Account:
    """The account, if this user may change it. 404 when he may not see it, 403 with a sentence when he only looks."""
    account = account_of(request, pk)
    refuse_looker(request)
    return account


def refuse_looker(request: SignedInRequest) -> None:
    """403 with a sentence for read-only users."""
    if request.user.is_readonly:
        raise PermissionDenied(LOOKS_ONLY)


def refuse_all_but_admins(request: SignedInRequest) -> None:
    """403 with a sentence for everybody who does not assign accounts."""
    if not request.user.is_admin:
        raise PermissionDenied(ADMINS_ONLY)


__all__ = ["SignedInRequest", "account_of", "account_to_change", "in_agency", "refuse_all_but_admins", "refuse_looker"]
