"""Plans of an account: `/accounts/<id>/plans/`, the form at `…/plans/new/`, its schedule at `…/plans/preview/`."""

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from core.pages import respond, wants_region
from core.refusals import ChangedMeanwhile, FieldRefused
from payments import plans
from payments.models import PaymentPlan
from worklist.accounts.plan_page import PlanPage, page_of
from worklist.views.access import SignedInRequest, account_to_change, in_agency
from worklist.views.account import again
from worklist.views.back import to_account

FORM, PARTS = "worklist/plan.html", "worklist/account"
GONE = "The plan does not stand any more. This is how the account stands now."


@require_safe
@in_agency
def new(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The form: a page of its own, or for HTMX what stands in the dialog."""
    account_to_change(request, pk)
    page = page_of(request, pk)
    if page.offer:
        page.try_draft(page.made(page.form.initial))
    return _answer(request, page)


@require_POST  # it changes nothing, but what is typed does not belong into an address
@in_agency
def preview(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """What the typed terms would make, and the words to be read."""
    account_to_change(request, pk)
    page = page_of(request, pk)
    page.try_draft(page.made(request.POST))
    return respond(request, FORM, {"page": page}, region="plan-preview", parts=PARTS)


@require_POST
@in_agency
def create(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Agree the plan that was read to the debtor; 422 with what was typed, 409 with the fresh account."""
    account_to_change(request, pk)
    page = page_of(request, pk)
    form = page.made(request.POST)
    page.try_draft(form)
    if form.is_valid():
        said, shown = form.cleaned_data, request.POST.get("shown", "")
        try:
            facts = {"shown": shown, "replaces": said["replaces"], "copy_to": form.copy_to}
            plans.agree(pk, form.terms(), by=request.user, **facts)
        except ChangedMeanwhile as lost:
            return again(request, pk, status=409, problem=str(lost))
        except FieldRefused as refusal:
            form.refuse(refusal)
        else:
            return (
                again(request, pk, dealt="plan", place="#plan")
                if wants_region(request)
                else to_account(request, pk, "#plan")
            )
    return _answer(request, page, status=422)


@require_POST
@in_agency
def cancel(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Cancel the plan that the user saw, with a reason; 409 with the fresh page when it stands no more."""
    account_to_change(request, pk)
    try:
        plan = PaymentPlan.objects.filter(pk=UUID(request.POST.get("plan", "")), account=pk).first()
    except ValueError:
        plan = None
    if plan is None:
        return again(request, pk, status=409, problem=GONE)
    reason = request.POST.get("reason", "")[:255]
    try:
        plans.cancel(plan.pk, reason, by=request.user)
    except ChangedMeanwhile as lost:
        return again(request, pk, status=409, problem=str(lost))
    except FieldRefused as refusal:
        return again(request, pk, status=422, problem=str(refusal))
    return (
        again(request, pk, dealt="plan", place="#plan") if wants_region(request) else to_account(request, pk, "#plan")
    )


def _answer(request: SignedInRequest, page: PlanPage, *, status: int = 200) -> HttpResponse:
    return respond(request, FORM, {"page": page}, region="terms", parts=PARTS, status=status)
