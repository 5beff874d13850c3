"""Views of the worklist: `/worklist/views/` saves one, `/worklist/views/<id>/` renames it, `…/deletion/` deletes it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from worklist import people
from worklist.listing import saved_views
from worklist.listing.filters import AccountFilter
from worklist.listing.saved_views import LONGEST_QUERY, ViewForm, ViewRefused
from worklist.models import SavedView
from worklist.views.access import SignedInRequest, in_agency, refuse_looker
from worklist.views.back import to_list

TEMPLATE = "worklist/view.html"


@require_http_methods(["GET", "HEAD", "POST"])
@in_agency
def create(request: SignedInRequest) -> HttpResponse:
    """The form for the filters of `query`, and saving them under a name."""
    refuse_looker(request)
    query = (request.POST if request.method == "POST" else request.GET).get("query", "")[: 2 * LONGEST_QUERY]
    query = saved_views.normalised(AccountFilter(QueryDict(query), request.user, people.names()))
    view = SavedView(owner=request.user, query=query)
    return _form(request, view, is_new=True)


@require_http_methods(["GET", "HEAD", "POST"])
@in_agency
def change(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Rename a view, share it or keep it to oneself; 404 for anybody else's."""
    refuse_looker(request)
    return _form(request, get_object_or_404(saved_views.changeable_by(request.user), pk=pk), is_new=False)


@require_POST
@in_agency
def delete(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Delete a view; the accounts in it are not touched."""
    refuse_looker(request)
    view = get_object_or_404(saved_views.changeable_by(request.user), pk=pk)
    view.delete()
    messages.success(request, f"View “{view.name}” deleted.")
    return redirect(reverse("worklist:list"))


def _form(request: SignedInRequest, view: SavedView, *, is_new: bool) -> HttpResponse:
    facts: dict[str, Any] = {"user": request.user, "initial": {"name": view.name, "shared": view.is_shared}}
    form = ViewForm(request.POST if request.method == "POST" else None, **facts)
    if request.method == "POST" and form.is_valid():
        view.name, view.is_shared = form.cleaned_data["name"], form.cleaned_data.get("shared", view.is_shared)
        try:
            saved_views.save(view, is_new=is_new)
        except ViewRefused as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, f"View “{view.name}” {'saved' if is_new else 'changed'}.")
            return to_list(view.query)
    context = {"form": form, "view": view, "is_new": is_new}
    return render(request, TEMPLATE, context, status=422 if form.errors else 200)
