"""What came in, step by step, beside the period before; and by which means?"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from payments.models import Payment
from reports.figures.daily import Daily, daily
from reports.figures.reading import Facts, ask
from reports.figures.steps import REACH, Step, fitting, reach_back, steps
from reports.kpis import share
from reports.scope import Scope

WITHOUT_PAYMENT = "Without a payment"
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Point:
    """One step: `previous` is what the same days of the period before brought; averages reach back some steps."""

    first: date
    last: date
    amount: Decimal
    number: int
    previous: Decimal
    previous_number: int
    average: Decimal
    previous_average: Decimal


@dataclass(frozen=True)
class Trend:
    """`step` is day, week or month; the points cover the period, and their sums are its figures."""

    step: str
    points: tuple[Point, ...]
    amount: Decimal
    number: int
    previous_amount: Decimal
    previous_number: int


def trend(scope: Scope, step: str = "", days: Daily | None = None) -> Trend:
    """What was collected in steps of that size, or of one that fits; `days` of the same steps when known already."""
    size = fitting(scope, step)
    back = timedelta(days=scope.days)
    cut = steps(scope, size)
    came = (days or daily(scope, size)).came

    def average(one: Step, ago: timedelta) -> Decimal:
        _, amount = came.between(reach_back(one, size) - ago, one.last - ago)
        return (amount / REACH[size]).quantize(CENT)

    points = []
    for one in cut:
        number, amount = came.between(one.first, one.last)
        previous_number, previous = came.between(one.first - back, one.last - back)
        averages = average(one, timedelta(0)), average(one, back)
        points.append(Point(one.first, one.last, amount, number, previous, previous_number, *averages))
    number, amount = came.between(scope.first, scope.last)
    previous_number, previous = came.between(scope.previous_first, scope.previous_last)
    return Trend(size, tuple(points), amount, number, previous, previous_number)


@dataclass(frozen=True)
class MethodLine:
    """One means of paying; `method` is empty for entries that name no payment."""

    method: str
    label: str
    number: int
    amount: Decimal
    share: Decimal | None


def by_method(scope: Scope) -> tuple[MethodLine, ...]:
    """What was collected by each means, the most first."""
    facts = Facts(("collected",), (scope.first, scope.last)).sql(scope)
    rows = ask(
        f"SELECT detail, sum(number)::bigint, sum(amount) FROM {facts} AS facts GROUP BY 1"  # noqa: S608  (our own words)
        " HAVING sum(number) <> 0 OR sum(amount) <> 0 ORDER BY 3 DESC, 1",
        scope,
    )
    labels: dict[str, str] = {value: str(label) for value, label in Payment.Method.choices}
    whole = sum((amount for *_, amount in rows), Decimal(0))
    return tuple(
        MethodLine(method, labels.get(method, WITHOUT_PAYMENT), number, amount, share(amount, whole))
        for method, number, amount in rows
    )
