"""Views of the worklist: `/worklist/views/` saves one, `/worklist/views/<id>/` renames it, `…/deletion/` deletes it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core import meanwhile, people
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
    views = saved_views.changeable_by(request.user, lock=request.method == "POST")
    return _form(request, get_object_or_404(views, pk=pk), is_new=False)


@require_POST
@in_agency
def delete(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Delete a view; the accounts in it are not touched."""
    refuse_looker(request)
    view = get_object_or_404(saved_views.changeable_by(request.user, lock=True), pk=pk)
    if lost := _lost(request, view):
        return _page(request, view, saved_views.ViewForm(None, **_facts(request, view)), problem=lost, status=409)
    view.delete()
    messages.success(request, f"View “{view.name}” deleted.")
    return redirect(reverse("worklist:list"))


def _form(request: SignedInRequest, view: SavedView, *, is_new: bool) -> HttpResponse:
    form = ViewForm(request.POST if request.method == "POST" else None, **_facts(request, view))
    if request.method == "POST" and not is_new and (lost := _lost(request, view)):
        return _page(request, view, form, problem=lost, status=409)
    if request.method == "POST" and form.is_valid():
        view.name, view.is_shared = form.cleaned_data["name"], form.cleaned_data.get("shared", view.is_shared)
        try:
            saved_views.save(view, is_new=is_new)
        except ViewRefused as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, f"View “{view.name}” {'saved' if is_new else 'changed'}.")
            return to_list(view.query)
    return _page(request, view, form, is_new=is_new, status=422 if form.errors else 200)


def _facts(request: SignedInRequest, view: SavedView) -> dict[str, Any]:
    return {"user": request.user, "initial": {"name": view.name, "shared": view.is_shared}}


def _lost(request: SignedInRequest, view: SavedView) -> str:
    """What somebody else did to the view since the form was made; empty when it is as it was."""
    expected = request.POST.get("expected", "")
    if not expected or expected == saved_views.version(view):
        return ""
    now = f"It is “{view.name}” now, {'shared with the agency' if view.is_shared else 'private'}."
    return f"{meanwhile.on_record(view, request.user, 'changed this view')} {now}"


def _page(
    request: SignedInRequest, view: SavedView, form: ViewForm, *, is_new: bool = False, problem: str = "", status: int
) -> HttpResponse:
    version = "" if is_new else saved_views.version(view)
    context = {"form": form, "view": view, "is_new": is_new, "problem": problem, "version": version}
    return render(request, TEMPLATE, context, status=status)
