"""What was collected day by day, week by week or month by month, beside its average and the period before?"""

from core import words
from core.sheet import Kind
from reports import links
from reports.charts import Drawn, Place, Plot, Series, finding
from reports.figures.collected import Point, Trend
from reports.scope import Scope

STEPS = {"day": "Day", "week": "Week", "month": "Month"}
# Over how many steps the average reaches back (reports.figures.collected).
AVERAGE = {"day": "7-day average", "week": "4-week average", "month": "3-month average"}


def plot(scope: Scope, trend: Trend) -> Plot:
    """Bars of what was collected, each leading to its entries."""
    heading, average = f"Collected per {trend.step}", AVERAGE[trend.step]
    places = [_place(point, trend.step, scope) for point in trend.points]
    values = [point.amount for point in trend.points]
    averages = [point.average for point in trend.points]
    said = [
        finding.course(f"The {average}", averages, Kind.MONEY),
        finding.extremes([place.label for place in places], values, Kind.MONEY),
    ]
    nothing = "Nothing was collected in this period, nor in the one before."
    return Plot(
        heading,
        f"{heading}. {'. '.join(filter(None, said))}." if any(values) else nothing,
        places,
        [
            Series("Collected", values, total="collected"),
            Series(average, averages, Drawn.LINE),
            Series("Average of the period before", [point.previous_average for point in trend.points], Drawn.DOTTED),
        ],
        axis=STEPS[trend.step],
    )


def _place(point: Point, step: str, scope: Scope) -> Place:
    url, first = links.collected(scope, point.first, point.last), words.day(point.first, scope.today)
    if step == "day":
        return Place(first, f"{point.first:%a}, {first}", url)
    if step == "week":
        return Place(first, f"{first} – {words.day(point.last, scope.today)}", url)
    month = words.MONTHS[point.first.month - 1]
    year = "" if point.first.year == scope.today.year else f" {point.first.year}"
    return Place(f"{month}{year}", f"{point.first:%B} {point.first.year}", url)
