"""What does an admin do to a feed: save it, pause it, resume it, look into it now? Each change is in the audit log."""

from uuid import UUID

from django.db import IntegrityError

from core import audit, tenancy
from core.models import AuditLog
from imports.fetching import polling
from imports.models import SFTPFeed
from imports.pages.feed_forms import NAME_TAKEN, NOT_ACCEPTED, FeedForm


class Refused(ValueError):
    """The feed stays as it is; `str()` is the sentence for the user."""


def save(form: FeedForm) -> SFTPFeed | None:
    """Keep what a valid form says. None when the name was taken meanwhile: the form then has the error."""
    feed: SFTPFeed = form.instance
    feed.host_key = form.host_key
    _drop_the_other_credential(form)
    try:
        with tenancy.transaction():
            form.save()
            _record_credentials(form)
    except IntegrityError:
        form.add_error("name", NAME_TAKEN)
        return None
    return feed


def pause(feed_id: UUID) -> SFTPFeed:
    """No more files are fetched; pausing twice is pausing once. Raises SFTPFeed.DoesNotExist."""
    return _switch(feed_id, is_active=False)


def resume(feed_id: UUID) -> SFTPFeed:
    """Look into the folder by schedule again. Raises SFTPFeed.DoesNotExist, and Refused without an accepted key."""
    return _switch(feed_id, is_active=True)


def look_now(feed_id: UUID) -> SFTPFeed:
    """Have the worker poll the feed at once. Raises SFTPFeed.DoesNotExist, and Refused when it is paused."""
    with tenancy.transaction():
        feed = SFTPFeed.objects.get(pk=feed_id)
        if not feed.is_active:
            raise Refused(f"{feed.name} is paused. Resume it first.")
        polling.enqueue(feed.pk)
    return feed


def _switch(feed_id: UUID, *, is_active: bool) -> SFTPFeed:
    with tenancy.transaction():
        feed = SFTPFeed.objects.locked().get(pk=feed_id)
        if is_active and not feed.host_key:
            raise Refused(NOT_ACCEPTED.partition(", or")[0] + ".")
        if feed.is_active != is_active:
            feed.is_active = is_active
            feed.save(update_fields=["is_active", "updated_at"])
    return feed


def _drop_the_other_credential(form: FeedForm) -> None:
    """A new password replaces a stored key, and the other way round: one of them would never be used."""
    if form.typed == ("password",):
        form.instance.private_key = ""
    elif form.typed == ("private_key",):
        form.instance.password = ""


def _record_credentials(form: FeedForm) -> None:
    """Which credential was replaced; what it is or was stands nowhere."""
    changes = {
        name: ["stored" if getattr(form.before, name) else "none", "replaced" if name in form.typed else "removed"]
        for name in ("password", "private_key")
        if name in form.typed or (form.typed and getattr(form.before, name))
    }
    if changes and not form.is_new:
        audit.record(form.instance, AuditLog.Action.UPDATE, changes)
