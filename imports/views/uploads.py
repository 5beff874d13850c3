"""A file brought by browser: `/imports/uploads/`, looked at, tried out, then imported or discarded."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from core.access import SignedInRequest, admins_only, managers_only
from core.pages import respond, wants_region
from imports import lost_trials, receiving, uploads
from imports.formats import Refused
from imports.models import SFTPFeed, Upload
from imports.pages.mapping_editor import Editor
from imports.pages.upload_form import UploadForm

NEW, ONE = "imports/uploads/new.html", "imports/uploads/upload.html"
SHOWN = 20
# What a form is larger than the file in it.
_AROUND_THE_FILE = 64 * 1024


@csrf_exempt  # only until the size is known: a file too large is refused before it is read
@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def bring(request: SignedInRequest) -> HttpResponseBase:
    """Choose a file, and see those that nobody has imported yet."""
    if request.method == "POST":
        return _bring(request)
    feed = _feed(request.GET.get("feed", ""))
    return _new(request, UploadForm(feed=feed))


@admins_only
def _bring(request: SignedInRequest) -> HttpResponse:
    try:
        receiving.refuse_larger(_announced(request) - _AROUND_THE_FILE)
    except Refused as refused:
        return _new(request, UploadForm(), refusal=str(refused))
    return _keep(request)


def _announced(request: SignedInRequest) -> int:
    """Bytes that the browser says it sends; 0 for nonsense, of which Django then reads nothing."""
    length = request.META.get("CONTENT_LENGTH") or ""
    return int(length) if length.isascii() and length.isdigit() else 0


@csrf_protect
def _keep(request: SignedInRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _new(request, form, status=422)
    file, feed = form.cleaned_data["file"], form.cleaned_data["feed"]
    try:
        upload = uploads.bring(file.file, file.name, by=request.user, creditor=form.cleaned_data["creditor"], like=feed)
    except Refused as refused:
        return _new(request, UploadForm(), refusal=str(refused))
    url = reverse("imports:upload", args=[upload.pk]) + (f"?feed={feed.pk}" if feed else "")
    return HttpResponseClientRedirect(url) if wants_region(request) else redirect(url)


def _new(request: SignedInRequest, form: UploadForm, *, refusal: str = "", status: int = 200) -> HttpResponse:
    waiting = Upload.objects.filter(job=None).select_related("uploaded_by").order_by("-created_at")[:SHOWN]
    context = {
        "form": form,
        "refusal": refusal,
        "waiting": list(waiting),
        "largest": settings.IMPORT_MAX_FILE_BYTES,
        "days": uploads.KEPT_DAYS,
    }
    return respond(request, NEW, context, region="upload", status=422 if refusal else status)


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def show(request: SignedInRequest, pk: UUID) -> HttpResponseBase:
    """One upload: how it is read, its first rows and what would become of it; POST reads it in another way."""
    upload = _upload(pk)
    if request.method == "POST":
        return _change(request, upload)
    if upload.job_id:
        return _to_job(request, upload)
    return _page(request, upload, _editor(upload))


@admins_only
def _change(request: SignedInRequest, upload: Upload) -> HttpResponse:
    if upload.job_id:
        return _to_job(request, upload)
    editor = _editor(upload, request.POST)
    if not editor.is_valid:
        return _page(request, upload, editor, status=422)
    if request.POST.get("act") != "save":
        return _page(request, upload, editor)
    try:
        uploads.change(upload, spec=editor.spec, format=editor.format, creditor=editor.creditor)
    except uploads.NotNow as sorry:
        messages.warning(request, str(sorry))
    return _again(request, upload)


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def try_out(request: SignedInRequest, pk: UUID) -> HttpResponseBase:
    """How far the dry run is: asked each second until it is done. POST counts anew."""
    upload = _upload(pk)
    if request.method == "POST":
        return _try_again(request, upload)
    if upload.job_id:
        return _to_job(request, upload)
    if wants_region(request):
        return respond(request, ONE, {"upload": upload, **_trial(upload)}, region="trial")
    return redirect("imports:upload", pk)


@admins_only
def _try_again(request: SignedInRequest, upload: Upload) -> HttpResponse:
    try:
        uploads.try_again(upload)
    except uploads.NotNow as sorry:
        messages.warning(request, str(sorry))
    return _again(request, upload)


@require_POST
@admins_only
def import_it(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Make the job. A second click, or a second tab, finds the one that is there."""
    upload = _upload(pk)
    if upload.job_id:
        return _to_job(request, upload)
    try:
        job = uploads.import_it(upload, by=request.user, seen=request.POST.get("seen", ""))
    except uploads.NotNow as sorry:
        return _page(request, upload, _editor(upload), status=409, sorry=str(sorry))
    return redirect("imports:job", job.pk)


@require_POST
@admins_only
def discard(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Forget the upload and its file."""
    upload = _upload(pk)
    try:
        uploads.discard(upload)
    except uploads.NotNow as sorry:
        messages.warning(request, str(sorry))
        return _again(request, upload)
    messages.success(request, f"{upload.file_name} is discarded. Nothing was imported.")
    return redirect("imports:upload_new")


@require_POST
@admins_only
def keep_for_feed(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Save the upload's mapping for a feed, so that its next files are read alike."""
    upload = _upload(pk)
    feed = _feed(request.POST.get("feed", ""))
    if feed is None:
        return _page(request, upload, _editor(upload), status=422, sorry="Choose the feed that the mapping is for.")
    uploads.keep_for_feed(upload, feed, request.user)
    messages.success(request, f"The next files of {feed} are read by this mapping.")
    return redirect("imports:feed_mapping", feed.pk)


def _page(
    request: SignedInRequest, upload: Upload, editor: Editor, *, status: int = 200, sorry: str = ""
) -> HttpResponse:
    context: dict[str, Any] = {"upload": upload, "editor": editor, "sorry": sorry}
    if not wants_region(request):
        context |= {
            "action": _url(request, upload),
            "earlier": uploads.earlier_job(upload),
            "feeds": list(SFTPFeed.objects.all()),
            "for_feed": _feed(request.GET.get("feed", "")),
            **_trial(upload),
        }
    return respond(request, ONE, context, region="preview", status=status)


def _trial(upload: Upload) -> dict[str, bool]:
    """Why its dry run may say nothing."""
    return {"is_lost": lost_trials.is_lost(upload), "is_queued": lost_trials.is_queued(upload)}


def _editor(upload: Upload, data: Any = None) -> Editor:
    return Editor(
        data=data,
        spec=upload.spec,
        format=upload.format,
        stored_file=upload.stored_file,
        creditor=upload.creditor,
        with_creditor=True,
    )


def _upload(pk: UUID) -> Upload:
    return get_object_or_404(Upload.objects.select_related("creditor", "uploaded_by", "job"), pk=pk)


def _again(request: SignedInRequest, upload: Upload) -> HttpResponse:
    """The page as it is now, or where its file went."""
    if not Upload.objects.filter(pk=upload.pk).exists():
        return redirect("imports:upload_new")
    return redirect(_url(request, upload))


def _url(request: SignedInRequest, upload: Upload) -> str:
    """The upload's page, which remembers for which feed the file is a sample."""
    url = reverse("imports:upload", args=[upload.pk])
    feed = _feed(request.GET.get("feed", ""))
    return f"{url}?feed={feed.pk}" if feed else url


def _to_job(request: SignedInRequest, upload: Upload) -> HttpResponse:
    messages.info(request, "This file was imported. You see its import.")
    url = reverse("imports:job", args=[upload.job_id])
    return HttpResponseClientRedirect(url) if wants_region(request) else redirect(url)


def _feed(text: str) -> SFTPFeed | None:
    """The feed of this id; None for any other text."""
    try:
        return SFTPFeed.objects.select_related("mapping", "creditor").filter(pk=UUID(text)).first()
    except ValueError:
        return None
