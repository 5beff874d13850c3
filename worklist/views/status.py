"""The status of an account: `/accounts/<id>/status/`."""

from uuid import UUID

from django.forms import Form
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from core import moves
from core.account_states import MoveRefused
from core.pages import wants_region
from worklist.accounts.move_forms import form_for
from worklist.views.access import SignedInRequest, account_to_change, in_agency
from worklist.views.account import again
from worklist.views.back import to_account


@require_POST
@in_agency
def change(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Make one move. 409 with the fresh page when somebody was faster, 422 with a sentence when it is refused.

    What was typed for the move stays in its form; where the move is not possible any more, the sentence repeats it.
    """
    account_to_change(request, pk)
    name = request.POST.get("move", "")
    form = form_for(name, request.POST)
    if not form.is_valid():
        return again(request, pk, status=422, asked=name, form=form)
    try:
        moves.move(pk, name, by=request.user, expected=request.POST.get("expected", ""), **form.cleaned_data)
    except moves.StatusChanged as lost:
        return again(request, pk, status=409, problem=f"{lost}{_typed(form)}", asked=name, form=form)
    except MoveRefused as refusal:
        return again(request, pk, status=422, problem=str(refusal), asked=name, form=form)
    return again(request, pk) if wants_region(request) else to_account(request, pk)


def _typed(form: Form) -> str:
    told = [f"{form.fields[name].label}: {value}" for name, value in form.cleaned_data.items() if value]
    return f" You had entered: {'; '.join(told)}." if told else ""
