"""What does each collector have, do, and bring in?"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from core import people
from core.people import Names
from reports.figures.reading import COLLECTOR, EVER, Facts, ask
from reports.figures.totals import total
from reports.kpis import share
from reports.scope import Scope

NOBODY, TOTAL = "Nobody", "Total"


class _Sum(NamedTuple):
    """A column of the facts of one subject, of those with such a detail."""

    subject: str
    column: str
    detail: str = ""

    @property
    def sql(self) -> str:
        """As a column of a statement that reads such facts."""
        which = f"subject = '{self.subject}'{f' AND detail {self.detail}' if self.detail else ''}"
        found = f"coalesce(sum({self.column}) FILTER (WHERE {which}), 0)"
        return f"{found}::bigint" if self.column == "number" else found


# What the fields of a line add up.
_SUMS = {
    "accounts": _Sum("status", "number", "NOT IN ('settled', 'closed')"),
    "balance": _Sum("status", "amount", "NOT IN ('settled', 'closed')"),
    "attempts": _Sum("attempt", "number"),
    "right_party": _Sum("attempt", "number", "<> ''"),
    "conversations": _Sum("attempt", "number", "= 'conversation'"),
    "promises": _Sum("promised", "number"),
    "promised": _Sum("promised", "amount"),
    "matured": _Sum("matured", "number"),
    "kept": _Sum("matured", "number", "= 'kept'"),
    "payments": _Sum("collected", "number"),
    "collected": _Sum("collected", "amount"),
    "commission": _Sum("commission", "amount"),
}
type Sums = dict[str, Any]
type Found = dict[UUID | None, Sums]


@dataclass(frozen=True)
class CollectorLine:
    """One desk: accounts and balance as they are now (open ones), all else in the period. Nobody's has no id."""

    collector_id: UUID | None
    name: str
    accounts: int = 0
    balance: Decimal = Decimal(0)
    attempts: int = 0
    right_party: int = 0
    conversations: int = 0
    promises: int = 0
    promised: Decimal = Decimal(0)
    matured: int = 0
    kept: int = 0
    payments: int = 0
    collected: Decimal = Decimal(0)
    commission: Decimal = Decimal(0)

    @property
    def rpc_rate(self) -> Decimal | None:
        """Right-party contacts ÷ contacts."""
        return share(self.right_party, self.attempts)

    @property
    def conversion(self) -> Decimal | None:
        """Promises made ÷ right-party contacts."""
        return share(self.promises, self.right_party)

    @property
    def kept_rate(self) -> Decimal | None:
        """Promises kept ÷ promises matured."""
        return share(self.kept, self.matured)


@dataclass(frozen=True)
class Order:
    """By a value of a line that is made of such sums; who has no value comes last, whether it falls or rises."""

    value: Callable[[CollectorLine], Any]
    sums: tuple[str, ...]
    falls: bool


BEST_FIRST = Order(lambda line: line.collected, ("collected",), falls=True)


@dataclass(frozen=True)
class Performance:
    """The desks in an order, nobody's last; `total` and the number of `desks` are of all, also of those cut off."""

    lines: tuple[CollectorLine, ...]
    total: CollectorLine
    desks: int


def performance(
    scope: Scope, known: Names | None = None, order: Order = BEST_FIRST, most: int | None = None
) -> Performance:
    """Every desk that is active, has accounts, or did something in the period, or the first so many of them.

    Two statements; of more desks than `most` three, the first of which only finds who comes first, by the sums that
    their order is made of. One less, when the agency's names are `known` already.
    """
    names = known or people.names()
    desks = [desk for desk in names.collectors if scope.collector is None or scope.collector.pk == desk]
    if most is None or len(desks) <= most:
        found = _of_each(scope, _SUMS)
        lines = _lines(desks, names, found)
        whole = total([*lines, *_nobody(found)], CollectorLine(None, TOTAL))
        return Performance((*ordered(lines, order), *_nobody(found)), whole, len(lines))
    active = [desk for desk in desks if desk in names.desks]
    ranked = ordered(_lines(active, names, _of_each(scope, {*order.sums, *BEST_FIRST.sums})), order)[:most]
    # Whether a former desk is there at all, only all of its sums can tell.
    former = [desk for desk in desks if desk not in names.desks]
    asked = [*(line.collector_id for line in ranked if line.collector_id), *former]
    found, whole = _of_some(scope, asked)
    lines = _lines(asked, names, found)
    there = len(active) + len(lines) - len(ranked)
    return Performance((*ordered(lines, order)[:most], *_nobody(found)), whole, there)


def ordered(lines: Iterable[CollectorLine], order: Order) -> list[CollectorLine]:
    """Those who are alike come in the order of the report: who brought in most first, then by name."""
    alike = sorted(lines, key=lambda line: (-line.collected, line.name, str(line.collector_id)))
    known = [line for line in alike if order.value(line) is not None]
    known.sort(key=order.value, reverse=order.falls)
    return [*known, *(line for line in alike if order.value(line) is None)]


def _lines(desks: Iterable[UUID], names: Names, found: Found) -> list[CollectorLine]:
    return [
        CollectorLine(desk, names.collectors[desk], **found.get(desk, {}))
        for desk in desks
        if desk in names.desks or any(found.get(desk, {}).values())
    ]


def _nobody(found: Found) -> list[CollectorLine]:
    sums = found.get(None, {})
    return [CollectorLine(None, NOBODY, **sums)] if any(sums.values()) else []


def _of_each(scope: Scope, sums: Collection[str]) -> Found:
    """These sums of every desk, and of nobody."""
    facts = _facts(scope, sums, by=(COLLECTOR,))
    sql = f"SELECT collector_id, {_columns(sums)} FROM ({facts}) AS facts GROUP BY 1"  # noqa: S608  (our own words)
    return {desk: dict(zip(sums, row, strict=True)) for desk, *row in ask(sql, scope)}


def _of_some(scope: Scope, desks: Sequence[UUID]) -> tuple[Found, CollectorLine]:
    """All sums of these desks, and of nobody; and of all together, read where no desk is told."""
    of_these = _facts(scope, _SUMS, by=(COLLECTOR,), only="collector_id = ANY (%(desks)s)")
    of_nobody = _facts(scope, _SUMS, by=(COLLECTOR,), only="collector_id IS NULL")
    sql = f"""
        SELECT of_all, desk, {_columns(_SUMS)} FROM (
            SELECT false AS of_all, collector_id AS desk, * FROM ({of_these} UNION ALL {of_nobody}) AS d
            UNION ALL SELECT true, NULL, * FROM ({_facts(scope, _SUMS)}) AS a
        ) AS facts GROUP BY 1, 2
    """  # noqa: S608  (our own words)
    found: Found = {}
    whole: Sums = {}
    for of_all, desk, *row in ask(sql, scope, desks=desks):
        sums = dict(zip(_SUMS, row, strict=True))
        if of_all:
            whole = sums
        else:
            found[desk] = sums
    return found, CollectorLine(None, TOTAL, **whole)


def _facts(scope: Scope, sums: Collection[str], by: tuple[str, ...] = (), only: str = "") -> str:
    """The rows that these sums add up: of accounts as they are now, of all else in the period."""
    subjects = {_SUMS[one].subject for one in sums}
    now, done = sorted(subjects & {"status"}), sorted(subjects - {"status"})
    parts = [
        Facts(tuple(which), days, by=by, in_all=True, only=only).sql(scope)
        for which, days in ((now, EVER), (done, (scope.first, scope.last)))
        if which
    ]
    return " UNION ALL ".join(f"SELECT * FROM {part} AS part" for part in parts)  # noqa: S608  (our own words)


def _columns(sums: Iterable[str]) -> str:
    return ", ".join(_SUMS[one].sql for one in sums)
