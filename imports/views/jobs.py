"""The list of imports, one job with its progress, and what can be done to it: “Import now”, retry, cancel."""

from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import SignedInRequest, admins_only, managers_only
from core.pages import respond
from core.words import count
from imports import importer, quality
from imports.fetching import polling
from imports.models import SFTPFeed, SFTPImportJob
from imports.pages.job_page import JobPage, carries_on
from imports.pages.listing import JobFilter, page_of


@require_safe
@managers_only
def show_list(request: SignedInRequest) -> HttpResponse:
    """Every file that came, the newest first."""
    jobs = SFTPImportJob.objects.all()
    zone = _zone(request)
    narrowed = JobFilter(request.GET, jobs, request=request, zone=zone)
    page = page_of(narrowed.qs, request.GET, zone)
    feeds = list(SFTPFeed.objects.filter(is_active=True))
    context = {
        "filter": narrowed,
        "narrowed": narrowed.narrows,
        "page": page,
        "table": page.table,
        "sums": quality.sums(narrowed.qs),
        "feeds": feeds,
        "failing": [feed for feed in feeds if feed.last_error],
        "running": jobs.filter(status__in=SFTPImportJob.UNFINISHED).exists(),
    }
    return respond(request, "imports/list.html", context, region="results")


@require_safe
@managers_only
def show_job(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One file: how far it is, which lines were rejected why, and what updates changed."""
    return respond(request, "imports/job.html", {"page": JobPage(job_of(pk), request.GET)}, region="lines")


@require_safe
@managers_only
def show_progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same page, and for HTMX its progress: asked each second until the job is finished."""
    return respond(request, "imports/job.html", {"page": JobPage(job_of(pk), request.GET)}, region="progress")


@require_POST
@admins_only
def retry(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a failed job up again."""
    job = job_of(pk)
    if importer.retry(job):
        messages.success(request, f"The import is tried again. {carries_on(job)}")
    elif job.status == SFTPImportJob.Status.FAILED:
        messages.warning(request, "There is no stored file to read again. Have the creditor send it once more.")
    else:
        messages.warning(request, f"Nothing was started: the import is {job.get_status_display().lower()} already.")
    return redirect("imports:job", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def cancel(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Stop an unfinished job; without script the question is a page of its own."""
    job = job_of(pk)
    if request.method != "POST" and not job.is_finished:
        return render(request, "imports/cancellation.html", {"job": job})
    if request.method == "POST" and importer.cancel(job, request.user):
        messages.success(request, "The import is stopped. What is imported stays, and Retry carries on behind it.")
    else:
        messages.warning(request, f"There is nothing to stop: the import is {job.get_status_display().lower()}.")
    return redirect("imports:job", pk)


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


def job_of(pk: UUID) -> SFTPImportJob:
    """The agency's job with what its pages name, or 404."""
    return get_object_or_404(SFTPImportJob.objects.select_related("feed", "mapping", "uploaded_by"), pk=pk)


def _zone(request: SignedInRequest) -> ZoneInfo:
    return request.user.agency.zone if request.user.agency else ZoneInfo("UTC")
