"""How do the files come in? The last one of each feed, and feeds that fail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from core import calendar, words
from core.addresses import address
from core.sheet import Kind
from imports.health import Health
from reports.dashboard.drill import Drill
from reports.scope import Scope


@dataclass(frozen=True)
class FeedRow:
    """A feed in words; `error` when it fails now."""

    name: str
    url: str
    error: str
    polled: str
    file_name: str
    file_url: str
    status: str
    received_at: datetime | None
    received: str
    rows: str
    rejected: Drill


def rows(scope: Scope, found: Sequence[Health]) -> list[FeedRow]:
    """Those in trouble first."""
    return [_row(health, scope) for health in found]


def _row(health: Health, scope: Scope) -> FeedRow:
    share = f" ({Drill.of(health.rejected_share, Kind.PERCENT).words})" if health.rejected else ""
    rejected = f"{words.number(health.rejected or 0)}{share}" if health.rows else ""
    file_url = address("imports:job", health.job) if health.job else ""
    return FeedRow(
        health.name,
        address("imports:feed", health.feed)
        if health.feed
        else f"{address('imports:list')}?{urlencode({'feed': 'none'})}",
        health.error,
        _said(health.polled_at, scope),
        health.file_name or "",
        file_url,
        health.status or "",
        health.received_at,
        _said(health.received_at, scope),
        words.number(health.rows) if health.rows is not None else "",
        Drill(rejected, health.rejected, file_url),
    )


def _said(when: datetime | None, scope: Scope) -> str:
    return calendar.moment_words(when, scope.zone, scope.today) if when else ""
