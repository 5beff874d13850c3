"""The imports list and one job, for an agency's management."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe
from django_tables2 import LazyPaginator, RequestConfig

from core import tenancy
from core.access import admins_only, managers_only
from core.pages import respond
from imports.job_page import JobPage
from imports.lists import JobFilter, JobTable
from imports.models import SFTPFeed, SFTPImportJob

PER_PAGE = 25


@require_safe
@managers_only
def jobs(request: HttpRequest) -> HttpResponse:
    """Every import, the newest first; filtered by status and feed."""
    chosen = JobFilter(request.GET or None, queryset=SFTPImportJob.objects.select_related("feed"))
    table = JobTable(chosen.qs)
    RequestConfig(request, paginate={"per_page": PER_PAGE, "paginator_class": LazyPaginator}).configure(table)
    feeds = list(SFTPFeed.objects.filter(is_active=True).order_by("name"))
    context = {
        "table": table,
        "filter": chosen,
        "feeds": feeds,
        "failing": [feed for feed in feeds if feed.last_error],
        "narrowed": any(request.GET.get(name) for name in ("status", "feed")),
        "running": any(not row.record.is_finished for row in table.paginated_rows),
    }
    return respond(request, "imports/list.html", context, region="results")


@require_safe
@managers_only
def job(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One file: how far it is, what became of it, and which lines were refused."""
    page = JobPage(get_object_or_404(SFTPImportJob.objects.select_related("feed"), pk=pk), request.GET)
    return respond(request, "imports/job.html", {"page": page}, region="errors")


@require_safe
@managers_only
def progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The region of the job page that follows a running import; once finished it no longer asks."""
    page = JobPage(get_object_or_404(SFTPImportJob.objects.select_related("feed"), pk=pk), request.GET)
    context: dict[str, Any] = {"page": page, "fragment": True}
    if not getattr(request, "htmx", None):
        return redirect("imports:job", pk=pk)
    return render(request, "imports/job.html#progress", context)


@require_POST
@admins_only
def run(request: HttpRequest) -> HttpResponse:
    """Look into every active feed at once, without waiting for the schedule."""
    from imports import polling

    with tenancy.transaction():
        started = polling.enqueue_polls()
    if started:
        messages.info(request, f"Looking into {started} {'feed' if started == 1 else 'feeds'}. New files appear here.")
    else:
        messages.warning(request, "There is no active feed to look into.")
    return redirect("imports:list")
