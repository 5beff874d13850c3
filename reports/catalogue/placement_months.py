"""How do placements liquidate with age? The stair-step matrix: placement months down, months since placement across."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from core import calendar, words
from core.sheet import Kind, Linked
from reports import links
from reports.catalogue.columns import kpi
from reports.catalogue.report import CREDITOR, Choice, Report, Section
from reports.charts import Heat, HeatCell, HeatRow
from reports.figures import batches
from reports.figures.batches import Batch, Matrix
from reports.scope import Scope

BEFORE = (
    kpi("placed_accounts", "Accounts"),
    kpi("placed", "Placed"),
    kpi("gross_liquidation", "Gross"),
    kpi("adjusted_liquidation", "Adjusted"),
    kpi("unit_liquidation", "Unit"),
)
CUMULATIVE, EACH, DOLLARS, EACH_DOLLARS = "cumulative", "each", "dollars", "each_dollars"
SHOW = Choice(
    "show",
    "Show",
    [
        (CUMULATIVE, "Share until then"),
        (EACH, "Share of each month"),
        (DOLLARS, "Dollars until then"),
        (EACH_DOLLARS, "Dollars of each month"),
    ],
)
MONTHS = 24
NOTES = (
    f"What was placed in the last {MONTHS} months.",
    "Month 0 is the month of placement. A share is of what was placed in the month of the row.",
    "The last row has only the placement months that are as old as the column.",
)


@dataclass(frozen=True)
class View:
    """What the cells say: of each month or until its end, in dollars or as a share of the placement."""

    scope: Scope
    until_then: bool
    share: bool

    @classmethod
    def named(cls, name: str, scope: Scope) -> "View":
        """The view that the URL names."""
        return cls(scope, name in (CUMULATIVE, DOLLARS), name in (CUMULATIVE, EACH))

    @property
    def kind(self) -> Kind:
        """How cells are written."""
        return Kind.PERCENT if self.share else Kind.MONEY

    def amounts(self, batch: Batch) -> Sequence[Decimal]:
        """The dollars of each cell."""
        return batch.cumulative if self.until_then else batch.collected

    def value(self, amount: Decimal, placed: Decimal) -> Decimal | None:
        """A cell of that many dollars."""
        if not self.share:
            return amount
        return amount / placed if placed else None

    def row(self, batch: Batch) -> HeatRow:
        """One placement month."""
        cells = [self._cell(batch, age, amount) for age, amount in enumerate(self.amounts(batch))]
        placed = links.accounts(self.scope, placed_month=f"{batch.month:%Y-%m}")
        before = (Linked(batch.accounts, placed), Linked(batch.placed, placed), batch.liquidation, batch.adjusted)
        return HeatRow(calendar.month_words(batch.month), cells, (*before, batch.unit), placed)

    def _cell(self, batch: Batch, age: int, amount: Decimal) -> HeatCell:
        hint = f"{words.money(amount)} of {words.money(batch.placed)}"
        return HeatCell(self.value(amount, batch.placed), self._url(batch.month, age), hint)

    def _url(self, month: date, age: int) -> str:
        posted = _later(month, age)
        last = calendar.next_month(posted) - timedelta(days=1)
        since = None if self.until_then else posted
        return links.collected(self.scope, since=since, until=last, placed_month=f"{month:%Y-%m}")

    def all_that_old(self, found: Matrix) -> HeatRow:
        """What all placement months come to, each column over those that are that old."""
        cells = []
        for age in range(found.width):
            old = [batch for batch in found.batches if len(batch.collected) > age]
            amount = sum((self.amounts(batch)[age] for batch in old), Decimal(0))
            placed = sum((batch.placed for batch in old), Decimal(0))
            cells.append(HeatCell(self.value(amount, placed), hint=f"{words.money(amount)} of {words.money(placed)}"))
        accounts = links.accounts(self.scope, placed_since=found.batches[0].month)
        sizes = (Linked(found.accounts, accounts), Linked(found.placed, accounts))
        before = (*sizes, found.liquidation, found.adjusted, found.unit)
        return HeatRow("All that old", cells, before)


def make(scope: Scope, chosen: Mapping[str, str]) -> Sequence[Section]:
    """One matrix; it is its own table."""
    found = batches.matrix(scope, MONTHS)
    if not found.batches:
        return []
    view = View.named(chosen[SHOW.name], scope)
    title = dict(SHOW.options)[chosen[SHOW.name]]
    heat = Heat(
        heading=f"Liquidation by placement month: {title[0].lower()}{title[1:]}",
        finding=f"Of {words.money(found.placed)} placed {_percent(found.liquidation)} was collected",
        axis="Placed in",
        steps=[str(age) for age in range(found.width)],
        rows=[view.row(batch) for batch in found.batches],
        before=BEFORE,
        kind=view.kind,
        total=view.all_that_old(found),
    )
    return [Section(replace(heat.sheet, notes=NOTES), chart=heat, chart_alone=True)]


def _later(month: date, months: int) -> date:
    """The first day of the month so many months later."""
    years, index = divmod(month.month - 1 + months, 12)
    return month.replace(year=month.year + years, month=index + 1, day=1)


def _percent(share: Decimal | None) -> str:
    return words.percent(share or Decimal(0))


REPORT = Report(
    slug="placement-months",
    title="Placements by age",
    question="How much of what was placed in a month came in by each later month, and do newer placements do better?",
    make=make,
    nothing="The first month in which a creditor places accounts is the first row here.",
    filters=frozenset({CREDITOR}),
    choices=(SHOW,),
)
