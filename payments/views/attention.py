"""What needs a person: `/payments/attention/`; comparing a day again: `/payments/comparisons/<id>/renewals/`."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from core.access import SignedInRequest, admins_only, managers_only
from payments import attention as matters
from payments import daily_comparison
from payments.models import DailyComparison
from payments.pages import attention


@require_safe
@managers_only
def show(request: SignedInRequest) -> HttpResponse:
    """Everything that does not go on by itself, each with its reason and what can be done."""
    context = {"sections": attention.sections(), "attention_count": matters.count()}
    return render(request, "payments/attention.html", context)


@require_POST
@admins_only
def compare_again(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Have the worker compare that day anew."""
    found = get_object_or_404(DailyComparison.objects.all(), pk=pk)
    daily_comparison.soon(found)
    messages.success(request, "The day is compared again. When it agrees, it leaves this list.")
    return redirect("payments:attention")
