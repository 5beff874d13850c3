"""How did each month's placements liquidate since? The stair-step: one step to the right a month."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate

from core import calendar
from reports.figures.reading import Facts, ask
from reports.kpis import share
from reports.scope import Scope

_ASK = """
SELECT CASE subject WHEN 'placed' THEN to_char(day, 'YYYY-MM') ELSE detail END AS placed_in,
    CASE subject WHEN 'batch' THEN day END AS posted_in,
    coalesce(sum(number) FILTER (WHERE subject = 'placed'), 0)::bigint,
    coalesce(sum(amount) FILTER (WHERE subject = 'placed'), 0),
    coalesce(sum(amount) FILTER (WHERE subject = 'placed' AND detail = 'returned'), 0),
    coalesce(sum(number) FILTER (WHERE subject = 'placed' AND detail = 'resolved'), 0)::bigint,
    coalesce(sum(amount) FILTER (WHERE subject = 'batch'), 0)
FROM {facts} AS facts GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Batch:
    """The placements of one month; `collected` month by month since, the month itself first, as far as it has come."""

    month: date
    accounts: int
    placed: Decimal
    returned: Decimal
    resolved_accounts: int
    collected: tuple[Decimal, ...]

    @property
    def cumulative(self) -> tuple[Decimal, ...]:
        """What had come by each month."""
        return tuple(accumulate(self.collected))

    @property
    def incremental_rates(self) -> tuple[Decimal | None, ...]:
        """Each month's collections ÷ placed."""
        return tuple(share(amount, self.placed) for amount in self.collected)

    @property
    def gross(self) -> tuple[Decimal | None, ...]:
        """Gross liquidation by each month."""
        return tuple(share(amount, self.placed) for amount in self.cumulative)

    @property
    def collected_ever(self) -> Decimal:
        return sum(self.collected, Decimal(0))

    @property
    def liquidation(self) -> Decimal | None:
        """Gross liquidation by now."""
        return share(self.collected_ever, self.placed)

    @property
    def adjusted(self) -> Decimal | None:
        """Adjusted liquidation by now."""
        return share(self.collected_ever, self.placed - self.returned)

    @property
    def unit(self) -> Decimal | None:
        """Accounts paid or settled ÷ accounts placed."""
        return share(self.resolved_accounts, self.accounts)


@dataclass(frozen=True)
class Matrix:
    """Months in which anything was placed, the oldest first; `width` is the number of columns."""

    batches: tuple[Batch, ...]
    width: int

    @property
    def accounts(self) -> int:
        return sum(batch.accounts for batch in self.batches)

    @property
    def placed(self) -> Decimal:
        return sum((batch.placed for batch in self.batches), Decimal(0))

    @property
    def returned(self) -> Decimal:
        return sum((batch.returned for batch in self.batches), Decimal(0))

    @property
    def resolved_accounts(self) -> int:
        return sum(batch.resolved_accounts for batch in self.batches)

    @property
    def collected(self) -> Decimal:
        return sum((batch.collected_ever for batch in self.batches), Decimal(0))

    @property
    def liquidation(self) -> Decimal | None:
        return share(self.collected, self.placed)

    @property
    def adjusted(self) -> Decimal | None:
        return share(self.collected, self.placed - self.returned)

    @property
    def unit(self) -> Decimal | None:
        return share(self.resolved_accounts, self.accounts)


def matrix(scope: Scope, months: int = 24) -> Matrix:
    """The placements of the last so many months, of one creditor where the scope says so; one statement."""
    this_month = scope.today.replace(day=1)
    oldest = this_month
    for _ in range(months - 1):
        oldest = calendar.previous_month(oldest)
    facts = Facts(("placed", "batch"), (oldest, None), of_desk=False).sql(scope)
    placed: dict[date, tuple[int, Decimal, Decimal, int]] = {}
    came: dict[date, dict[date, Decimal]] = {}
    for placed_in, posted_in, accounts, original, returned, resolved, collected in ask(_ASK.format(facts=facts), scope):
        month = date.fromisoformat(f"{placed_in}-01")
        if posted_in is None:
            placed[month] = accounts, original, returned, resolved
        else:
            came.setdefault(month, {})[posted_in] = collected
    batches = [
        Batch(month, *sums, _since(month, this_month, came.get(month, {})))
        for month, sums in sorted(placed.items())
        if sums[0]
    ]
    return Matrix(tuple(batches), max((len(batch.collected) for batch in batches), default=0))


def _since(month: date, until: date, came: dict[date, Decimal]) -> tuple[Decimal, ...]:
    amounts = []
    while month <= until:
        amounts.append(came.get(month, Decimal(0)))
        month = calendar.next_month(month)
    return tuple(amounts)
