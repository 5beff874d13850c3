"""What did each creditor place, and what came of it?"""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from core.models import Creditor
from reports.figures.headline import recovery_rate
from reports.figures.reading import CREDITOR, Facts, ask
from reports.figures.totals import total
from reports.kpis import share
from reports.scope import Scope

_ASK = """
SELECT creditor_id,
    coalesce(sum(number) FILTER (WHERE subject = 'open'), 0)::bigint,
    coalesce(sum(amount) FILTER (WHERE subject = 'open'), 0),
    coalesce(sum(number) FILTER (WHERE subject = 'collected'), 0)::bigint,
    coalesce(sum(amount) FILTER (WHERE subject = 'collected'), 0),
    coalesce(sum(amount) FILTER (WHERE subject = 'open' AND day < %(first)s), 0),
    coalesce(sum(amount) FILTER (WHERE subject = 'open' AND day <= %(last)s), 0),
    coalesce(sum(number) FILTER (WHERE subject = 'placed'), 0)::bigint,
    coalesce(sum(amount) FILTER (WHERE subject = 'placed'), 0),
    coalesce(sum(number) FILTER (WHERE subject = 'placed' AND detail = 'returned'), 0)::bigint,
    coalesce(sum(amount) FILTER (WHERE subject = 'placed' AND detail = 'returned'), 0),
    coalesce(sum(number) FILTER (WHERE subject = 'placed' AND detail = 'resolved'), 0)::bigint,
    coalesce(sum(amount) FILTER (WHERE subject = 'batch'), 0)
FROM (SELECT * FROM {open} AS o UNION ALL SELECT * FROM {came} AS c UNION ALL SELECT * FROM {placed} AS p) AS facts
GROUP BY 1
"""


@dataclass(frozen=True)
class CreditorLine:
    """One creditor: open accounts as they are now, the period's collections, and all its placements since ever.

    Placements have no collector: `placed` to `collected_ever` are the creditor's whatever desk is looked at.
    """

    creditor_id: UUID | None
    name: str
    accounts: int = 0
    balance: Decimal = Decimal(0)
    payments: int = 0
    collected: Decimal = Decimal(0)
    opening_balance: Decimal = Decimal(0)
    closing_balance: Decimal = Decimal(0)
    placed_accounts: int = 0
    placed: Decimal = Decimal(0)
    returned_accounts: int = 0
    returned: Decimal = Decimal(0)
    resolved_accounts: int = 0
    collected_ever: Decimal = Decimal(0)

    @property
    def recovery_rate(self) -> Decimal | None:
        """Of the period."""
        return recovery_rate(self.collected, self.opening_balance, self.closing_balance)

    @property
    def gross_liquidation(self) -> Decimal | None:
        """Collected since placement ÷ placed."""
        return share(self.collected_ever, self.placed)

    @property
    def adjusted_liquidation(self) -> Decimal | None:
        """Collected since placement ÷ (placed less returned)."""
        return share(self.collected_ever, self.placed - self.returned)

    @property
    def unit_liquidation(self) -> Decimal | None:
        """Accounts paid or settled ÷ accounts placed."""
        return share(self.resolved_accounts, self.placed_accounts)


@dataclass(frozen=True)
class Performance:
    """The creditors that placed anything, who brought in most first. Their sum is the total."""

    lines: tuple[CreditorLine, ...]
    total: CreditorLine


def performance(scope: Scope) -> Performance:
    """Every creditor with a placement; two statements."""
    by = (CREDITOR,)
    sql = _ASK.format(
        open=Facts(("open",), by=by).sql(scope),
        came=Facts(("collected",), (scope.first, scope.last), by=by).sql(scope),
        placed=Facts(("placed", "batch"), by=by, of_desk=False).sql(scope),
    )
    found = {creditor: sums for creditor, *sums in ask(sql, scope)}
    names = Creditor.objects.filter(pk__in=found).values_list("pk", "name")
    lines = [CreditorLine(pk, name, *found[pk]) for pk, name in names if any(found[pk])]
    lines.sort(key=lambda line: (-line.collected, line.name, str(line.creditor_id)))
    return Performance(tuple(lines), total(lines, CreditorLine(None, "Total")))
