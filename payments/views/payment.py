"""One payment: `/payments/<id>/`, and asking its processor about it: `…/lookups/`."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from core import calendar
from core.access import SignedInRequest, admins_only, in_agency
from core.pages import respond
from payments import looking_up, seen_by
from payments.models import Payment
from payments.pages.payment import PaymentPage
from payments.pages.standing import waiting

RELATED = ("processor", "taken_by", "account__debtor", "account__creditor", "account__assigned_to__user",
           "collector__user")  # fmt: skip


@require_safe
@in_agency
def show(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Everything about one payment; its region asks again while it is undecided."""
    return respond(request, "payments/payment.html", {"page": page_of(request, pk)}, region="payment")


@require_POST
@admins_only
def look_up(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Have the worker ask the processor what became of it."""
    payment = payment_of(request, pk)
    if payment.is_undecided and payment.processor.kind != payment.processor.Kind.MANUAL:
        looking_up.soon(pk)
        messages.success(request, f"It is being looked up. Until then: {waiting(payment).lower()}.")
    else:
        messages.info(request, f"There is nothing to look up: it is {payment.get_status_display().lower()}.")
    return redirect("payments:payment", pk)


def payment_of(request: SignedInRequest, pk: UUID) -> Payment:
    """The payment, if this user may see it; else 404."""
    return get_object_or_404(seen_by.visible_to(request.user).select_related(*RELATED), pk=pk)


def page_of(request: SignedInRequest, pk: UUID) -> PaymentPage:
    """Its page, if this user may see it; else 404."""
    return PaymentPage(request, payment_of(request, pk), calendar.zone_of(request.user))
