"""What collectors may agree: `/payments/terms/`, and a creditor's floor: `/payments/terms/creditors/<id>/`."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, resolve_url
from django.views.decorators.http import require_http_methods, require_POST

from core.access import SignedInRequest, admins_only, managers_only
from core.models import Creditor
from core.pages import respond, wants_region
from core.paging import Order, page_of
from core.refusals import ChangedMeanwhile, FieldRefused
from payments import terms
from payments.pages.terms import FloorForm, LimitsForm, rows

BY_NAME = Order("name", descending=False)


@require_http_methods(["GET", "HEAD"])
@managers_only
def show(request: SignedInRequest) -> HttpResponse:
    """The agency's limits, and every creditor's floor."""
    return _answer(request, region="creditors")


@require_POST
@admins_only
def limit(request: SignedInRequest) -> HttpResponse:
    """Set the agency's limits; 422 with what was typed, 409 with what somebody else set meanwhile."""
    form = LimitsForm(request.POST)
    if not form.is_valid():
        return _answer(request, form=form, region="limits", status=422)
    try:
        terms.limit(form.said, by=request.user, seen=form.cleaned_data["seen"])
    except ChangedMeanwhile as lost:
        return _answer(request, lost=str(lost), region="limits", status=409)
    except FieldRefused as refusal:
        form.refuse(refusal)
        return _answer(request, form=form, region="limits", status=422)
    messages.success(request, "Saved. It holds for what is agreed from now on.")
    return HttpResponseRedirect(resolve_url("payments:terms"), status=303)


@require_POST
@admins_only
def set_floor(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Set one creditor's floor: the list anew; 422 beside its field, 409 with the floor that somebody else set."""
    get_object_or_404(Creditor.objects.all(), pk=pk)
    form, typed = FloorForm(request.POST), request.POST.get("floor", "")[:20]
    if not form.is_valid():
        return _answer(request, refused=(pk, typed, " ".join(map(str, form.errors.get("floor", [])))), status=422)
    try:
        saved = terms.set_floor(pk, form.share, by=request.user, seen=form.cleaned_data["seen"])
    except ChangedMeanwhile as lost:
        return _answer(request, refused=(pk, typed, str(lost)), status=409)
    if wants_region(request):
        return _answer(request, saved=saved.pk)
    query = request.META["QUERY_STRING"]
    back = f"{resolve_url('payments:terms')}{f'?{query}' if query else ''}#c-{pk}"
    return HttpResponseRedirect(back, status=303)


def _answer(
    request: SignedInRequest,
    *,
    form: LimitsForm | None = None,
    lost: str = "",
    refused: tuple[UUID, str, str] | None = None,
    saved: UUID | None = None,
    region: str = "creditors",
    status: int = 200,
) -> HttpResponse:
    page = page_of(Creditor.objects.filter(is_active=True), request.GET, BY_NAME)
    context = {
        "form": form or LimitsForm(), "lost": lost, "page": page, "rows": rows(page.rows, refused), "saved": saved,
        "refused": refused,
    }  # fmt: skip
    return respond(request, "payments/terms.html", context, region=region, status=status)
