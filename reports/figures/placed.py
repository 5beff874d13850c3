"""What was placed, step by step, beside the period before?"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from reports.figures.reading import ByDay, Facts, ask
from reports.figures.steps import fitting, steps
from reports.scope import Scope


@dataclass(frozen=True)
class PlacedPoint:
    """One step, beside the same days of the period before. Placements have no collector."""

    first: date
    last: date
    accounts: int
    amount: Decimal
    previous_accounts: int
    previous_amount: Decimal


def trend(scope: Scope, step: str = "") -> tuple[PlacedPoint, ...]:
    """The placements in steps of that size, or of one that fits; one statement."""
    facts = Facts(("placed",), (scope.previous_first, scope.last), of_desk=False).sql(scope)
    sql = f"SELECT day, sum(number)::bigint, sum(amount) FROM {facts} AS facts GROUP BY day ORDER BY day"  # noqa: S608
    placed, back = ByDay(ask(sql, scope)), timedelta(days=scope.days)
    return tuple(
        PlacedPoint(
            one.first,
            one.last,
            *placed.between(one.first, one.last),
            *placed.between(one.first - back, one.last - back),
        )
        for one in steps(scope, fitting(scope, step))
    )
