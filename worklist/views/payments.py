"""Payments of an account: `/accounts/<id>/payments/`, and the form for one at `…/payments/new/`."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, resolve_url
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.pages import respond, wants_region
from core.refusals import ChangedMeanwhile, FieldRefused
from payments import cancelling, taking
from payments.models import Payment
from worklist.accounts import payments
from worklist.accounts.payment_page import PaymentPage, page_of
from worklist.origin import Way
from worklist.views.access import SignedInRequest, account_of, account_to_change, in_agency
from worklist.views.account import again
from worklist.views.back import to_account

FORM, PARTS = "worklist/payment.html", "worklist/account"


@require_safe
@in_agency
def new(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The form: a page of its own, or for HTMX what stands in the dialog."""
    account_to_change(request, pk)
    return _answer(request, page_of(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
@in_agency
def show_or_take(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """POST takes a payment; GET tells a page that waits how the payments stand."""
    return _take(request, pk) if request.method == "POST" else _look(request, pk)


@require_POST
@in_agency
def cancel(request: SignedInRequest, pk: UUID, payment: UUID) -> HttpResponse:
    """Call off a payment that waits for somebody; 409 with the fresh page when it does not any more."""
    account_to_change(request, pk)
    found = get_object_or_404(Payment, pk=payment, account=pk)
    try:
        cancelling.call_off(found.pk, by=request.user)
    except ChangedMeanwhile as lost:
        return again(request, pk, status=409, problem=str(lost))
    return again(request, pk, taken=found.pk) if wants_region(request) else to_account(request, pk, "#payments")


def _look(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The account anew when a payment is not as the page shows it (`seen`), else 204: nothing on it is touched."""
    account_of(request, pk)
    if not wants_region(request):
        return to_account(request, pk, "#payments")
    found = Payment.objects.filter(account=pk).order_by("-created_at", "-id")[: payments.MOST]
    if payments.version(found.values(*payments.COLUMNS)) == request.GET.get("seen"):
        return HttpResponse(status=204)
    return again(request, pk)


def _take(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Take a payment, once for the form's key; 422 with what was typed when it is refused."""
    account_to_change(request, pk)
    page = page_of(request, pk)
    form = page.bound = page.made(request.POST)
    if form.is_valid():
        try:
            payment = taking.take(
                pk, form.order(page.consent, request.build_absolute_uri(reverse("paid"))), by=request.user
            )
        except FieldRefused as refusal:
            form.refuse(refusal)
        else:
            return _taken(request, pk, payment)
    return _answer(request, page, status=422)


def _taken(request: SignedInRequest, pk: UUID, payment: Payment) -> HttpResponse:
    if payment.metadata.get("how") == "details" and payment.is_undecided:
        return _to_details(request, pk, payment)
    return (
        again(request, pk, taken=payment.pk, place="#payments")
        if wants_region(request)
        else to_account(request, pk, "#payments")
    )


def _to_details(request: SignedInRequest, pk: UUID, payment: Payment) -> HttpResponse:
    """A page of its own, because only there Stripe's script is let in."""
    query = Way(request).query()
    there = f"{resolve_url('worklist:payment_details', pk, payment.pk)}{query}"
    if wants_region(request):
        return HttpResponse(status=200, headers={"HX-Redirect": there})
    return HttpResponseRedirect(there, status=303)


def _answer(request: SignedInRequest, page: PaymentPage, *, status: int = 200) -> HttpResponse:
    return respond(request, FORM, {"page": page}, region="payment", parts=PARTS, status=status)
