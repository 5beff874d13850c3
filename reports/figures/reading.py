"""How are sums of facts read? From the level that knows what is asked for, and the changes that are not folded yet."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date
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


@dataclass(frozen=True)
class Facts:
    """Rows of some subjects: `days` None at an end is open; `by` are the columns that the reader groups by.

    `of_desk` False reads what has no collector (placements, ages) whatever desk the scope is narrowed to.
    """

    subjects: tuple[str, ...]
    days: Days = EVER
    by: tuple[str, ...] = ()
    of_desk: bool = True

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
        first, last = self.days
        if first:
            where += f" AND day >= '{first.isoformat()}'"
        if last:
            where += f" AND day <= '{last.isoformat()}'"
        columns = "subject, day, creditor_id, collector_id, detail, number, amount"
        # A level that does not tell the creditor has none: said aloud, because the index begins with it.
        folded = f"{where} AND level = '{level.value}'"
        if level in (Level.ALL, Level.COLLECTOR):
            folded += " AND creditor_id IS NULL"
        return (
            f"(SELECT {columns} FROM reports_tally WHERE {folded}"  # noqa: S608  (our own words, and dates)
            f" UNION ALL SELECT {columns} FROM reports_tally WHERE {where} AND level = 'change')"
        )


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
