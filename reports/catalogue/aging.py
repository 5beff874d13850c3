"""How old are the open claims, altogether and creditor by creditor?"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from core import words
from core.sheet import Column, Kind, Linked, Sheet
from reports import inventory as meanings
from reports import links
from reports.catalogue.columns import kpi
from reports.catalogue.report import COLLECTOR, CREDITOR, Report, Section
from reports.charts import Share, Shares
from reports.figures import inventory
from reports.figures.inventory import Aging, Bucket, CreditorAging
from reports.scope import Scope

AGES = (
    Column("age", "Age"),
    kpi("active_accounts", "Accounts"),
    kpi("balance", "Balance"),
    Column("share", "Share", Kind.PERCENT, "Of the whole balance to recover."),
)
BY_CREDITOR = (
    Column("creditor", "Creditor"),
    *(Column(age.key, age.label, Kind.MONEY) for age in meanings.AGES.values()),
    kpi("balance", "Balance"),
)
# The darker, the later; what is not late, or nobody knows how late, stands aside.
TONES = {"0-30": "a1", "31-60": "a2", "61-90": "a3", "90+": "a4"}


def make(scope: Scope, _: Mapping[str, str]) -> Sequence[Section]:
    """The ages of everything, then of each creditor's claims."""
    found = inventory.aging(scope)
    if not found.accounts:
        return []
    return [
        Section(_by_age(scope, found), chart=_chart(scope, found)),
        Section(_by_creditor(scope, found, inventory.aging_by_creditor(scope)), key="creditors"),
    ]


def _by_age(scope: Scope, found: Aging) -> Sheet:
    def row(label: str, accounts: int, balance: Decimal, url: str) -> Sequence[object]:
        share = balance / found.balance if found.balance else None
        return (label, Linked(accounts, url), Linked(balance, url), share)

    rows = [row(one.label, one.accounts, one.balance, links.accounts(scope, past_due=one.key)) for one in found.buckets]
    total = row("All", found.accounts, found.balance, links.accounts(scope, open=1))
    return Sheet("Balance by age", AGES, rows, total)


def _by_creditor(scope: Scope, found: Aging, lines: Sequence[CreditorAging]) -> Sheet:
    def row(label: str, of: Aging, **whose: object) -> Sequence[object]:
        ages = [Linked(one.balance, links.accounts(scope, past_due=one.key, **whose)) for one in of.buckets]
        return (label, *ages, Linked(of.balance, links.accounts(scope, open=1, **whose)))

    rows = [row(line.name, line.aging, creditor=line.creditor_id) for line in lines]
    return Sheet("Balance by age and creditor", BY_CREDITOR, rows, row("All", found))


def _chart(scope: Scope, found: Aging) -> Shares:
    late = sum((one.balance for one in found.buckets if one.key in TONES), Decimal(0))
    return Shares(
        heading="Balance by age",
        finding=f"{words.money(late)} of {words.money(found.balance)} is due or past due",
        parts=[_share(scope, one) for one in found.buckets],
        axis="Age",
        url=links.accounts(scope, open=1),
    )


def _share(scope: Scope, one: Bucket) -> Share:
    return Share(
        one.label, one.accounts, one.balance, TONES.get(one.key, "a0"), links.accounts(scope, past_due=one.key)
    )


REPORT = Report(
    slug="aging",
    title="Aging",
    question="How long are the open claims past due, and with which creditors do the old ones lie?",
    make=make,
    nothing="Open accounts are sorted by the days since they were due; there is none yet.",
    filters=frozenset({CREDITOR, COLLECTOR}),
)
