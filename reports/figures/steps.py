"""Into which steps is a period cut for a chart? Days, weeks or months that cover it exactly."""

from dataclasses import dataclass
from datetime import date, timedelta

from core import calendar
from reports.scope import Scope

ONE_DAY = timedelta(days=1)
STEPS = ("day", "week", "month")
# Over how many steps an average reaches back.
REACH = {"day": 7, "week": 4, "month": 3}
MOST_DAYS, MOST_WEEKS = 31, 26


@dataclass(frozen=True)
class Step:
    """From its first day to its last, both included; the first and the last of a period may be cut short."""

    first: date
    last: date


def fitting(scope: Scope, step: str = "") -> str:
    """The step asked for, or the one whose chart can be read."""
    if step in STEPS:
        return step
    return "day" if scope.days <= MOST_DAYS else "week" if scope.days <= 7 * MOST_WEEKS else "month"


def steps(scope: Scope, step: str) -> list[Step]:
    """The steps of the period, in order. Weeks are seven days from its first; months are those of the calendar."""
    found, first = [], scope.first
    while first <= scope.last:
        following = {
            "day": first + ONE_DAY,
            "week": first + timedelta(days=7),
            "month": calendar.next_month(first),
        }[step]
        found.append(Step(first, min(following - ONE_DAY, scope.last)))
        first = following
    return found


def reach_back(step: Step, size: str) -> date:
    """The first day of the window that an average at that step looks at."""
    if size == "month":
        first = step.first.replace(day=1)
        for _ in range(REACH[size] - 1):
            first = calendar.previous_month(first)
        return first
    return step.last - timedelta(days=REACH[size] * (7 if size == "week" else 1) - 1)
