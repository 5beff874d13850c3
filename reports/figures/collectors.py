"""What does each collector have, do, and bring in?"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from core.models import Collector
from reports.figures.reading import COLLECTOR, Facts, ask
from reports.figures.totals import total
from reports.kpis import share
from reports.scope import Scope
from reports.scope import desks as known_desks

NOBODY = "Nobody"
_ASK = """
SELECT collector_id,
    coalesce(sum(number) FILTER (WHERE subject = 'status'), 0)::bigint,
    coalesce(sum(amount) FILTER (WHERE subject = 'status'), 0),
    coalesce(sum(number) FILTER (WHERE subject = 'attempt'), 0)::bigint,
    coalesce(sum(number) FILTER (WHERE subject = 'attempt' AND detail <> ''), 0)::bigint,
    coalesce(sum(number) FILTER (WHERE subject = 'attempt' AND detail = 'conversation'), 0)::bigint,
    coalesce(sum(number) FILTER (WHERE subject = 'promised'), 0)::bigint,
    coalesce(sum(amount) FILTER (WHERE subject = 'promised'), 0),
    coalesce(sum(number) FILTER (WHERE subject = 'matured'), 0)::bigint,
    coalesce(sum(number) FILTER (WHERE subject = 'matured' AND detail = 'kept'), 0)::bigint,
    coalesce(sum(number) FILTER (WHERE subject = 'collected'), 0)::bigint,
    coalesce(sum(amount) FILTER (WHERE subject = 'collected'), 0),
    coalesce(sum(amount) FILTER (WHERE subject = 'commission'), 0)
FROM (
    SELECT * FROM {standing} AS s WHERE detail NOT IN ('settled', 'closed') UNION ALL SELECT * FROM {done} AS d
) AS facts
GROUP BY 1
"""


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
class Performance:
    """The desks, who brought in most first; nobody's last. Their sum is the total."""

    lines: tuple[CollectorLine, ...]
    total: CollectorLine


def performance(scope: Scope, desks: Iterable[Collector] | None = None) -> Performance:
    """Every desk that is active, has accounts, or did something in the period; two statements.

    One, when the agency's `desks` are known already, with their users.
    """
    standing = Facts(("status",), by=(COLLECTOR,)).sql(scope)
    subjects = ("attempt", "promised", "matured", "collected", "commission")
    done = Facts(subjects, (scope.first, scope.last), by=(COLLECTOR,), in_all=True).sql(scope)
    found = {desk: sums for desk, *sums in ask(_ASK.format(standing=standing, done=done), scope)}
    every = known_desks() if desks is None else desks
    lines = [
        CollectorLine(desk.pk, str(desk), *found.get(desk.pk, []))
        for desk in every
        if scope.collector in (None, desk) and (desk.is_active or any(found.get(desk.pk, [])))
    ]
    lines.sort(key=lambda line: (-line.collected, line.name, str(line.collector_id)))
    if any(found.get(None, [])):
        lines.append(CollectorLine(None, NOBODY, *found[None]))
    return Performance(tuple(lines), total(lines, CollectorLine(None, "Total")))
