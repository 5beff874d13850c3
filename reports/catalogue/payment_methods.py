"""By which means does the money come?"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from core import words
from core.sheet import Column, Kind, Linked, Sheet
from reports import links
from reports.catalogue.columns import kpi
from reports.catalogue.report import Report, Section
from reports.charts import Place, Plot, Series
from reports.figures import collected
from reports.figures.collected import MethodLine
from reports.scope import Scope

# Money of a former system came by means that nobody recorded.
UNKNOWN = "none"
COLUMNS = (
    Column("method", "Means"),
    kpi("payments", "Payments"),
    kpi("collected", "Collected"),
    Column("share", "Share", Kind.PERCENT, "Of all that was collected in the period."),
    kpi("average_payment", "Average payment"),
)


def make(scope: Scope, _: Mapping[str, str]) -> Sequence[Section]:
    """A line for each means by which something came or went back."""
    lines = collected.by_method(scope)
    if not lines:
        return []
    number, amount = sum(line.number for line in lines), sum((line.amount for line in lines), Decimal(0))
    everything = links.collected(scope)
    whole = Decimal(1) if amount else None
    total = ("All", Linked(number, everything), Linked(amount, everything), whole, _average(amount, number))
    sheet = Sheet("Payments by method", COLUMNS, [_row(scope, line) for line in lines], total)
    return [Section(sheet, chart=_chart(scope, lines))]


def _row(scope: Scope, line: MethodLine) -> Sequence[object]:
    url = _url(scope, line)
    average = _average(line.amount, line.number)
    return (line.label, Linked(line.number, url), Linked(line.amount, url), line.share, average)


def _average(amount: Decimal, number: int) -> Decimal | None:
    return amount / number if number else None


def _url(scope: Scope, line: MethodLine) -> str:
    return links.collected(scope, method=line.method or UNKNOWN)


def _chart(scope: Scope, lines: Sequence[MethodLine]) -> Plot:
    most = max(lines, key=lambda line: line.amount)
    return Plot(
        heading="Collected by means",
        finding=f"Most came by {most.label.lower()}: {words.money(most.amount)}",
        places=[Place(line.label, url=_url(scope, line)) for line in lines],
        series=[Series("Collected", [line.amount for line in lines])],
        axis="Means",
    )


REPORT = Report(
    slug="payment-methods",
    title="Payments by method",
    question="By which means does the money come, and how much does each payment bring?",
    make=make,
    nothing="Every payment that is completed is counted here at once, less what was refunded or charged back.",
)
