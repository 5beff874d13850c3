"""Files that come out of a job: its acknowledgment, its rejected rows, and the original. Each download is audited."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from core import audit, downloads, storage
from core.access import admins_only, managers_only
from core.models import AuditLog
from imports import acknowledgment, rejected_rows
from imports.models import SFTPImportJob
from imports.views.jobs import job_of

GONE = "The stored file of this import is gone. What was imported from it is not affected."


@require_GET
@managers_only
def download_acknowledgment(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """What became of each line, for the creditor."""
    job = job_of(pk)
    if not job.is_finished:
        messages.warning(request, "The acknowledgment is written when the import is finished.")
        return redirect("imports:job", pk)
    _record(job, "acknowledgment")
    return downloads.csv_file(acknowledgment.lines(job), acknowledgment.name_for(job))


@require_GET
@managers_only
def download_rejected_rows(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The rows to be mended, as they were written, social security numbers included."""
    job = job_of(pk)
    _record(job, "rejected rows")
    return downloads.csv_file(rejected_rows.lines(job), acknowledgment.name_for(job, "rejected"))


@require_GET
@admins_only
def download_original(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The file as it was received."""
    job = job_of(pk)
    try:
        file = storage.opened(job.stored_file) if job.stored_file else None
    except FileNotFoundError:
        file = None
    if file is None:
        return render(request, "404.html", {"reason": GONE}, status=404)
    _record(job, "original file")
    return downloads.stored_file(file, job.file_name)


def _record(job: SFTPImportJob, what: str) -> None:
    audit.record(job, AuditLog.Action.EXPORT, {"downloaded": [None, what]})
