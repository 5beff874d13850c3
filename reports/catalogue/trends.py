"""How do collections and placements go, day by day, week by week, month by month?"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from core import calendar, words
from core.sheet import Column, Kind, Linked, Sheet
from reports import links
from reports.catalogue.columns import kpi
from reports.catalogue.report import Choice, Report, Section
from reports.charts import Drawn, Place, Plot, Series, finding
from reports.figures import collected, placed
from reports.figures.collected import Point, Trend
from reports.figures.placed import PlacedPoint
from reports.figures.totals import total
from reports.scope import Scope

STEP = Choice("step", "Per", [("", "As fits the period"), ("day", "Day"), ("week", "Week"), ("month", "Month")])
AVERAGES = {"day": "7-day average", "week": "4-week average", "month": "3-month average"}
DAYS = (Column("first", "From", Kind.DATE), Column("last", "To", Kind.DATE))
BEFORE = "In the same step of the period before."
CHANGE = Column("change", "Change", Kind.PERCENT, "The difference to the period before, as a share of it.")
PLACED = (
    *DAYS,
    kpi("placed_accounts", "Accounts"),
    Column("previous_accounts", "Accounts before", Kind.NUMBER, BEFORE),
    kpi("placed", "Placed"),
    Column("previous", "Placed before", Kind.MONEY, BEFORE),
    CHANGE,
)


def make(scope: Scope, chosen: Mapping[str, str]) -> Sequence[Section]:
    """What was collected and what was placed in each step, beside the period before."""
    money = collected.trend(scope, chosen[STEP.name])
    placements = placed.trend(scope, money.step)
    sums = total(placements, PlacedPoint(scope.first, scope.last, 0, Decimal(0), 0, Decimal(0)))
    came = (money.number, money.amount, money.previous_number, money.previous_amount)
    if not any((*came, sums.accounts, sums.previous_accounts)):
        return []
    return [
        Section(_collected(scope, money), "collected", _money_chart(scope, money)),
        Section(
            _placed(scope, money.step, placements, sums), "placed", _placed_chart(scope, money.step, placements, sums)
        ),
    ]


def _before(scope: Scope, first: date, last: date) -> tuple[date, date]:
    """The same days of the period before."""
    back = timedelta(days=scope.days)
    return first - back, last - back


# --- collected -------------------------------------------------------------------------------------------------------
def _collected(scope: Scope, trend: Trend) -> Sheet:
    average = AVERAGES[trend.step]
    columns = (
        *DAYS,
        kpi("payments", "Payments"),
        kpi("collected", "Collected"),
        Column("previous", "Collected before", Kind.MONEY, BEFORE),
        CHANGE,
        Column("average", average.capitalize(), Kind.MONEY, f"What was collected in a {trend.step}, the {average}."),
    )
    total = (
        scope.first,
        scope.last,
        Linked(trend.number, links.collected(scope)),
        Linked(trend.amount, links.collected(scope)),
        Linked(trend.previous_amount, links.collected(scope, scope.previous_first, scope.previous_last)),
        _change(trend.amount, trend.previous_amount),
        None,
    )
    return Sheet(f"Collected per {trend.step}", columns, [_money(scope, point) for point in trend.points], total)


def _money(scope: Scope, point: Point) -> Sequence[object]:
    here = links.collected(scope, point.first, point.last)
    return (
        point.first,
        point.last,
        Linked(point.number, here),
        Linked(point.amount, here),
        Linked(point.previous, links.collected(scope, *_before(scope, point.first, point.last))),
        _change(point.amount, point.previous),
        point.average,
    )


def _money_chart(scope: Scope, trend: Trend) -> Plot:
    averages = [point.average for point in trend.points]
    said = finding.course(f"The {AVERAGES[trend.step]}", averages, Kind.MONEY)
    return Plot(
        heading=f"Collected per {trend.step}",
        finding=said or f"Collected: {words.money(trend.amount)}",
        places=[
            _place(scope, trend.step, point.first, point.last, links.collected(scope, point.first, point.last))
            for point in trend.points
        ],
        series=[
            Series("Collected", [point.amount for point in trend.points]),
            Series(AVERAGES[trend.step].capitalize(), averages, Drawn.LINE),
            Series("Average of the period before", [point.previous_average for point in trend.points], Drawn.DOTTED),
        ],
        axis=trend.step.capitalize(),
    )


# --- placed ----------------------------------------------------------------------------------------------------------
def _placed(scope: Scope, step: str, points: Sequence[PlacedPoint], sums: PlacedPoint) -> Sheet:
    rows = [_placement(scope, point) for point in points]
    return Sheet(f"Placed per {step}", PLACED, rows, _placement(scope, sums))


def _placement(scope: Scope, of: PlacedPoint) -> Sequence[object]:
    now = _accounts_of(scope, of.first, of.last)
    before = _accounts_of(scope, *_before(scope, of.first, of.last))
    return (
        of.first,
        of.last,
        Linked(of.accounts, now),
        Linked(of.previous_accounts, before),
        Linked(of.amount, now),
        Linked(of.previous_amount, before),
        _change(of.amount, of.previous_amount),
    )


def _accounts_of(scope: Scope, first: date, last: date) -> str:
    """Whose desk an account is on has nothing to do with its placement."""
    return links.accounts(scope, collector="", placed_since=first, placed_until=last)


def _placed_chart(scope: Scope, step: str, points: Sequence[PlacedPoint], sums: PlacedPoint) -> Plot:
    return Plot(
        heading=f"Placed per {step}",
        finding=f"{words.count(sums.accounts, 'account')} placed, with {words.money(sums.amount)}",
        places=[
            _place(scope, step, point.first, point.last, _accounts_of(scope, point.first, point.last))
            for point in points
        ],
        series=[
            Series("Placed", [point.amount for point in points]),
            Series("The period before", [point.previous_amount for point in points], Drawn.DOTTED),
        ],
        axis=step.capitalize(),
    )


# --- both ------------------------------------------------------------------------------------------------------------
def _change(now: Decimal, before: Decimal) -> Decimal | None:
    return (now - before) / before if before else None


def _place(scope: Scope, step: str, first: date, last: date, url: str) -> Place:
    """`Nov 3` below the axis, `Tue, Nov 3` or `Nov 3 to Nov 9` in full; a month by its name."""
    begins = words.day(first, scope.today)
    if step == "month":
        return Place(words.MONTHS[first.month - 1], calendar.month_words(first.replace(day=1)), url)
    full = f"{first:%a}, {begins}" if first == last else f"{begins} to {words.day(last, scope.today)}"
    return Place(begins, full, url)


REPORT = Report(
    slug="trends",
    title="Trends",
    question="How do collections and placements go, step by step, beside the period before?",
    make=make,
    nothing="What is collected and what is placed is drawn here day by day, as soon as there is any.",
    choices=(STEP,),
)
