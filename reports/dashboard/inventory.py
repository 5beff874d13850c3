"""How old is what is owed, how much of it lies still, and where do the accounts stand?"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.sheet import Kind
from reports import links
from reports.charts import Meter, Share, Shares, meters
from reports.dashboard.drill import Drill
from reports.figures.inventory import Aging, StatusLine
from reports.scope import Scope

TONES = {"not_due": "a0", "0-30": "a1", "31-60": "a2", "61-90": "a3", "90+": "a4", "none": "a5"}


def by_age(scope: Scope, aging: Aging) -> Shares:
    """The balance by days past due."""
    parts = [
        Share(
            bucket.label, bucket.accounts, bucket.balance, TONES[bucket.key], links.accounts(scope, past_due=bucket.key)
        )
        for bucket in aging.buckets
    ]
    everything = links.accounts(scope, open=True)
    return Shares("Balance by age", _oldest(aging), parts, axis="Age", url=everything)


def _oldest(aging: Aging) -> str:
    old = sum((bucket.balance for bucket in aging.buckets if bucket.key == "90+"), Decimal(0))
    if not aging.balance:
        return "No balance is open"
    return f"{Drill.of(old / aging.balance, Kind.PERCENT).words} is more than 90 days past due"


@dataclass(frozen=True)
class Still:
    """Accounts that nobody has worked for too long."""

    accounts: Drill
    balance: Drill


def still(scope: Scope, aging: Aging) -> Still:
    """How many, and what is owed on them."""
    url = links.accounts(scope, stagnant=True)
    return Still(Drill.count(aging.stagnant.accounts, url), Drill.money(aging.stagnant.balance, url, "balance"))


@dataclass(frozen=True)
class StatusRow:
    """Accounts in one status, beside the others."""

    status: str
    meter: Meter
    accounts: Drill
    balance: Drill


def by_status(scope: Scope, lines: Sequence[StatusLine]) -> list[StatusRow]:
    """In the order of the workflow."""
    return [
        StatusRow(line.status, meter, Drill.count(line.accounts, url), Drill.money(line.balance, url, "balance"))
        for line, meter in zip(lines, meters([line.accounts for line in lines]), strict=True)
        if (url := links.accounts(scope, status=line.status))
    ]
