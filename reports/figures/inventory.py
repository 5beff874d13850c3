"""Which accounts are there now, in which state, how old; and how did the inventory come to be so?"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from core.account_states import OPEN, Status
from core.models import Creditor
from reports.figures.headline import recovery_rate
from reports.figures.reading import CREDITOR, Facts, ask, by_day
from reports.figures.steps import fitting, steps
from reports.inventory import AGES, STAGNANT_DAYS
from reports.scope import Scope

BEGINNING = date(1970, 1, 1)


@dataclass(frozen=True)
class StatusLine:
    """The accounts of one status."""

    status: str
    label: str
    accounts: int
    balance: Decimal


def by_status(scope: Scope) -> tuple[StatusLine, ...]:
    """Every status, in the order of the workflow."""
    facts = Facts(("status",)).sql(scope)
    sql = f"SELECT detail, sum(number)::bigint, sum(amount) FROM {facts} AS facts GROUP BY 1"  # noqa: S608  (our own)
    found = {status: (accounts, balance) for status, accounts, balance in ask(sql, scope)}
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
SELECT creditor_id, CASE
        WHEN subject = 'worked' THEN 'worked' WHEN day IS NULL THEN 'none' WHEN day > %(today)s THEN 'not_due'
        WHEN day >= %(today)s - 30 THEN '0-30' WHEN day >= %(today)s - 60 THEN '31-60'
        WHEN day >= %(today)s - 90 THEN '61-90' ELSE '90+' END,
    sum(number)::bigint, sum(amount)
FROM {facts} AS facts WHERE subject = 'due' OR day < %(before)s GROUP BY 1, 2
"""


def aging(scope: Scope) -> Aging:
    """The open accounts by age, now."""
    found: dict[str, tuple[int, Decimal]] = {}
    for _, key, accounts, balance in _ages(scope, ()):
        before = found.get(key, (0, Decimal(0)))
        found[key] = before[0] + accounts, before[1] + balance
    return _aging(found, scope)


def aging_by_creditor(scope: Scope) -> tuple[CreditorAging, ...]:
    """The same for each creditor with open accounts, by name."""
    found: dict[UUID, dict[str, tuple[int, Decimal]]] = {}
    for creditor, key, accounts, balance in _ages(scope, (CREDITOR,)):
        found.setdefault(creditor, {})[key] = accounts, balance
    names = Creditor.objects.filter(pk__in=found).order_by("name", "id").values_list("pk", "name")
    made = (CreditorAging(pk, name, _aging(found[pk], scope)) for pk, name in names)
    return tuple(one for one in made if one.aging.accounts)


def _ages(scope: Scope, by: tuple[str, ...]) -> list[tuple[UUID, str, int, Decimal]]:
    facts = Facts(("due", "worked"), by=by, of_desk=False).sql(scope)
    if scope.collector:
        facts = _OF_DESK.format(of_creditor="AND a.creditor_id = %(creditor)s" if scope.creditor else "")
    before = scope.today - timedelta(days=STAGNANT_DAYS)
    return ask(_AGES.format(facts=facts), scope, open=sorted(OPEN), before=before)


def _aging(found: dict[str, tuple[int, Decimal]], scope: Scope) -> Aging:
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


def course(scope: Scope, step: str = "") -> tuple[CoursePoint, ...]:
    """How the four figures of the head came about, in the steps of the trend; two statements."""
    there = by_day(scope, "open", days=(None, scope.last))
    came = by_day(scope, "collected", days=(scope.first, scope.last))
    _, opening = there.between(BEGINNING, scope.previous_last)
    points = []
    for one in steps(scope, fitting(scope, step)):
        accounts, balance = there.between(BEGINNING, one.last)
        _, until = came.between(scope.first, one.last)
        _, collected = came.between(one.first, one.last)
        rate = recovery_rate(until, opening, balance)
        points.append(CoursePoint(one.first, one.last, accounts, balance, collected, rate))
    return tuple(points)
