"""Who works here, with how much on the desk, and how far is everybody today? One statement for the whole team."""

import json
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

from core import tenancy
from core.account_states import OPEN, Status
from core.desks import Terms
from core.words import count

# On a desk, in the order of the workflow.
SHOWN = [Status.ASSIGNED, Status.IN_CONTACT, Status.NEGOTIATING, Status.PAYMENT_PLAN, Status.DISPUTED]

# Promises are told of whoever took them, and of the month in which they are due.
_TEAM = """
SELECT c.id, coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username), c.is_active, u.is_active,
    c.max_accounts, c.commission_rate, coalesce(desk.accounts, 0), coalesce(desk.balance, 0),
    coalesce(desk.statuses, '{}')::text, coalesce(due.accounts, 0), worked.accounts,
    coalesce(promised.open, 0), coalesce(promised.kept, 0), coalesce(promised.broken, 0)
FROM core_collector c JOIN core_user u ON u.id = c.user_id
LEFT JOIN (
    SELECT collector_id, sum(accounts) AS accounts, sum(balance) AS balance,
        jsonb_object_agg(status, accounts) AS statuses
    FROM (
        SELECT collector_id, status, sum(accounts) AS accounts, sum(balance) AS balance FROM core_accounttally
        WHERE agency_id = %(agency)s AND status = ANY (%(open)s) AND collector_id IS NOT NULL GROUP BY 1, 2
    ) AS by_status GROUP BY 1
) AS desk ON desk.collector_id = c.id
LEFT JOIN (
    SELECT assigned_to_id, count(*) AS accounts FROM core_account
    WHERE agency_id = %(agency)s AND status = ANY (%(open)s) AND next_action_at <= %(now)s GROUP BY 1
) AS due ON due.assigned_to_id = c.id
LEFT JOIN (
    SELECT made_by_id, count(*) FILTER (WHERE status = 'open') AS open,
        count(*) FILTER (WHERE status = 'kept') AS kept,
        count(*) FILTER (WHERE status IN ('broken', 'partial')) AS broken
    FROM core_promise
    WHERE agency_id = %(agency)s AND due_date >= %(month)s AND due_date < (%(month)s::date + interval '1 month')
    GROUP BY 1
) AS promised ON promised.made_by_id = c.user_id
CROSS JOIN LATERAL (
    SELECT count(DISTINCT account_id) AS accounts FROM core_contactattempt
    WHERE agency_id = %(agency)s AND actor_id = c.user_id AND at >= %(midnight)s
) AS worked
WHERE c.agency_id = %(agency)s AND (%(only)s::uuid IS NULL OR c.id = %(only)s)
ORDER BY c.is_active AND u.is_active DESC, 2, c.id
"""
_WAITING = """
SELECT coalesce(sum(accounts), 0) FROM core_accounttally
WHERE agency_id = %(agency)s AND collector_id IS NULL AND status = 'new'
"""


@dataclass(frozen=True)
class Member:
    """A collector with what is on the desk now; `worked` counts accounts contacted today."""

    id: UUID
    name: str
    desk_is_active: bool
    may_sign_in: bool
    capacity: int
    rate: Decimal
    accounts: int
    balance: Decimal
    statuses: dict[str, int]
    due: int
    worked: int
    promises_open: int
    promises_kept: int
    promises_broken: int

    @property
    def is_active(self) -> bool:
        """Does the desk get accounts?"""
        return self.desk_is_active and self.may_sign_in

    @property
    def percent(self) -> str:
        """The commission in percent."""
        return Terms(self.capacity, self.rate).percent

    @property
    def free(self) -> int:
        """Places left."""
        return max(self.capacity - self.accounts, 0)

    @property
    def over(self) -> int:
        """Accounts on the desk beyond its capacity."""
        return max(self.accounts - self.capacity, 0)

    @property
    def shown(self) -> int:
        """What the meter shows: never more than its length."""
        return min(self.accounts, self.capacity)

    @property
    def load_words(self) -> str:
        """`123 of 200 places taken`, for the meter."""
        return f"{self.accounts:,} of {count(self.capacity, 'place')} taken"

    @property
    def by_status(self) -> list[tuple[str, int]]:
        """(status, accounts) of every status that a desk can have."""
        return [(status.value, self.statuses.get(status, 0)) for status in SHOWN]


@dataclass(frozen=True)
class Team:
    """Everybody, those first who get accounts, then by name; `waiting` accounts are on no desk."""

    members: list[Member]
    waiting: int

    @property
    def over(self) -> list[Member]:
        """Who has more accounts than places."""
        return [member for member in self.members if member.over]

    @property
    def sub(self) -> str:
        """The line below the heading."""
        active = [member for member in self.members if member.is_active]
        parts = [count(len(active), "active collector")]
        if resting := len(self.members) - len(active):
            parts.append(f"{resting:,} inactive")
        if active:
            taken, places = sum(m.accounts for m in active), sum(m.capacity for m in active)
            parts.append(f"{taken:,} of {count(places, 'place')} taken")
        if self.waiting:
            parts.append(f"{count(self.waiting, 'account')} on no desk")
        return ", ".join(parts)


def team(zone: ZoneInfo) -> Team:
    """The current agency's."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, {"agency": tenancy.current_agency_id()})
        waiting = int(cursor.fetchone()[0])
    return Team(_members(zone, None), waiting)


def member(zone: ZoneInfo, pk: UUID) -> Member | None:
    """One collector of the current agency."""
    return next(iter(_members(zone, pk)), None)


def _members(zone: ZoneInfo, only: UUID | None) -> list[Member]:
    now = timezone.now()
    today = now.astimezone(zone).date()
    facts: dict[str, Any] = {
        "agency": tenancy.current_agency_id(),
        "open": sorted(OPEN),
        "only": only,
        "now": now,
        "midnight": datetime.combine(today, time(), zone),
        "month": today.replace(day=1),
    }
    with connection.cursor() as cursor:
        cursor.execute(_TEAM, facts)
        return [_member(row) for row in cursor.fetchall()]


def _member(row: tuple[Any, ...]) -> Member:
    pk, name, is_active, may_sign_in, capacity, rate, accounts, balance, statuses, *today = row
    # A sum of whole numbers comes as numeric.
    return Member(
        pk, name, is_active, may_sign_in, capacity, rate, int(accounts), balance, json.loads(statuses), *today
    )
