"""The feeds: `/imports/feeds/`. Managers look, admins change."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import meanwhile, tenancy
from core.access import SignedInRequest, admins_only, managers_only
from core.models import Agency
from core.pages import respond
from imports.fetching import sftp
from imports.models import SFTPFeed
from imports.pages import feed_changes, feed_list
from imports.pages.feed_forms import FeedForm
from imports.pages.feed_page import Page, page_of

LOOK_ONLY = "You can look at the feeds, but not change them. Ask an admin of your agency."


@require_safe
@managers_only
def show_list(request: SignedInRequest) -> HttpResponse:
    """Every feed with its last look, its last file and its trouble."""
    agency = Agency.objects.get(pk=tenancy.current_agency_id())
    context = {"lines": feed_list.lines(agency), "minutes": agency.choices.poll_every_seconds / 60}
    return render(request, "imports/feeds/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def create(request: SignedInRequest) -> HttpResponse:
    """A new feed: its form, a test of its connection, and the feed itself."""
    if request.method == "POST":
        return _posted(request, SFTPFeed())
    if not request.user.is_admin:
        messages.warning(request, LOOK_ONLY)
        return redirect("imports:feeds")
    return _answer(request, page_of(FeedForm(instance=SFTPFeed())))


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def show(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """One feed: for admins the form, for others the facts."""
    if request.method != "POST":
        feed = get_object_or_404(SFTPFeed.objects.select_related("creditor", "mapping"), pk=pk)
        return _answer(request, page_of(FeedForm(instance=feed)))
    rows = SFTPFeed.objects.all() if "test" in request.POST else SFTPFeed.objects.locked()
    return _posted(request, get_object_or_404(rows, pk=pk))


def _posted(request: SignedInRequest, feed: SFTPFeed) -> HttpResponse:
    """Test or save: 422 with a sentence at each field, 409 with what differs when somebody else saved it meanwhile."""
    if not request.user.is_admin:
        raise PermissionDenied(LOOK_ONLY)
    form = FeedForm(request.POST, instance=feed, testing="test" in request.POST)
    if form.is_stale and not form.testing:
        form.is_valid()
        who = meanwhile.on_record(feed, request.user, "saved this feed")
        return _answer(request, page_of(form, is_lost=True), status=409, who=who)
    if not form.is_valid():
        return _answer(request, page_of(form), status=422)
    if form.testing:
        said = form.cleaned_data
        return _answer(request, page_of(form, sftp.probe(form.address(), said["remote_dir"], said["pattern"])))
    if feed_changes.save(form) is None:
        return _answer(request, page_of(form), status=422)
    messages.success(request, f"{feed.name} is saved{'' if feed.is_active else ', and paused'}.")
    return redirect("imports:feeds")


@require_POST
@admins_only
def pause(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Fetch no more files."""
    return _act(request, pk, feed_changes.pause, "{} is paused. No file is fetched until it is resumed.")


@require_POST
@admins_only
def resume(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Look into the folder by schedule again."""
    return _act(request, pk, feed_changes.resume, "{} is active again.")


@require_POST
@admins_only
def run(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Look into this one feed at once."""
    return _act(request, pk, feed_changes.look_now, "Looking into {}. New files appear in the list of imports.")


def _act(request: HttpRequest, pk: UUID, act: Callable[[UUID], SFTPFeed], sentence: str) -> HttpResponse:
    try:
        messages.success(request, sentence.format(act(pk).name))
    except SFTPFeed.DoesNotExist as error:
        raise Http404 from error
    except feed_changes.Refused as refusal:
        messages.warning(request, str(refusal))
    return redirect("imports:feeds")


def _answer(request: SignedInRequest, page: Page, *, status: int = 200, who: str = "") -> HttpResponse:
    context = {"page": page, "who": who}
    return respond(request, "imports/feeds/feed.html", context, region="connection", status=status)
