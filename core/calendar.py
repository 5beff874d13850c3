"""Which day is it where the agency works, and when does a day or a month begin there?"""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from core import clock, tenancy, words
from core.models import Agency

if TYPE_CHECKING:
    from core.models import User


def zone() -> ZoneInfo:
    """The zone of the current agency. Raises tenancy.NoAgency when there is none."""
    return Agency.objects.get(pk=tenancy.current_agency_id()).zone


def zone_of(user: "User") -> ZoneInfo:
    """The zone of the agency in which the user works; for a superuser that of the agency he has entered."""
    return user.agency.zone if user.agency else zone()


def today() -> date:
    """The date where the current agency works; while history is loaded, that of what is told."""
    return today_in(zone())


def today_of(user: "User") -> date:
    """The date on the user's calendar."""
    return today_in(zone_of(user))


def today_in(zone: ZoneInfo) -> date:
    """The date there."""
    return clock.now().astimezone(zone).date()


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """The moment at which that day begins there."""
    return datetime.combine(day, time.min, zone)


def next_month(month: date) -> date:
    """The first day of the month after."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def previous_month(month: date) -> date:
    """The first day of the month before."""
    return (month.replace(day=1) - timedelta(days=1)).replace(day=1)


@lru_cache(maxsize=256)
def month_words(month: date) -> str:
    """`November 2026`."""
    return f"{month:%B} {month.year}"


def moment_words(when: datetime, zone: ZoneInfo, today: date) -> str:
    """`Nov 3, 9:05 AM` there, with the year when it is not this one."""
    there = when.astimezone(zone)
    return f"{words.day(there.date(), today)}, {words.clock(there)}"
