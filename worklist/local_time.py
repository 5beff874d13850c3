"""What time is it for the debtor, and may he be called now?

The clock is told here; whether a call is possible is decided by `core.contact_rules`, and nowhere else.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core import contact_rules
from core.models.contacts import Channel, Direction
from core.words import clock


@dataclass(frozen=True, slots=True)
class LocalTime:
    """The debtor's clock in words; `night` when any of the possible zones is outside calling hours."""

    text: str
    night: bool
    known: bool = True


@dataclass(frozen=True, slots=True)
class Calling:
    """The clock, and why a call is not possible now: the mark's icon and the sentence, both empty when it is."""

    clock: LocalTime
    icon: str = ""
    sentence: str = ""


UNKNOWN = LocalTime("Zone unknown", night=False, known=False)


def local_time(zones: Iterable[str], now: datetime) -> LocalTime:
    """The clock in the candidate zones, from the earliest to the latest; UNKNOWN when there is none."""
    named = list(zones)
    times = sorted((t for t in (_in_zone(name, now) for name in named) if t), key=lambda t: t.replace(tzinfo=None))
    if not times:
        return UNKNOWN
    night = not all(contact_rules.is_within_hours(name, now) for name in named)
    return LocalTime(_span(clock(times[0]), clock(times[-1])), night)


def callable_now(zones: tuple[str, ...], holds: tuple[str, ...], now: datetime) -> Calling:
    """May somebody in these zones, with these kinds of hold, be called at this moment?"""
    here = local_time(zones, now)
    verdict = contact_rules.evaluate(contact_rules.Facts(zones, holds), Channel.CALL, Direction.OUT, now)
    if verdict.allows:
        return Calling(here)
    return Calling(here, "alert" if holds or not here.known else "moon", verdict.sentence)


def _in_zone(name: str, now: datetime) -> datetime | None:
    try:
        return now.astimezone(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError):
        return None


def _span(first: str, last: str) -> str:
    """`9:14 AM`, `9:14\u201310:14 AM`, `11:14 AM\u201312:14 PM`."""
    if first == last:
        return first
    return f"{first[:-3] if first[-2:] == last[-2:] else first}\u2013{last}"
