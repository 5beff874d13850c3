"""Who gets the accounts that nobody works yet? A fair plan, looked at before it is carried out.

`plan` is pure: the same accounts and desks give the same plan. Most urgent and largest first, each to the desk with the
lowest load for its capacity, among equals to the one with the least money; a debtor's accounts stay together, and go
where he is known. A desk is never filled above its capacity.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection

from core import audit, clock, tenancy
from core.account_states import OPEN
from core.models import AuditLog, Collector

if TYPE_CHECKING:
    from core.models import User

# Looked at beyond the free places: debtors with several accounts may leave places that only later ones fit in.
SPARE = 1_000


class DistributionRefused(ValueError):
    """Nothing was assigned; `str()` is the sentence for the user."""


@dataclass(frozen=True)
class Waiting:
    """An account on nobody's desk."""

    id: UUID
    debtor_id: UUID
    priority: int
    balance: Decimal


@dataclass(frozen=True)
class Desk:
    """An active collector: how many open accounts fit, how many are there, and what is owed on them."""

    id: UUID
    name: str
    capacity: int
    accounts: int = 0
    balance: Decimal = Decimal(0)
    # Of the waiting accounts' debtors, those who have an open account here.
    debtors: frozenset[UUID] = frozenset()

    @property
    def free(self) -> int:
        """Places left."""
        return max(self.capacity - self.accounts, 0)


@dataclass
class Share:
    """What one desk gets."""

    desk: Desk
    accounts: list[UUID] = field(default_factory=list)
    balance: Decimal = Decimal(0)

    @property
    def count(self) -> int:
        """Open accounts on the desk afterwards."""
        return self.desk.accounts + len(self.accounts)

    @property
    def total(self) -> Decimal:
        """What is owed on the desk afterwards."""
        return self.desk.balance + self.balance

    @property
    def load(self) -> Fraction:
        """Accounts for each place; exact, so that equals are equal."""
        return Fraction(self.count, self.desk.capacity)

    def has_room_for(self, accounts: int) -> bool:
        """Do so many more fit?"""
        return self.count + accounts <= self.desk.capacity


@dataclass(frozen=True)
class Plan:
    """Who gets what, and which accounts find no place."""

    shares: list[Share]
    left: list[UUID]
    # Waiting accounts that were not looked at, and those that a hold keeps back.
    beyond: int = 0
    held: int = 0

    @property
    def placed(self) -> int:
        """Accounts that get a desk."""
        return sum(len(share.accounts) for share in self.shares)

    @property
    def digest(self) -> str:
        """What is the same only for the same plan: carried from the preview to the decision."""
        text = "".join(f"{share.desk.id}:{','.join(map(str, share.accounts))};" for share in self.shares)
        return hashlib.sha256(text.encode()).hexdigest()


def plan(waiting: Iterable[Waiting], desks: Iterable[Desk], *, beyond: int = 0, held: int = 0) -> Plan:
    """Distribute the accounts over the desks.

    A debtor whose accounts fit on no desk together is left whole, unless no desk could ever hold them all: then his
    accounts are placed one by one.
    """
    shares = [Share(desk) for desk in sorted(desks, key=lambda desk: desk.id) if desk.capacity > 0]
    home = {debtor: share for share in shares for debtor in share.desk.debtors}
    largest = max((share.desk.capacity for share in shares), default=0)
    left: list[UUID] = []
    for group in _groups(waiting):
        parts = [group] if len(group) <= largest else [[account] for account in group]
        for part in parts:
            share = _best(part, shares, home)
            if share is None:
                left += [account.id for account in part]
                continue
            share.accounts += [account.id for account in part]
            share.balance += sum((account.balance for account in part), Decimal(0))
            home[part[0].debtor_id] = share
    return Plan(shares, left, beyond, held)


def _groups(waiting: Iterable[Waiting]) -> list[list[Waiting]]:
    """Each debtor's accounts together, the most urgent and largest first."""
    groups: dict[UUID, list[Waiting]] = defaultdict(list)
    for account in waiting:
        groups[account.debtor_id].append(account)
    for group in groups.values():
        group.sort(key=lambda account: (-account.priority, -account.balance, account.id))

    def rank(group: list[Waiting]) -> tuple[int, Decimal, UUID]:
        return -group[0].priority, -sum((account.balance for account in group), Decimal(0)), group[0].id

    return sorted(groups.values(), key=rank)


def _best(group: list[Waiting], shares: list[Share], home: dict[UUID, Share]) -> Share | None:
    known = home.get(group[0].debtor_id)
    if known is not None and known.has_room_for(len(group)):
        return known
    fitting = [share for share in shares if share.has_room_for(len(group))]
    return min(fitting, key=lambda share: (share.load, share.total, share.desk.id), default=None)


# --- on the database -------------------------------------------------------------------------------------------------

_NOT_HELD = """
    NOT EXISTS (SELECT FROM core_hold h WHERE h.agency_id = a.agency_id AND h.lifted_at IS NULL
        AND (h.account_id = a.id OR h.debtor_id = a.debtor_id))
"""
_WAITING = f"""
SELECT a.id, a.debtor_id, a.priority, a.current_balance FROM core_account a
WHERE a.agency_id = %(agency)s AND a.status = 'new' AND a.assigned_to_id IS NULL AND {_NOT_HELD}
ORDER BY a.priority DESC, a.balance_cents DESC, a.id LIMIT %(most)s
"""  # noqa: S608  (our own fragment)
_COUNTS = f"""
SELECT count(*), count(*) FILTER (WHERE {_NOT_HELD}) FROM core_account a
WHERE a.agency_id = %(agency)s AND a.status = 'new' AND a.assigned_to_id IS NULL
"""  # noqa: S608  (our own fragment)
_DESKS = """
SELECT c.id, coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username), c.max_accounts,
    coalesce(t.accounts, 0), coalesce(t.balance, 0)
FROM core_collector c JOIN core_user u ON u.id = c.user_id
LEFT JOIN (
    SELECT collector_id, sum(accounts) AS accounts, sum(balance) AS balance FROM core_accounttally
    WHERE agency_id = %(agency)s AND status = ANY (%(open)s) GROUP BY 1
) AS t ON t.collector_id = c.id
WHERE c.agency_id = %(agency)s AND c.is_active AND u.is_active
"""
_KNOWN_DEBTORS = """
SELECT a.assigned_to_id, a.debtor_id FROM core_account a
WHERE a.agency_id = %(agency)s AND a.debtor_id = ANY (%(debtors)s) AND a.status = ANY (%(open)s)
    AND a.assigned_to_id IS NOT NULL
ORDER BY a.assigned_at, a.id
"""
_ASSIGN = """
UPDATE core_account AS a SET status = 'assigned', assigned_to_id = s.collector, assigned_at = %(moment)s,
    updated_at = %(moment)s
FROM unnest(%(accounts)s::uuid[], %(collectors)s::uuid[]) AS s (account, collector)
WHERE a.id = s.account AND a.agency_id = %(agency)s AND a.status = 'new' AND a.assigned_to_id IS NULL
"""
_TELL = """
INSERT INTO core_activity (agency_id, created_at, account_id, kind, actor_id, body, data)
SELECT %(agency)s, %(moment)s, s.account, 'assignment', %(actor)s, '',
    jsonb_build_object('from', '', 'to', s.name, 'collector', s.collector::text, 'move', 'assign', 'how', 'distributed')
FROM unnest(%(accounts)s::uuid[], %(collectors)s::uuid[], %(names)s::text[]) AS s (account, collector, name)
"""


def preview() -> Plan:
    """The plan for the current agency as it is now."""
    with tenancy.transaction():
        return _plan_now()


def carry_out(*, by: "User | None", expected: str = "") -> Plan:
    """Assign by the plan of now; `by=None` is the system, after an import.

    `expected` is the digest of the plan that the user saw. Raises DistributionRefused when it is another one by now,
    when nobody can take an account, or when the user may not.
    """
    if by is not None and not by.is_admin:
        raise DistributionRefused("Only an agency admin distributes accounts.")
    with tenancy.transaction():
        # Everybody who assigns locks the desks first: nobody fills them meanwhile.
        list(Collector.objects.locked().order_by("pk").values_list("pk", flat=True))
        made = _plan_now()
        if expected and made.digest != expected:
            raise DistributionRefused("Accounts or desks changed since this preview. Look at the new one.")
        if made.placed:
            _assign(made, by)
    return made


def _plan_now() -> Plan:
    facts: dict[str, Any] = {"agency": tenancy.current_agency_id(), "open": sorted(OPEN)}
    with connection.cursor() as cursor:
        cursor.execute(_DESKS, facts)
        found = cursor.fetchall()
        free = sum(max(most - accounts, 0) for _, _, most, accounts, _ in found)
        cursor.execute(_COUNTS, facts)
        waiting_in_all, workable = cursor.fetchone()
        cursor.execute(_WAITING, facts | {"most": free + SPARE})
        waiting = [Waiting(*row) for row in cursor.fetchall()]
        cursor.execute(_KNOWN_DEBTORS, facts | {"debtors": [account.debtor_id for account in waiting]})
        home = {debtor: collector for collector, debtor in cursor.fetchall()}
    debtors: dict[UUID, set[UUID]] = defaultdict(set)
    for debtor, collector in home.items():
        debtors[collector].add(debtor)
    desks = [
        Desk(pk, name, most, int(accounts), balance, frozenset(debtors[pk]))
        for pk, name, most, accounts, balance in found
    ]
    return plan(waiting, desks, beyond=workable - len(waiting), held=waiting_in_all - workable)


def _assign(made: Plan, by: "User | None") -> None:
    pairs = [(account, share.desk) for share in made.shares for account in share.accounts]
    facts: dict[str, Any] = {
        "agency": tenancy.current_agency_id(),
        "moment": clock.now(),
        "actor": by.pk if by else None,
        "accounts": [account for account, _ in pairs],
        "collectors": [desk.id for _, desk in pairs],
        "names": [desk.name for _, desk in pairs],
    }
    with connection.cursor() as cursor:
        cursor.execute(_ASSIGN, facts)
        if cursor.rowcount != len(pairs):
            raise DistributionRefused("Somebody else assigned some of these accounts a moment ago. Look again.")
        cursor.execute(_TELL, facts)
    for share in made.shares:
        if share.accounts:
            collector = Collector.objects.get(pk=share.desk.id)
            changes = {"open accounts": [share.desk.accounts, share.count]}
            audit.record(collector, AuditLog.Action.UPDATE, changes)
