"""Which accounts are there now, in which state, how old; and how did the inventory come to be so?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from core.account_states import OPEN, Status
from core.models import Creditor
from reports.figures.daily import BEGINNING, Daily, daily
from reports.figures.headline import recovery_rate
from reports.figures.reading import CREDITOR, Facts, ask
from reports.figures.steps import fitting, steps
from reports.inventory import AGES, STAGNANT_DAYS
from reports.scope import Scope

type Sums = dict[str, tuple[int, Decimal]]


@dataclass(frozen=True)
class StatusLine:
    """The accounts of one status."""

    status: str
    label: str
    accounts: int
    balance: Decimal


def by_status(scope: Scope) -> tuple[StatusLine, ...]:
    """Every status, in the order of the workflow."""
    found = {status: (accounts, balance) for status, accounts, balance in ask(_statuses(scope), scope)}
    return _status_lines(found)


def _statuses(scope: Scope) -> str:
    facts = Facts(("status",)).sql(scope)
    return f"SELECT detail, sum(number)::bigint, sum(amount) FROM {facts} AS facts GROUP BY 1"  # noqa: S608  (our own)


def _status_lines(found: Sums) -> tuple[StatusLine, ...]:
    return tuple(StatusLine(s.value, str(s.label), *found.get(s.value, (0, Decimal(0)))) for s in Status)


# --- how old ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bucket:
    """Open accounts of one age (reports.inventory.AGES)."""

    key: str
    label: str
    accounts: int
    balance: Decimal


@dataclass(frozen=True)
class Stagnant:
    """Open accounts that were last worked, or placed, before that day."""

    accounts: int
    balance: Decimal
    before: date


@dataclass(frozen=True)
class Aging:
    """The open accounts by age, and those that nobody works."""

    buckets: tuple[Bucket, ...]
    accounts: int
    balance: Decimal
    stagnant: Stagnant


@dataclass(frozen=True)
class CreditorAging:
    """The same of one creditor."""

    creditor_id: UUID
    name: str
    aging: Aging


# One desk is read live: it is small, and its ages are not summed apart.
_OF_DESK = """(
    SELECT f.subject, f.day, a.creditor_id, 1 AS number, a.current_balance AS amount FROM core_account a
    CROSS JOIN LATERAL (VALUES
        ('due', a.due_date), ('worked', (greatest(a.last_contact_at, a.created_at) AT TIME ZONE %(zone)s)::date)
    ) AS f (subject, day)
    WHERE a.agency_id = %(agency)s AND a.assigned_to_id = %(collector)s AND a.status = ANY (%(open)s) {of_creditor}
)"""
_AGES = """
SELECT creditor_id AS creditor, CASE
        WHEN subject = 'worked' THEN 'worked' WHEN day IS NULL THEN 'none' WHEN day > %(today)s THEN 'not_due'
        WHEN day >= %(today)s - 30 THEN '0-30' WHEN day >= %(today)s - 60 THEN '31-60'
        WHEN day >= %(today)s - 90 THEN '61-90' ELSE '90+' END AS key,
    sum(number)::bigint AS accounts, sum(amount) AS balance
FROM {facts} AS facts WHERE subject = 'due' OR day < %(before)s GROUP BY 1, 2
"""


def aging(scope: Scope) -> Aging:
    """The open accounts by age, now."""
    return _aging(_together((key, *sums) for _, key, *sums in _ask_ages(_ages(scope, ()), scope)), scope)


def standing(scope: Scope) -> tuple[tuple[StatusLine, ...], Aging]:
    """By status and by age, both now; one statement."""
    sql = (
        f"SELECT 'status', s.* FROM ({_statuses(scope)}) AS s"  # noqa: S608  (our own words)
        f" UNION ALL SELECT 'age', key, accounts, balance FROM ({_ages(scope, ())}) AS a"
    )
    rows = _ask_ages(sql, scope)
    found = {kind: _together(row for what, *row in rows if what == kind) for kind in ("status", "age")}
    return _status_lines(found["status"]), _aging(found["age"], scope)


def aging_by_creditor(scope: Scope) -> tuple[CreditorAging, ...]:
    """The same for each creditor with open accounts, by name."""
    found: dict[UUID, Sums] = {}
    for creditor, key, accounts, balance in _ask_ages(_ages(scope, (CREDITOR,)), scope):
        found.setdefault(creditor, {})[key] = accounts, balance
    names = Creditor.objects.filter(pk__in=found).order_by("name", "id").values_list("pk", "name")
    made = (CreditorAging(pk, name, _aging(found[pk], scope)) for pk, name in names)
    return tuple(one for one in made if one.aging.accounts)


def _ages(scope: Scope, by: tuple[str, ...]) -> str:
    facts = Facts(("due", "worked"), by=by, of_desk=False).sql(scope)
    if scope.collector:
        facts = _OF_DESK.format(of_creditor="AND a.creditor_id = %(creditor)s" if scope.creditor else "")
    return _AGES.format(facts=facts)


def _ask_ages(sql: str, scope: Scope) -> list[tuple[Any, ...]]:
    return ask(sql, scope, open=sorted(OPEN), before=scope.today - timedelta(days=STAGNANT_DAYS))


def _together(rows: Iterable[Sequence[Any]]) -> Sums:
    """Number and amount by key, of rows that may name a key twice: of two creditors, say."""
    found: Sums = {}
    for key, number, amount in rows:
        before = found.get(key, (0, Decimal(0)))
        found[key] = before[0] + number, before[1] + amount
    return found


def _aging(found: Sums, scope: Scope) -> Aging:
    nothing = (0, Decimal(0))
    buckets = tuple(Bucket(age.key, age.label, *found.get(age.key, nothing)) for age in AGES.values())
    before = scope.today - timedelta(days=STAGNANT_DAYS)
    return Aging(
        buckets,
        sum(bucket.accounts for bucket in buckets),
        sum((bucket.balance for bucket in buckets), Decimal(0)),
        Stagnant(*found.get("worked", nothing), before),
    )


# --- how it came to be so ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CoursePoint:
    """The inventory at the end of a step, and what came until then: in the step, and as a rate of the whole period."""

    first: date
    last: date
    accounts: int
    balance: Decimal
    collected: Decimal
    recovery_rate: Decimal | None


def course(scope: Scope, step: str = "", days: Daily | None = None) -> tuple[CoursePoint, ...]:
    """How the four figures of the head came about, in the steps of the trend; `days` when known already."""
    days = days or daily(scope, step)
    there, came = days.there, days.came
    _, opening = there.between(BEGINNING, scope.previous_last)
    points = []
    for one in steps(scope, fitting(scope, step)):
        accounts, balance = there.between(BEGINNING, one.last)
        _, until = came.between(scope.first, one.last)
        _, collected = came.between(one.first, one.last)
        rate = recovery_rate(until, opening, balance)
        points.append(CoursePoint(one.first, one.last, accounts, balance, collected, rate))
    return tuple(points)
