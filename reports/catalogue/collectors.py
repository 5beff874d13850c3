"""What does each collector's work come to?"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from core import words
from core.sheet import Column, Linked, Sheet
from reports import links
from reports.catalogue.columns import kpi
from reports.catalogue.report import Report, Section
from reports.charts import Place, Plot, Series
from reports.figures import collectors
from reports.figures.collectors import CollectorLine
from reports.scope import Scope

COLUMNS = (
    Column("collector", "Collector"),
    kpi("active_accounts", "Accounts"),
    kpi("balance", "Balance"),
    kpi("attempts", "Contacts"),
    kpi("right_party", "Right party"),
    kpi("rpc_rate", "RPC rate"),
    kpi("promised", "Promises"),
    kpi("conversion", "Conversion"),
    kpi("matured", "Matured"),
    kpi("kept", "Kept"),
    kpi("kept_rate", "Kept rate"),
    kpi("payments", "Payments"),
    kpi("collected", "Collected"),
    kpi("commission", "Commission"),
)


def make(scope: Scope, _: Mapping[str, str]) -> Sequence[Section]:
    """A line for each collector and one for nobody; their sums are the agency's."""
    found = collectors.performance(scope)
    if not found.lines:
        return []
    rows = [(line.name, *_figures(scope, line, links.desk(line.collector_id))) for line in found.lines]
    sheet = Sheet("Collectors", COLUMNS, rows, ("All", *_figures(scope, found.total)))
    return [Section(sheet, chart=_chart(scope, found.lines))]


def _figures(scope: Scope, line: CollectorLine, desk: UUID | str | None = None) -> list[object]:
    whose: dict[str, object] = {"collector": desk} if desk else {}
    accounts, money = links.accounts(scope, open=1, **whose), links.collected(scope, **whose)
    earned = links.commission(scope, line.collector_id)
    return [
        Linked(line.accounts, accounts),
        Linked(line.balance, accounts),
        Linked(line.attempts, links.contacts(scope, **whose)),
        Linked(line.right_party, links.contacts(scope, right_party=1, **whose)),
        line.rpc_rate,
        Linked(line.promises, links.promises_made(scope, **whose)),
        line.conversion,
        Linked(line.matured, links.promises_due(scope, matured=1, **whose)),
        Linked(line.kept, links.promises_due(scope, status="kept", **whose)),
        line.kept_rate,
        Linked(line.payments, money),
        Linked(line.collected, money),
        line.commission if desk == links.NOBODY else Linked(line.commission, earned),  # it is always somebody's
    ]


def _chart(scope: Scope, lines: Sequence[CollectorLine]) -> Plot | None:
    """Who collected how much; one alone is compared with nobody."""
    if len(lines) < 2:
        return None
    best = max(lines, key=lambda line: line.collected)
    return Plot(
        heading="Collected by collector",
        finding=f"{best.name} collected most: {words.money(best.collected)}",
        places=[
            Place(line.name, url=links.collected(scope, collector=links.desk(line.collector_id))) for line in lines
        ],
        series=[Series("Collected", [line.collected for line in lines])],
        axis="Collector",
    )


REPORT = Report(
    slug="collectors",
    title="Collector performance",
    question="What does each collector have on the desk, reach, have promised, collect and earn?",
    make=make,
    nothing="As soon as accounts are on a desk, or something is collected, each collector has a line here.",
)
