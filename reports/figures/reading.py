"""How are sums of facts read? From the level that knows what is asked for, and the changes that are not folded yet."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import Any

from django.db import connection

from core import tenancy
from reports.models import Level
from reports.scope import Scope

CREDITOR, COLLECTOR = "creditor_id", "collector_id"
Days = tuple[date | None, date | None]
EVER: Days = (None, None)
LEVELS = {
    (False, False): Level.ALL,
    (True, False): Level.CREDITOR,
    (False, True): Level.COLLECTOR,
    (True, True): Level.PAIR,
}


COLUMNS = "subject, day, creditor_id, collector_id, detail, number, amount"
ONE_DAY, ONE_WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True)
class Facts:
    """Rows of some subjects: `days` None at an end is open; `by` are the columns that the reader groups by.

    `of_desk` False reads what has no collector (placements, ages) whatever desk the scope is narrowed to. `in_all` is
    of a reader who asks for no single day: desks are then read by whole weeks where they fit. `only` is one
    condition more.
    """

    subjects: tuple[str, ...]
    days: Days = EVER
    by: tuple[str, ...] = ()
    of_desk: bool = True
    in_all: bool = False
    only: str = ""

    def sql(self, scope: Scope) -> str:
        """The rows as a subselect, over the parameters of `params`."""
        desk = scope.collector if self.of_desk else None
        level = LEVELS[bool(scope.creditor) or CREDITOR in self.by, bool(desk) or COLLECTOR in self.by]
        subjects = ", ".join(f"'{subject}'" for subject in self.subjects)
        where = f"agency_id = %(agency)s AND subject IN ({subjects})"
        if scope.creditor:
            where += " AND creditor_id = %(creditor)s"
        if desk:
            where += " AND collector_id = %(collector)s"
        if self.only:
            where += f" AND {self.only}"
        parts = [where + _within(self.days) + " AND level = 'change'"]
        # A level that does not tell the creditor has none: said aloud, because the index begins with it.
        nowhere = " AND creditor_id IS NULL" if level in (Level.ALL, Level.COLLECTOR) else ""
        for one, days in self._folded(level):
            parts.append(f"{where}{_within(days)} AND level = '{one.value}'{nowhere}")
        rows = (f"SELECT {COLUMNS} FROM reports_tally WHERE {part}" for part in parts)  # noqa: S608  (our own words)
        return f"({' UNION ALL '.join(rows)})"

    def _folded(self, level: Level) -> list[tuple[Level, Days]]:
        """Which days to read at which level: whole weeks and the days around them, or every day."""
        first, last = self.days
        if not self.in_all or level is not Level.COLLECTOR or first is None or last is None:
            return [(level, self.days)]
        monday = first + timedelta(days=-first.weekday() % 7)
        after = last + ONE_DAY - timedelta(days=(last + ONE_DAY).weekday())
        if after - monday < ONE_WEEK:
            return [(level, self.days)]
        around = [(level, days) for days in ((first, monday - ONE_DAY), (after, last)) if days[0] <= days[1]]
        return [(Level.COLLECTOR_WEEK, (monday, after - ONE_WEEK)), *around]


def _within(days: Days) -> str:
    first, last = days
    since = f" AND day >= '{first.isoformat()}'" if first else ""
    return since + (f" AND day <= '{last.isoformat()}'" if last else "")


def params(scope: Scope) -> dict[str, Any]:
    """What the statements are filled with."""
    return {
        "agency": tenancy.current_agency_id(),
        "creditor": scope.creditor.pk if scope.creditor else None,
        "collector": scope.collector.pk if scope.collector else None,
        "today": scope.today,
        "first": scope.first,
        "last": scope.last,
        "previous_first": scope.previous_first,
        "previous_last": scope.previous_last,
        "zone": str(scope.zone),
    }


def ask(sql: str, scope: Scope, **more: Any) -> list[tuple[Any, ...]]:
    """The rows that a statement gives."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params(scope) | more)
        return list(cursor.fetchall())


def ask_one(sql: str, scope: Scope, **more: Any) -> tuple[Any, ...]:
    """The one row that it gives."""
    [row] = ask(sql, scope, **more)
    return row


class ByDay:
    """Sums day by day, of which any stretch can be asked for."""

    def __init__(self, rows: list[tuple[date, int, Decimal]]) -> None:
        """`rows` are (day, number, amount) in the order of their days."""
        self._days = [day for day, _, _ in rows]
        self._numbers = [0, *accumulate(number for _, number, _ in rows)]
        self._amounts = [Decimal(0), *accumulate(amount for _, _, amount in rows)]

    def between(self, first: date, last: date) -> tuple[int, Decimal]:
        """Number and amount from one day to another, both included."""
        begin, end = bisect_left(self._days, first), bisect_right(self._days, last)
        return self._numbers[end] - self._numbers[begin], self._amounts[end] - self._amounts[begin]


def by_day(scope: Scope, *subjects: str, days: Days) -> ByDay:
    """The facts of some subjects, day by day."""
    facts = Facts(subjects, days).sql(scope)
    rows = ask(
        f"SELECT day, sum(number)::bigint, sum(amount) FROM {facts} AS facts GROUP BY day ORDER BY day",  # noqa: S608
        scope,
    )
    return ByDay(rows)
