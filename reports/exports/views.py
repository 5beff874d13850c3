"""My exports: `/exports/`, a new one by POST there, and for each its file, `…/cancellation/` and `…/removal/`."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import downloads, storage
from core.access import SignedInRequest, managers_only
from core.addresses import address
from core.pages import respond
from core.paging import page_of
from core.refusals import FieldRefused
from reports.exports import asking, keeping
from reports.exports.page import Row, file_name
from reports.models import Export

NOT_HERE_ANY_MORE = "That link is not good any more. What is still kept has a new one below."


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def exports(request: SignedInRequest) -> HttpResponse:
    """What this user asked for, the newest first; POST asks for another one."""
    return _ask(request) if request.method == "POST" else _show(request)


def _show(request: SignedInRequest) -> HttpResponse:
    page = page_of(keeping.of(request.user), request.GET)
    rows = [Row.of(export) for export in page.rows]
    context = {"page": page, "rows": rows, "running": any(row.export.is_unfinished for row in rows)}
    return respond(request, "reports/exports.html", context, region="results")


def _ask(request: SignedInRequest) -> HttpResponse:
    said = request.POST
    try:
        export = asking.ask(said.get("source", ""), said.get("query", ""), said.get("format", ""), by=request.user)
    except FieldRefused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, f"{export} is being made. Its file appears here, and is kept for seven days.")
    return HttpResponseRedirect(address("exports:list"), status=303)


@require_POST
@managers_only
def cancel(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Call off what is being made."""
    export = _of(request, pk)
    if not asking.cancel(export):
        messages.warning(request, f"There is nothing to cancel: it is {export.get_status_display().lower()}.")
    return redirect("exports:list")


@require_POST
@managers_only
def remove(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Delete the file before its time."""
    if asking.remove(_of(request, pk)):
        messages.success(request, "The export is deleted.")
    else:
        messages.warning(request, "It is being made. Cancel it first.")
    return redirect("exports:list")


@require_GET
@managers_only
def download(request: SignedInRequest, pk: UUID) -> HttpResponseBase:
    """The file, by its signed link, for who asked for it."""
    export = _of(request, pk)
    if not export.is_there or not keeping.opens(request.GET.get("key", ""), export):
        messages.warning(request, NOT_HERE_ANY_MORE)
        return redirect("exports:list")
    try:
        answer = _answer(export, downloads.safe_name(file_name(export)))
    except FileNotFoundError:
        messages.warning(request, "The file is gone. Make it again.")
        return redirect("exports:list")
    asking.record_download(export)
    return answer


def _answer(export: Export, name: str) -> HttpResponseBase:
    if direct := keeping.direct_link(export, name):
        return HttpResponseRedirect(direct)
    return downloads.stored_file(storage.opened(export.stored_file), name)


def _of(request: SignedInRequest, pk: UUID) -> Export:
    """The user's own export, or 404: a colleague's does not exist for him."""
    return get_object_or_404(keeping.of(request.user), pk=pk)
