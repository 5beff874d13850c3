"""The list of imports, one job with its progress, and “Import now”."""

from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from core.access import SignedInRequest, admins_only, managers_only
from core.pages import respond
from core.words import count
from imports import polling
from imports.job_page import page_of
from imports.listing import JobFilter, table_of
from imports.models import SFTPFeed, SFTPImportJob


@require_safe
@managers_only
def show_list(request: SignedInRequest) -> HttpResponse:
    """Every file that came, the newest first."""
    jobs = SFTPImportJob.objects.all()
    narrowed = JobFilter(request.GET, jobs, request=request)
    table = table_of(narrowed.qs.order_by("-created_at", "-id"), request.GET.get("page", ""), _zone(request))
    feeds = list(SFTPFeed.objects.filter(is_active=True))
    context = {
        "filter": narrowed,
        "narrowed": narrowed.narrows,
        "table": table,
        "feeds": feeds,
        "failing": [feed for feed in feeds if feed.last_error],
        "running": jobs.filter(status__in=SFTPImportJob.UNFINISHED).exists(),
    }
    return respond(request, "imports/list.html", context, region="results")


@require_safe
@managers_only
def show_job(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One file: how far it is, and which lines were rejected why."""
    page = page_of(_job(pk), request.GET.get("after", ""))
    return respond(request, "imports/job.html", {"page": page}, region="errors")


@require_safe
@managers_only
def show_progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same page, and for HTMX its progress: asked each second until the job is finished."""
    return respond(request, "imports/job.html", {"page": page_of(_job(pk))}, region="progress")


@require_POST
@admins_only
def run_now(request: HttpRequest) -> HttpResponse:
    """Look into every active feed at once."""
    feeds = polling.poll_now()
    if feeds:
        messages.success(request, f"Looking into {count(feeds, 'feed')}. New files appear here.")
    else:
        messages.warning(request, "There is no active feed to look into.")
    return redirect("imports:list")


def _job(pk: UUID) -> SFTPImportJob:
    return get_object_or_404(SFTPImportJob.objects.select_related("feed"), pk=pk)


def _zone(request: SignedInRequest) -> ZoneInfo:
    return request.user.agency.zone if request.user.agency else ZoneInfo("UTC")
