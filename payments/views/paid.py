"""Where a debtor comes back to who has paid by a link: `/paid/`. It says nothing of him or of a debt."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """A word of thanks."""
    return render(request, "payments/paid.html")
