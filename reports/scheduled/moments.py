"""When is a report due next? On the clock of the agency, whatever its zone does to its clocks.

An hour that a change of clocks leaves out is an hour later, one that comes twice is the first of them: so every due
day has one moment.
"""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.words import clock
from reports.models import ReportSchedule

Frequency = ReportSchedule.Frequency
ONE_DAY = timedelta(days=1)
# Every frequency comes round within so many days.
LONGEST = 32


def next_after(schedule: ReportSchedule, moment: datetime, zone: ZoneInfo) -> datetime:
    """The first moment after that one at which the report is due."""
    today = moment.astimezone(zone).date()
    for ahead in range(LONGEST + 1):
        day = today + ahead * ONE_DAY
        if is_due_on(schedule, day):
            at = datetime.combine(day, time(schedule.hour), zone).astimezone(UTC)
            if at > moment:
                return at
    raise ValueError(f"Schedule {schedule.pk} is never due.")


def is_due_on(schedule: ReportSchedule, day: date) -> bool:
    """Is it due on that day of the agency's calendar?"""
    if schedule.frequency == Frequency.WEEKLY:
        return day.weekday() == schedule.weekday
    if schedule.frequency == Frequency.MONTHLY:
        last = calendar.monthrange(day.year, day.month)[1]
        return day.day == min(schedule.day or 1, last)
    return True


def in_words(schedule: ReportSchedule) -> str:
    """`Every Monday at 7:00 AM`, `On the 31st of every month (or its last day) at 7:00 AM`."""
    return f"{_days(schedule)} at {clock(datetime(2000, 1, 1, schedule.hour, tzinfo=UTC))}"


def _days(schedule: ReportSchedule) -> str:
    if schedule.frequency == Frequency.WEEKLY:
        return f"Every {schedule.get_weekday_display()}"
    if schedule.frequency == Frequency.MONTHLY:
        short = " (or its last day)" if (schedule.day or 1) > 28 else ""
        return f"On the {ordinal(schedule.day or 1)} of every month{short}"
    return "Every day"


def ordinal(number: int) -> str:
    """`1st`, `2nd`, `11th`."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
