"""What do we recover for each creditor: of the inventory in the period, and of all that it ever placed?"""

from collections.abc import Mapping, Sequence

from core import words
from core.sheet import Column, Linked, Sheet
from reports import links
from reports.catalogue.columns import kpi
from reports.catalogue.report import CREDITOR, PERIOD, Report, Section
from reports.charts import Place, Plot, Series
from reports.figures import creditors
from reports.figures.creditors import CreditorLine
from reports.scope import Scope

RECOVERY = (
    Column("creditor", "Creditor"),
    kpi("active_accounts", "Accounts"),
    kpi("balance", "Balance"),
    kpi("payments", "Payments"),
    kpi("collected", "Collected"),
    kpi("recovery_rate", "Recovery rate"),
)
LIQUIDATION = (
    Column("creditor", "Creditor"),
    kpi("placed_accounts", "Accounts placed"),
    kpi("placed", "Placed"),
    kpi("returned", "Returned"),
    kpi("collected_ever", "Collected ever"),
    kpi("gross_liquidation", "Gross liquidation"),
    kpi("adjusted_liquidation", "Adjusted liquidation"),
    kpi("resolved", "Paid or settled"),
    kpi("unit_liquidation", "Unit liquidation"),
)


def make(scope: Scope, _: Mapping[str, str]) -> Sequence[Section]:
    """The period's recovery, and the liquidation of everything placed: two questions that must not be mixed up."""
    found = creditors.performance(scope)
    lines = [line for line in found.lines if line.placed_accounts]
    if not lines:
        return []
    recovery = [(line.name, *_recovery(scope, line, creditor=line.creditor_id)) for line in lines]
    liquidation = [(line.name, *_liquidation(scope, line, creditor=line.creditor_id)) for line in lines]
    return [
        Section(
            Sheet("Recovery in the period", RECOVERY, recovery, ("All", *_recovery(scope, found.total))),
            chart=_chart(scope, lines),
        ),
        Section(
            Sheet("Liquidation of placements", LIQUIDATION, liquidation, ("All", *_liquidation(scope, found.total))),
            key="liquidation",
        ),
    ]


def _recovery(scope: Scope, line: CreditorLine, **whose: object) -> list[object]:
    accounts, money = links.accounts(scope, open=1, **whose), links.collected(scope, **whose)
    return [
        Linked(line.accounts, accounts),
        Linked(line.balance, accounts),
        Linked(line.payments, money),
        Linked(line.collected, money),
        line.recovery_rate,
    ]


def _liquidation(scope: Scope, line: CreditorLine, **whose: object) -> list[object]:
    return [
        Linked(line.placed_accounts, links.accounts(scope, **whose)),
        Linked(line.placed, links.accounts(scope, **whose)),
        Linked(line.returned, links.accounts(scope, returned=1, **whose)),
        Linked(line.collected_ever, links.collected(scope, since=None, until=None, **whose)),
        line.gross_liquidation,
        line.adjusted_liquidation,
        Linked(line.resolved_accounts, links.accounts(scope, resolved=1, **whose)),
        line.unit_liquidation,
    ]


def _chart(scope: Scope, lines: Sequence[CreditorLine]) -> Plot | None:
    if len(lines) < 2:
        return None
    best = max(lines, key=lambda line: line.collected)
    return Plot(
        heading="Collected by creditor",
        finding=f"Most was collected for {best.name}: {words.money(best.collected)}",
        places=[Place(line.name, url=links.collected(scope, creditor=line.creditor_id)) for line in lines],
        series=[Series("Collected", [line.collected for line in lines])],
        axis="Creditor",
    )


REPORT = Report(
    slug="creditors",
    title="Recovery and liquidation",
    question="What do we recover for each creditor: of its inventory in the period, and of all that it ever placed?",
    make=make,
    nothing="A creditor appears here with the first account that it places.",
    filters=frozenset({PERIOD, CREDITOR}),
)
