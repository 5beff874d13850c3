"""Which feeds are looked into, and when? Each at its turn, and soon again after trouble that may pass (SPEC §5.10).

Feeds that are due together are visited side by side; one process polls a feed at a time.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from itertools import batched
from uuid import UUID

import structlog
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from core import claims, crossings, jobs, tenancy
from core.models import Agency
from imports.fetching import archiving, sftp, side_by_side, visits
from imports.fetching.visits import Outcome
from imports.models import SFTPFeed

POLL = "imports.fetching.polling.poll_together"
POLL_DUE = "imports.fetching.polling.poll_due_feeds"
# After a transient failure (SPEC §5.10); then the feed waits for its usual turn.
RETRIES, RETRY_SECONDS = 3, 60
FEEDS_A_JOB = 25

log = structlog.get_logger(__name__)


def poll_due_feeds() -> None:
    """Enqueue a poll of every feed that is due, and come back when the next one is (a recurring job)."""
    for together in batched(crossings.due_feeds(), FEEDS_A_JOB, strict=False):
        with tenancy.transaction():
            # In one order, so that two workers do not wait for each other.
            _enqueue([pair for pair in sorted(together) if _take_turn(*pair)])
    seconds = crossings.seconds_to_next_feed()
    if seconds is not None:
        jobs.run_earlier(POLL_DUE, seconds)


def enqueue(feed_id: UUID) -> None:
    """Have the worker poll the feed, once the caller's transaction commits."""
    _enqueue([(tenancy.current_agency_id(), feed_id)])


def poll_now() -> int:
    """Enqueue a poll of every active feed of the agency, due or not; gives their number."""
    with tenancy.transaction():
        feeds = list(SFTPFeed.objects.filter(is_active=True).values_list("pk", flat=True))
        SFTPFeed.objects.filter(pk__in=feeds).update(last_polled_at=timezone.now(), retry_at=None)
        _enqueue([(tenancy.current_agency_id(), feed_id) for feed_id in feeds])
    return len(feeds)


def poll_together(*feeds: str) -> None:
    """Poll several feeds, of any agencies, side by side (a job). Each is `agency/feed`, by their ids."""
    pairs = [feed.split("/") for feed in feeds]
    side_by_side.run([partial(_poll_of, UUID(agency_id), UUID(feed_id)) for agency_id, feed_id in pairs])


def poll_feed(feed_id: str | UUID) -> list[UUID]:
    """Look into the feed's folder; gives the jobs made. Trouble is written on the feed, not raised."""
    key = UUID(str(feed_id))
    with claims.claimed(claims.IMPORT_FEED, key) as mine, structlog.contextvars.bound_contextvars(feed=str(key)):
        if not mine:
            return []
        with tenancy.transaction():
            feed = SFTPFeed.objects.filter(pk=key).first()
        if feed is None or not feed.is_active:  # paused after this poll was enqueued
            return []
        outcome = _visit(feed)
        _note(key, outcome)
    return outcome.made


def _enqueue(pairs: Sequence[tuple[UUID, UUID]]) -> None:
    for together in batched(pairs, FEEDS_A_JOB, strict=False):
        jobs.enqueue(POLL, *(f"{agency_id}/{feed_id}" for agency_id, feed_id in together))


def _take_turn(agency_id: UUID, feed_id: UUID) -> bool:
    """Move the feed's clock; False when another worker just did."""
    with tenancy.acting_for(agency_id):
        every = timedelta(seconds=Agency.objects.get(pk=agency_id).choices.poll_every_seconds)
        now = timezone.now()
        due = Q(last_polled_at=None) | Q(last_polled_at__lte=now - every) | Q(retry_at__lte=now)
        return bool(SFTPFeed.objects.filter(due, pk=feed_id).update(last_polled_at=now, retry_at=None))


def _poll_of(agency_id: UUID, feed_id: UUID) -> None:
    with tenancy.working_for(agency_id):
        poll_feed(feed_id)


def _visit(feed: SFTPFeed) -> Outcome:
    outcome = Outcome()
    try:
        with sftp.connected(visits.address(feed)) as remote:
            visits.fetch_new_files(feed, remote, outcome)
            archiving.catch_up(feed, remote)
    except sftp.Trouble as trouble:
        outcome.note(trouble)
    except Exception:  # of ours: it is shown too, and the feed goes on at its next turn
        log.exception("poll_stopped")
        connection.close_if_unusable_or_obsolete()
        outcome.note(sftp.Unreachable("The poll stopped with an error of ours. It is tried again."))
    return outcome


def _note(key: UUID, outcome: Outcome) -> None:
    """What became of the poll: the trouble and the next try, or nothing of them any more."""
    with tenancy.transaction():
        feed = SFTPFeed.objects.locked().get(pk=key)
        feed.last_error, feed.last_polled_at, feed.retry_at = outcome.error, timezone.now(), None
        feed.failures = min(feed.failures + 1, RETRIES + 1) if outcome.error else 0
        if outcome.is_transient and feed.failures <= RETRIES:
            feed.retry_at = feed.last_polled_at + timedelta(seconds=RETRY_SECONDS)
        feed.save(update_fields=["last_error", "last_polled_at", "retry_at", "failures"])
        if outcome.has_more:
            enqueue(key)
    if outcome.error:
        log.warning("poll_failed", error=outcome.error, failures=feed.failures)
