"""Contacts of an account: `/accounts/<id>/contacts/`."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from core import contacts
from core.contact_rules import Reason
from core.contacts import Contact
from core.models import Account, ContactPoint
from core.pages import wants_region
from core.refusals import ChangedMeanwhile, FieldRefused
from worklist.accounts.composer import contact_form
from worklist.accounts.contact_form import LOGGED
from worklist.accounts.page import AccountPage
from worklist.views.access import SignedInRequest, in_agency, refuse_looker
from worklist.views.account import again
from worklist.views.back import to_account

# A double click or a repeated POST within this time is one contact.
ONE_ACT = timedelta(seconds=30)


@require_POST
@in_agency
def create(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Log a contact; 422 with everything kept when a fact is refused, 409 when status or promise are others by now."""
    page = AccountPage.to_contact(request, pk)
    refuse_looker(request)
    form = contact_form(request.POST, page.account, page.reach, page.zone, page.today)
    reasons: tuple[Reason, ...] = ()
    if form.is_valid():
        told = form.contact()
        try:
            _log(request, pk, told)
        except ChangedMeanwhile as lost:
            return again(request, pk, status=409, problem=str(lost), kept=True)
        except FieldRefused as refusal:
            form.refuse(refusal)
            reasons = _reasons(page.account, told) if refusal.field == "override" else ()
    if form.errors:
        form.focus_on_error()
        return again(request, pk, status=422, region="compose", contact=form, refused=reasons)
    if wants_region(request):
        return again(request, pk, done=LOGGED[form.cleaned_data["channel"]])
    return to_account(request, pk, "#history")


def _reasons(account: Account, told: Contact) -> tuple[Reason, ...]:
    """What the rules say, for whoever is asked why he did it all the same."""
    return contacts.verdict_on(account, told.channel, told.direction, _point(told)).reasons


def _point(contact: Contact) -> ContactPoint | None:
    return ContactPoint.objects.filter(pk=contact.contact_point_id).first() if contact.contact_point_id else None


def _log(request: SignedInRequest, pk: UUID, contact: Contact) -> None:
    seen = request.POST
    expected, promised = seen.get("expected", ""), seen.get("promised")
    contacts.log(pk, contact, by=request.user, expected=expected, promised=promised, once=ONE_ACT)
