"""Where does a form return to when there is no script?"""

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import urlencode

from core.access import SignedInRequest


def to_account(request: SignedInRequest, pk: UUID, place: str = "") -> HttpResponse:
    """See the account again (303), with the list it was opened from still known."""
    origin = request.POST.get("list", "")
    query = f"?{urlencode({'list': origin})}" if origin else ""
    return HttpResponseRedirect(f"{resolve_url('worklist:account', pk)}{query}{place}", status=303)


def to_list(origin: str) -> HttpResponse:
    """See the list again (303)."""
    return HttpResponseRedirect(f"{resolve_url('worklist:list')}?{origin}", status=303)
