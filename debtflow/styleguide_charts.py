"""Every chart in every state: much, little, one, nothing, below zero, huge. The numbers are invented."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from core import words
from core.sheet import Column, Kind
from reports.charts import Drawn, Heat, HeatCell, HeatRow, Place, Plot, Series, Share, Shares, Spark, finding, meters

TODAY = date(2026, 3, 3)
WEEK = (4715, 4366, 5547, 4263, 5378, 1105, 955)


def examples() -> list[tuple[str, Any]]:
    """(what it shows, the chart)."""
    month = [Decimal(WEEK[n % 7] + 57 * n) for n in range(30)]
    back = [Decimal(value) for value in (900, 1200, -2300, 0, 400, -150, 700)]
    return [
        ("A chart: bars, average and previous period", _daily("Collected per day", month)),
        ("A chart: more taken back than collected", _daily("Collected, less what went back", back)),
        ("A chart: one day", _daily("Collected on one day", [Decimal("431.50")])),
        ("A chart: huge values", _daily("Collected, huge values", [value * 10**7 for value in month[:14]])),
        ("A chart: nothing", _daily("Collected, nothing", [Decimal(0)] * 7)),
        ("A chart: sets beside each other", _monthly()),
        ("A chart: lines alone, with a gap", _rates()),
        ("Shares of a whole", _ages(402310, 598720, 655118, 1756760)),
        ("Shares, nothing there", _ages(0, 0, 0, 0)),
        ("Stair-step of batches", _stairs()),
    ]


def sparks() -> list[Spark]:
    """Small lines: up and down, level, of one value, below zero."""
    return [
        Spark("Active accounts", [1244, 1250, 1247, 1262, 1284], Kind.NUMBER),
        Spark("Collected", [Decimal(0)] * 5),
        Spark("Collected", [Decimal(5)]),
        Spark("Collected", [Decimal(300), Decimal(-200), Decimal(100)]),
    ]


def bars() -> list[Any]:
    """Bars of a column: one of them below zero, and a column of nothing."""
    values = [Decimal(38240), Decimal(29105), Decimal(-6000), Decimal(0)]
    return [*zip(map(words.money, values), meters(values), strict=True), ("$0.00", meters([0])[0])]


def _daily(heading: str, values: list[Decimal]) -> Plot:
    days = [TODAY - timedelta(days=len(values) - 1 - n) for n in range(len(values))]
    average = [sum(values[max(0, n - 6) : n + 1], Decimal(0)) / min(n + 1, 7) for n in range(len(values))]
    places = [Place(words.day(day, TODAY), f"{day:%a}, {words.day(day, TODAY)}", "#charts") for day in days]
    said = finding.course("The 7-day average", average, Kind.MONEY) if any(values) else "Nothing was collected."
    series = [
        Series("Collected", values),
        Series("7-day average", average, Drawn.LINE),
        Series("Previous period", [value * 4 / 5 for value in reversed(average)], Drawn.DOTTED),
    ]
    return Plot(heading, f"{heading}: {said}", places, series)


def _monthly() -> Plot:
    places = [Place(month) for month in words.MONTHS]
    made, kept, broken = ([base + n * step for n in range(12)] for base, step in ((40, 4), (20, 5), (18, -1)))
    series = [Series("Made", made), Series("Kept", kept), Series("Broken", broken)]
    return Plot(
        "Promises per month", "Kept promises rose from 20 to 75 a month.", places, series, Kind.NUMBER, axis="Month"
    )


def _rates() -> Plot:
    rates = [Decimal(n) / 100 if n else None for n in (22, 23, 21, 0, 0, 25, 27, 0, 26)]
    places = [Place(month) for month in words.MONTHS[:9]]
    said = finding.course("The recovery rate", rates, Kind.PERCENT)
    return Plot(
        "Recovery rate per month", said, places, [Series("Recovery rate", rates, Drawn.LINE)], Kind.PERCENT, "Month"
    )


def _ages(*amounts: int) -> Shares:
    labels = ("0–30 days", "31–60 days", "61–90 days", "Over 90 days")
    parts = [
        Share(label, amount // 2000, Decimal(amount), f"a{n}", "#charts")
        for n, (label, amount) in enumerate(zip(labels, amounts, strict=True), 1)
    ]
    said = "51% of the balance is over 90 days past due." if sum(amounts) else "No balance is open."
    return Shares("Balance by age" if sum(amounts) else "No balance by age", said, parts, axis="Past due")


def _stairs() -> Heat:
    rows = [
        HeatRow(
            f"{words.MONTHS[month]} 2026",
            [
                HeatCell(Decimal((7 - month) * 12 + 9 * age) / 1000, "#charts", "$1,200.00 of $50,000.00")
                if age <= 5 - month
                else HeatCell(None)
                for age in range(6)
            ],
            (Decimal(50000 + 1250 * month),),
            "#charts",
        )
        for month in range(6)
    ]
    before = [Column("placed", "Placed", Kind.MONEY)]
    said = "The newest batches have come to less at the same age."
    return Heat("Liquidation by placement month", said, "Placed in", [f"Month {n}" for n in range(6)], rows, before)
