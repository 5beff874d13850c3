"""Settlements of the agency: `/payments/settlements/`, and an admin's decision: `…/<id>/decisions/`."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, resolve_url
from django.views.decorators.http import require_POST, require_safe

from core import calendar
from core.access import SignedInRequest, admins_only, managers_only
from core.pages import respond
from core.paging import page_of
from core.refusals import ChangedMeanwhile, FieldRefused
from core.words import money
from payments import attention, settlements
from payments.models import SettlementOffer
from payments.pages import settlements as pages


@require_safe
@managers_only
def show(request: SignedInRequest) -> HttpResponse:
    """Those that await a decision; or those that stand, or have ended."""
    return _answer(request)


@require_POST
@admins_only
def decide(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Approve or refuse one: back to those that still await it; 409 when somebody was faster, 422 without a choice."""
    offer = get_object_or_404(SettlementOffer.objects.select_related("account__debtor"), pk=pk)
    said = request.POST.get("act", "")
    if said not in ("approve", "refuse"):
        return _answer(request, problem="Choose whether it is approved.", status=422)
    try:
        made = settlements.decide(pk, approve=said == "approve", by=request.user, reason=request.POST.get("reason", ""))
    except ChangedMeanwhile as lost:
        return _answer(request, problem=f"{offer.account.debtor.full_name}: {lost}", status=409)
    except FieldRefused as refusal:
        return _answer(request, problem=str(refusal), status=422)
    what = "approved" if made.status == SettlementOffer.Status.OFFERED else "not approved"
    messages.success(
        request, f"The settlement of {money(made.amount)} with {offer.account.debtor.full_name} is {what}."
    )
    attention.forget_count()
    return HttpResponseRedirect(resolve_url("payments:settlements"), status=303)


def _answer(request: SignedInRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    which = pages.shown(request.GET.get("show", ""))
    page = page_of(pages.found(which), request.GET, pages.order(which))
    context = {
        "page": page, "rows": pages.rows(page.rows, calendar.today_in(calendar.zone_of(request.user))),
        "which": which, "lists": [(name, label) for name, (label, *_) in pages.SHOWN.items()], "problem": problem,
        "awaiting": attention.awaiting().count(),
    }  # fmt: skip
    return respond(request, "payments/settlements.html", context, region="results", status=status)
