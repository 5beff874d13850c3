"""How a feed's files are read: `/imports/feeds/<id>/mapping/`, and each version of it: `/imports/mappings/<id>/`."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from core import meanwhile, tenancy
from core.access import SignedInRequest, admins_only, managers_only
from core.pages import respond, wants_region
from imports import feeds
from imports.mapping import NOTHING
from imports.models import Mapping, SFTPFeed, SFTPImportJob
from imports.pages import mapping_words
from imports.pages.mapping_editor import Editor

FEED, VERSION = "imports/mapping/feed.html", "imports/mapping/version.html"
SAMPLES = 5


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def edit(request: SignedInRequest, pk: UUID) -> HttpResponseBase:
    """The feed's mapping, with the first rows of one of its last files; POST looks at another reading, or saves it."""
    feed = get_object_or_404(SFTPFeed.objects.select_related("mapping", "creditor"), pk=pk)
    if request.method == "POST":
        return _changed(request, feed)
    return _page(request, feed, _editor(feed, request.GET))


@admins_only
def _changed(request: SignedInRequest, feed: SFTPFeed) -> HttpResponse:
    editor = _editor(feed, request.POST, request.POST)
    if not editor.is_valid:
        return _page(request, feed, editor, status=422)
    if request.POST.get("act") != "save":
        return _page(request, feed, editor)
    SFTPFeed.objects.locked().get(pk=feed.pk)  # whoever saves at the same moment comes after the other
    feed.refresh_from_db(fields=["mapping"])
    if request.POST.get("expected", "") != _version(feed):
        return _page(request, feed, editor, status=409)
    with tenancy.transaction():
        kept = feeds.keep_mapping(feed, editor.spec, request.user)
        feeds.keep_format(feed, editor.format)
    version = f"Version {kept.version} is in force" if kept else "Columns are found by their names"
    messages.success(request, f"{version}: the next files of {feed} are read so.")
    return redirect("imports:feed_mapping", feed.pk)


@require_safe
@managers_only
def show(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """One version, as it was and stays."""
    mapping = get_object_or_404(Mapping.objects.select_related("feed", "made_by"), pk=pk)
    context = {"mapping": mapping, "words": mapping_words.said(mapping.spec), "feed": mapping.feed}
    return render(request, VERSION, context)


def _page(request: SignedInRequest, feed: SFTPFeed, editor: Editor, *, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"feed": feed, "editor": editor, "action": request.path}
    if not wants_region(request):
        versions = Mapping.objects.filter(feed=feed).select_related("made_by").order_by("-version")
        context |= {
            "expected": _version(feed),
            "versions": [(version, mapping_words.said(version.spec)) for version in versions],
            "samples": _samples(feed),
            "lost": _who_saved(feed) if status == 409 else "",
        }
    return respond(request, FEED, context, region="preview", status=status)


def _editor(feed: SFTPFeed, chosen: QueryDict, data: Any = None) -> Editor:
    samples = _samples(feed)
    sample = next((job for job in samples if str(job.pk) == chosen.get("sample")), samples[0] if samples else None)
    editor = Editor(
        data=data,
        spec=feed.mapping.spec if feed.mapping else NOTHING,
        format=feed.format,
        stored_file=sample.stored_file if sample else "",
        creditor=feed.creditor,
    )
    editor.sample = sample
    return editor


def _samples(feed: SFTPFeed) -> list[SFTPImportJob]:
    """The feed's last files, the newest first."""
    jobs = SFTPImportJob.objects.filter(feed=feed).exclude(stored_file="")
    return list(jobs.order_by("-created_at", "-id")[:SAMPLES])


def _who_saved(feed: SFTPFeed) -> str:
    """`Dana Whitlock saved version 3 a minute ago.`"""
    if feed.mapping is None:
        return meanwhile.NOBODY_KNOWN
    who, when = feed.mapping.made_by or "A command", meanwhile.how_long_ago(feed.mapping.created_at)
    return f"{who} saved version {feed.mapping.version} {when}."


def _version(feed: SFTPFeed) -> str:
    return str(feed.mapping_id or "")
