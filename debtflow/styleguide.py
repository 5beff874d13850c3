"""Every component in every state, on one page (DEBUG only)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.account_states import Status


def show(request: HttpRequest) -> HttpResponse:
    """The living style guide."""
    return render(request, "styleguide.html", {"statuses": list(Status), "priorities": range(4)})
