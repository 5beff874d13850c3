"""Giving money back: the form and its confirmation at `/payments/<id>/refunds/new/`, the act at `…/refunds/`."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from core.access import SignedInRequest, admins_only
from core.pages import respond
from core.refusals import ChangedMeanwhile, FieldRefused
from core.words import money
from payments import refunding
from payments.models import Refund
from payments.pages.payment import PaymentPage
from payments.pages.refund_form import RefundForm
from payments.views.payment import page_of


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def new(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The form; sent to itself, the question whether that sum is to be given back. Nothing is changed here."""
    page = page_of(request, pk)
    if request.method != "POST":
        return _answer(request, page)
    form = page.bound = RefundForm(request.POST, refundable=page.refundable)
    return _answer(request, page, confirming=True) if form.is_valid() else _answer(request, page, status=422)


@require_POST
@admins_only
def create(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Give it back, once for the form's key. 422 when it is refused, 409 when somebody else was faster."""
    page = page_of(request, pk)
    form = page.bound = RefundForm.sent(request.POST, page.refundable)
    if not form.is_valid():
        return _answer(request, page, status=422)
    said = form.cleaned_data
    try:
        made = refunding.refund(pk, form.sum, said["reason"], key=said["key"], by=request.user, expected=form.seen)
    except ChangedMeanwhile as lost:
        fresh = page_of(request, pk)
        fresh.problem = f"{lost} You had entered: {form.act.lower()}, “{said['reason']}”."
        return _answer(request, fresh, status=409)
    except FieldRefused as refusal:
        form.refuse(refusal)
        return _answer(request, page, status=422)
    messages.success(request, told(made))
    return redirect("payments:payment", pk)


def told(refund: Refund) -> str:
    """What was done, for whoever did it."""
    if refund.status == Refund.Status.COMPLETED:
        return f"{money(refund.amount)} was recorded as given back."
    return f"{money(refund.amount)} is being given back; this page says when it is done."


def _answer(
    request: SignedInRequest, page: PaymentPage, *, confirming: bool = False, status: int = 200
) -> HttpResponse:
    context = {"page": page, "confirming": confirming}
    return respond(request, "payments/refund.html", context, region="refunding", status=status)
