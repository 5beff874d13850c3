"""Settlement offers of an account: `/accounts/<id>/offers/`, and what is done with them: `…/offer-acts/`."""

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from core.pages import respond, wants_region
from core.refusals import ChangedMeanwhile, FieldRefused
from payments import settlements
from payments.models import SettlementOffer
from worklist.accounts import offer_page
from worklist.accounts.offer_form import OfferForm
from worklist.views.access import SignedInRequest, account_to_change, in_agency
from worklist.views.account import again
from worklist.views.back import to_account

FORM, PARTS = "worklist/offer.html", "worklist/account"
GONE = "The offer does not stand any more. This is how the account stands now."


@require_safe
@in_agency
def new(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The form: a page of its own, or for HTMX what stands in the dialog."""
    account_to_change(request, pk)
    return _answer(request, offer_page.page_of(request, pk))


@require_POST
@in_agency
def create(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Make an offer; 422 with what was typed, 409 with the fresh account when one stands."""
    account_to_change(request, pk)
    page = offer_page.page_of(request, pk)
    form = page.bound = OfferForm(request.POST, today=page.today)
    if form.is_valid():
        try:
            settlements.offer(pk, form.terms(), by=request.user)
        except ChangedMeanwhile as lost:
            return again(request, pk, status=409, problem=str(lost))
        except FieldRefused as refusal:
            form.refuse(refusal)
        else:
            return _done(request, pk)
    return _answer(request, page, status=422)


@require_POST
@in_agency
def act(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Approve, refuse, accept or withdraw the offer that the user saw; 409 with the fresh page when it has ended."""
    account_to_change(request, pk)
    offer = _offer(request, pk)
    if offer is None:
        return again(request, pk, status=409, problem=GONE)
    reason = request.POST.get("reason", "")
    acts = {
        "approve": lambda: settlements.decide(offer, approve=True, by=request.user, reason=reason),
        "refuse": lambda: settlements.decide(offer, approve=False, by=request.user, reason=reason),
        "accept": lambda: settlements.accept(offer, by=request.user),
        "withdraw": lambda: settlements.withdraw(offer, by=request.user),
    }
    chosen = acts.get(request.POST.get("act", ""))
    if chosen is None:
        return again(request, pk, status=422, problem="Choose what to do with the offer.")
    try:
        chosen()
    except ChangedMeanwhile as lost:
        return again(request, pk, status=409, problem=str(lost))
    except FieldRefused as refusal:
        return again(request, pk, status=422, problem=str(refusal))
    return _done(request, pk)


def _offer(request: SignedInRequest, pk: UUID) -> UUID | None:
    """The offer of this account that the user saw."""
    try:
        asked = UUID(request.POST.get("offer", ""))
    except ValueError:
        return None
    return asked if SettlementOffer.objects.filter(pk=asked, account=pk).exists() else None


def _done(request: SignedInRequest, pk: UUID) -> HttpResponse:
    return (
        again(request, pk, dealt="offer", place="#offer")
        if wants_region(request)
        else to_account(request, pk, "#offer")
    )


def _answer(request: SignedInRequest, page: offer_page.OfferPage, *, status: int = 200) -> HttpResponse:
    return respond(request, FORM, {"page": page}, region="offer-terms", parts=PARTS, status=status)
