"""How does each collector do in the period? One row a desk, sorted by any column; every number leads to its list."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter
from typing import Any

from core.addresses import address
from core.sheet import Kind
from reports import links
from reports.charts import Meter, meters
from reports.dashboard.drill import Drill
from reports.figures.collectors import CollectorLine, Order, Performance
from reports.kpis import KPIS
from reports.scope import Scope


@dataclass(frozen=True)
class Column:
    """One that the table can be sorted by: its name in the URL, its title and formula, and its value of a line.

    `sums` are the fields of a line that the value is made of.
    """

    name: str
    title: str
    about: str
    value: Callable[[CollectorLine], Any]
    sums: tuple[str, ...]


def _column(name: str, title: str, kpi: str, *sums: str) -> Column:
    return Column(name, title, KPIS[kpi].formula, attrgetter(name), sums or (name,))


COLUMNS = (
    Column("name", "Collector", "", lambda line: line.name.casefold(), ()),
    _column("accounts", "Accounts", "active_accounts"),
    _column("collected", "Collected", "collected"),
    _column("rpc_rate", "Right party", "rpc_rate", "right_party", "attempts"),
    _column("conversion", "Conversion", "conversion", "promises", "right_party"),
    _column("kept_rate", "Promises kept", "kept_rate", "kept", "matured"),
    _column("commission", "Commission", "commission"),
)
FIRST = "-collected"
# A large agency has hundreds of desks: the first in the chosen order are shown, all of them by the report.
SHOWN = 25
ORDERS = {f"{sign}{column.name}" for column in COLUMNS for sign in ("", "-")}


@dataclass(frozen=True)
class Head:
    """The head of a column: the order that it leads to, and how the table is sorted by it now."""

    title: str
    about: str
    order: str
    sorted: str


@dataclass(frozen=True)
class Row:
    """A desk; each rate stands above its two numbers. What is nobody's, and all together, has no bar beside desks."""

    name: str
    url: str
    accounts: Drill
    meter: Meter | None
    collected: Drill
    rates: tuple[tuple[Drill, Drill, Drill], ...]
    commission: Drill


@dataclass(frozen=True)
class Table:
    """The first desks in the order that the URL asks for, what is nobody's, and all of them together."""

    heads: list[Head]
    rows: list[Row]
    total: Row
    formulas: list[tuple[str, str]]
    most: int  # desks are shown
    desks: int  # there are
    report: str  # shows all of them

    @property
    def is_cut(self) -> bool:
        """Are there more desks than are shown?"""
        return self.desks > self.most


def order_named(text: str) -> str:
    """The order that the URL names; who collected most comes first unless it does."""
    return text if text in ORDERS else FIRST


def order_of(order: str) -> Order:
    """The order of that name, for who asks for the figures."""
    column = next(one for one in COLUMNS if one.name == order.removeprefix("-"))
    return Order(column.value, column.sums, falls=order.startswith("-"))


def table(scope: Scope, found: Performance, order: str) -> Table:
    """The desks as they were found in `order`, and what is nobody's."""
    desks = [line for line in found.lines if line.collector_id]
    rows = [_row(line, scope, bar) for line, bar in zip(desks, meters([line.collected for line in desks]), strict=True)]
    rows += [_row(line, scope) for line in found.lines if not line.collector_id]
    formulas = dict.fromkeys((column.title, column.about) for column in COLUMNS if column.about)
    return Table(
        [_head(column, order) for column in COLUMNS],
        rows,
        _row(found.total, scope, is_total=True),
        list(formulas),
        SHOWN,
        found.desks,
        f"{address('reports:report', 'collectors')}{f'?{scope.query}' if scope.query else ''}",
    )


def _head(column: Column, order: str) -> Head:
    is_here, falls = order.removeprefix("-") == column.name, order.startswith("-")
    best_first = column.name if column.name == "name" else f"-{column.name}"
    turned = column.name if falls else f"-{column.name}"
    now = ("descending" if falls else "ascending") if is_here else ""
    return Head(column.title, column.about, turned if is_here else best_first, now)


def _row(line: CollectorLine, scope: Scope, meter: Meter | None = None, *, is_total: bool = False) -> Row:
    whose: dict[str, object] = {} if is_total else {"collector": links.desk(line.collector_id)}
    attempts, reached = links.contacts(scope, **whose), links.contacts(scope, right_party=True, **whose)
    made, matured = links.promises_made(scope, **whose), links.promises_due(scope, matured=True, **whose)
    kept = links.promises_due(scope, status="kept", **whose)
    collected = links.collected(scope, **whose)
    earned = links.commission(scope, line.collector_id) if line.collector_id or is_total else ""  # always somebody's
    return Row(
        "All together" if is_total else line.name,
        address("team:member", line.collector_id) if line.collector_id and not is_total else "",
        Drill.count(line.accounts, links.accounts(scope, open=True, **whose)),
        meter,
        Drill.money(line.collected, collected, "collected"),
        (
            _rate(line.rpc_rate, Drill.count(line.right_party, reached, "right_party"),
                  Drill.count(line.attempts, attempts, "attempts")),
            _rate(line.conversion, Drill.count(line.promises, made, "number"),
                  Drill.count(line.right_party, reached, "right_party")),
            _rate(line.kept_rate, Drill.count(line.kept, kept, "number"),
                  Drill.count(line.matured, matured, "number")),
        ),
        Drill.money(line.commission, earned, "commission" if earned else ""),
    )  # fmt: skip


def _rate(rate: Decimal | None, part: Drill, whole: Drill) -> tuple[Drill, Drill, Drill]:
    return Drill.of(rate, Kind.PERCENT), part, whole
