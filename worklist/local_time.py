"""What time is it for the debtor, and may a call be convenient now?

8:00 to 21:00 in every zone the debtor may be in (12 CFR 1006.6(b)(1)(i), comment 6(b)(1)(i)-2). This tells the clock;
whether a contact is allowed is decided elsewhere.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.words import clock

EARLIEST, LATEST = 8, 21


@dataclass(frozen=True, slots=True)
class LocalTime:
    """The debtor's clock in words; `night` when any of the possible zones is outside calling hours."""

    text: str
    night: bool
    known: bool = True


UNKNOWN = LocalTime("Zone unknown", night=False, known=False)


def local_time(zones: list[str] | tuple[str, ...], now: datetime) -> LocalTime:
    """The clock in the candidate zones, from the earliest to the latest; UNKNOWN when there is none."""
    times = sorted((t for t in (_in_zone(name, now) for name in zones) if t), key=lambda t: t.replace(tzinfo=None))
    if not times:
        return UNKNOWN
    night = any(not EARLIEST <= t.hour < LATEST for t in times)
    return LocalTime(_span(clock(times[0]), clock(times[-1])), night)


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
