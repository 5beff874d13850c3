"""What was promised, and what became of it? Only promises that were judged count as matured."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from core.models import Collector
from reports.figures.collectors import NOBODY
from reports.figures.reading import COLLECTOR, ByDay, Facts, ask
from reports.figures.steps import Step, fitting, steps
from reports.figures.totals import total
from reports.kpis import Figure, figure, share
from reports.scope import Scope

_COUNTS = """
    coalesce(sum(number) FILTER (WHERE subject = 'promised'), 0)::bigint,
    coalesce(sum(amount) FILTER (WHERE subject = 'promised'), 0),
    coalesce(sum(number) FILTER (WHERE subject = 'matured'), 0)::bigint,
    coalesce(sum(number) FILTER (WHERE subject = 'matured' AND detail = 'kept'), 0)::bigint,
    coalesce(sum(number) FILTER (WHERE subject = 'matured' AND detail = 'partial'), 0)::bigint,
    coalesce(sum(number) FILTER (WHERE subject = 'matured' AND detail = 'broken'), 0)::bigint,
    coalesce(sum(amount) FILTER (WHERE subject = 'matured'), 0),
    coalesce(sum(amount) FILTER (WHERE subject = 'received'), 0)
"""
_BY_DAY = """
SELECT CASE WHEN subject = 'promised' THEN 'made' WHEN detail = 'kept' THEN 'kept' ELSE 'lost' END, day,
    sum(number)::bigint, sum(amount)
FROM {facts} AS facts GROUP BY 1, 2 ORDER BY 2
"""
SUBJECTS = ("promised", "matured", "received")


@dataclass(frozen=True)
class Counts:
    """Promises made in some days, and those due in them that were judged; `due` and `received` are of the latter."""

    made: int = 0
    promised: Decimal = Decimal(0)
    matured: int = 0
    kept: int = 0
    partial: int = 0
    broken: int = 0
    due: Decimal = Decimal(0)
    received: Decimal = Decimal(0)

    @property
    def kept_rate(self) -> Decimal | None:
        """Kept ÷ matured."""
        return share(self.kept, self.matured)

    @property
    def dollars_kept(self) -> Decimal | None:
        """Received on matured promises ÷ their amounts."""
        return share(self.received, self.due)


@dataclass(frozen=True)
class Promises:
    """The period and the one before."""

    current: Counts
    previous: Counts
    kept_rate: Figure
    dollars_kept: Figure


def summary(scope: Scope) -> Promises:
    """The counts, in one statement."""
    facts = Facts(SUBJECTS, (scope.previous_first, scope.last)).sql(scope)
    sql = f"SELECT day >= %(first)s, {_COUNTS} FROM {facts} AS facts GROUP BY 1"  # noqa: S608  (our own words)
    found = {current: Counts(*sums) for current, *sums in ask(sql, scope)}
    now, before = found.get(True, Counts()), found.get(False, Counts())
    return Promises(
        now,
        before,
        figure("kept_rate", now.kept_rate, before.kept_rate),
        figure("dollars_kept", now.dollars_kept, before.dollars_kept),
    )


@dataclass(frozen=True)
class CollectorCounts:
    """The promises that one collector took; nobody's have no id."""

    collector_id: UUID | None
    name: str
    counts: Counts


def by_collector(scope: Scope) -> tuple[tuple[CollectorCounts, ...], Counts]:
    """Who took them, by name, nobody's last; and their total. Two statements."""
    facts = Facts(SUBJECTS, (scope.first, scope.last), by=(COLLECTOR,), in_all=True).sql(scope)
    sql = f"SELECT collector_id, {_COUNTS} FROM {facts} AS facts GROUP BY 1"  # noqa: S608  (our own words)
    found = {desk: Counts(*sums) for desk, *sums in ask(sql, scope) if any(sums)}
    names = {desk.pk: str(desk) for desk in Collector.objects.select_related("user").filter(pk__in=found)}
    lines = [CollectorCounts(pk, name, found[pk]) for pk, name in sorted(names.items(), key=lambda one: one[1])]
    if None in found:
        lines.append(CollectorCounts(None, NOBODY, found[None]))
    return tuple(lines), total((one.counts for one in lines), Counts())


@dataclass(frozen=True)
class PromisePoint:
    """One step: promises made in it, and of those due in it how many were judged and kept."""

    step: Step
    made: int
    promised: Decimal
    matured: int
    kept: int

    @property
    def kept_rate(self) -> Decimal | None:
        """Kept ÷ matured."""
        return share(self.kept, self.matured)


def trend(scope: Scope, step: str = "") -> tuple[PromisePoint, ...]:
    """The promises step by step; one statement."""
    facts = Facts(("promised", "matured"), (scope.first, scope.last)).sql(scope)
    rows = ask(_BY_DAY.format(facts=facts), scope)
    of = {kind: ByDay([row[1:] for row in rows if row[0] == kind]) for kind in ("made", "kept", "lost")}
    points = []
    for one in steps(scope, fitting(scope, step)):
        made, promised = of["made"].between(one.first, one.last)
        kept, lost = (of[kind].between(one.first, one.last)[0] for kind in ("kept", "lost"))
        points.append(PromisePoint(one, made, promised, kept + lost, kept))
    return tuple(points)
