"""How are the feeds doing: when was each looked into, what came last, and what is wrong with it?"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from core.models import Agency
from imports.models import SFTPFeed, SFTPImportJob


@dataclass(frozen=True)
class Line:
    """One feed of the list; `next_look` is None for a paused one and for one that was never looked into."""

    feed: SFTPFeed
    last_file: SFTPImportJob | None
    next_look: datetime | None

    @property
    def is_due(self) -> bool:
        """Is its turn come, and only the worker not there yet?"""
        return self.next_look is not None and self.next_look <= timezone.now()

    @property
    def state(self) -> tuple[str, str]:
        """Its badge: which status it looks like, and the word."""
        if not self.feed.is_active:
            return "closed", "Paused"
        return ("failed", "Failing") if self.feed.last_error else ("completed", "Active")


def lines(agency: Agency) -> list[Line]:
    """Every feed of the agency, those in trouble first, paused ones last, then by name. Two queries."""
    newest = SFTPImportJob.objects.filter(feed=OuterRef("pk")).order_by("-created_at", "-id")
    feeds = SFTPFeed.objects.select_related("creditor").annotate(last_file_id=Subquery(newest.values("pk")[:1]))
    found = sorted(feeds, key=lambda feed: (not feed.is_active, not feed.last_error, feed.name.lower()))
    files = SFTPImportJob.objects.in_bulk([feed.last_file_id for feed in found if feed.last_file_id])
    every = timedelta(seconds=agency.choices.poll_every_seconds)
    return [Line(feed, files.get(feed.last_file_id), _next_look(feed, every)) for feed in found]


def _next_look(feed: SFTPFeed, every: timedelta) -> datetime | None:
    """As the database's own `imports_feeds_due_at` has it."""
    if not feed.is_active or feed.last_polled_at is None:
        return None
    usual = feed.last_polled_at + every
    return min(usual, feed.retry_at) if feed.retry_at else usual
