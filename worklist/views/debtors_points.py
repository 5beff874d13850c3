"""Numbers and addresses of a debtor: `/debtors/<id>/contact-points/`; what is done to one: `…/contact-points/acts/`."""

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from core import contact_points
from core.models import ContactPoint
from core.pages import wants_region
from core.refusals import ChangedMeanwhile, FieldRefused
from worklist.debtors.forms import PointForm
from worklist.views.access import SignedInRequest, in_agency
from worklist.views.debtors import again, debtor_to_change, to_debtor

GONE = "Choose a number or address of this debtor."


@require_POST
@in_agency
def add(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Add a number or address; 422 with what was typed."""
    debtor_to_change(request, pk)
    form = PointForm(request.POST)
    if form.is_valid():
        told = form.cleaned_data
        try:
            contact_points.add(pk, told["kind"], told["value"], source=told["source"], by=request.user)
        except FieldRefused as refusal:
            form.add_error(refusal.field, str(refusal))
    if form.errors:
        return again(request, pk, status=422, place="contact", new_point=form)
    if wants_region(request):
        return again(request, pk, done="Added", place="contact")
    return to_debtor(request, pk, "contact")


@require_POST
@in_agency
def act(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Do one thing to a number or address; 409 with the fresh page when it is another by now."""
    debtor_to_change(request, pk)
    name, point, said = (request.POST.get(field, "")[:1000] for field in ("act", "point", "said"))
    try:
        contact_points.act(pk, UUID(point), name, by=request.user, expected=request.POST.get("expected", ""), said=said)
    except ChangedMeanwhile as lost:
        return again(request, pk, status=409, problem=str(lost), place="contact", asked=(name, point), said=said)
    except (ContactPoint.DoesNotExist, ValueError) as refusal:
        if not isinstance(refusal, FieldRefused):
            return again(request, pk, status=422, problem=GONE, place="contact")
        wrong = {"said_error": str(refusal)} if refusal.field else {"problem": str(refusal)}
        return again(request, pk, status=422, place="contact", asked=(name, point), said=said, **wrong)
    if wants_region(request):
        return again(request, pk, done="Saved", place="contact")
    return to_debtor(request, pk, "contact")
