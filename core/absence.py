"""What becomes of the open accounts on the desk of somebody who is away? Looked at first, then carried out.

They are shared out among the others, given to one colleague, or taken back to nobody. Statuses, promises and what is
next stay; a debtor's accounts stay together; no desk is filled above its capacity, and what does not fit stays.
"""

import hashlib
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection

from core import audit, clock, tenancy
from core.account_states import OPEN, Status
from core.distribution import (
    DistributionRefused,
    active_desks,
    at_home,
    lock_accounts,
    lock_desks,
    note,
    note_shares,
    refuse_outdated,
    tell,
)
from core.models import Account, AuditLog, Collector
from core.sharing import Desk, Plan, Waiting, plan

if TYPE_CHECKING:
    from core.models import User

OTHERS, NOBODY = "others", "nobody"

_MOVE = """
UPDATE core_account AS a SET assigned_to_id = s.collector, assigned_at = %(moment)s, updated_at = %(moment)s
FROM unnest(%(accounts)s::uuid[], %(collectors)s::uuid[]) AS s (account, collector)
WHERE a.id = s.account AND a.agency_id = %(agency)s AND a.assigned_to_id = %(from)s AND a.status = ANY (%(open)s)
"""
_TAKE_BACK = """
UPDATE core_account SET status = 'new', assigned_to_id = NULL, assigned_at = NULL, updated_at = %(moment)s
WHERE id = ANY (%(accounts)s) AND agency_id = %(agency)s AND assigned_to_id = %(from)s AND status = 'assigned'
"""


@dataclass(frozen=True)
class Clearing:
    """What becomes of one desk: `plan` says who gets what, `taken_back` goes to nobody, all else stays."""

    collector: Collector
    to: str
    accounts: int
    balance: Decimal
    plan: Plan = field(default_factory=lambda: Plan([], []))
    taken_back: tuple[UUID, ...] = ()

    @property
    def moved(self) -> int:
        """Accounts that leave the desk."""
        return self.plan.placed + len(self.taken_back)

    @property
    def stays(self) -> int:
        """Accounts that stay on it."""
        return self.accounts - self.moved

    @property
    def digest(self) -> str:
        """What is the same only for the same clearing."""
        text = f"{self.collector.pk}:{self.to}:{self.plan.digest}:{','.join(map(str, self.taken_back))}"
        return hashlib.sha256(text.encode()).hexdigest()


def preview(collector: Collector, to: str) -> Clearing:
    """What would become of the desk now; `to` is OTHERS, NOBODY or the id of a colleague.

    Raises DistributionRefused when there is no such colleague, or he is not active.
    """
    with tenancy.transaction():
        return _clearing_now(collector, to)


def carry_out(collector: Collector, to: str, *, by: "User", expected: str = "") -> Clearing:
    """Clear the desk as it is now. Raises as `preview` does, and when it is not what the user saw (`expected`)."""
    if not by.is_admin:
        raise DistributionRefused("Only an agency admin moves accounts to others.")
    with tenancy.transaction():
        lock_desks()
        made = _clearing_now(collector, to)
        if expected and made.digest != expected:
            refuse_outdated(expected)
        if made.plan.placed:
            _move(made, by)
        if made.taken_back:
            _take_back(made, by)
        if made.moved:
            note(made.digest, "accounts moved", made.moved)
            note_shares(made.plan.shares)
            changes = {"open accounts": [made.accounts, made.stays]}
            audit.record(made.collector, AuditLog.Action.UPDATE, changes)
    return made


def _clearing_now(collector: Collector, to: str) -> Clearing:
    rows = list(
        Account.objects.filter(assigned_to=collector, status__in=sorted(OPEN))
        .order_by("pk")
        .values_list("pk", "debtor_id", "priority", "current_balance", "status")
    )
    hers = [Waiting(*row[:4]) for row in rows]
    balance = sum((account.balance for account in hers), Decimal(0))
    if to == NOBODY:
        untouched = tuple(row[0] for row in rows if row[4] == Status.ASSIGNED)
        return Clearing(collector, to, len(hers), balance, taken_back=untouched)
    return Clearing(collector, to, len(hers), balance, plan(hers, at_home(_desks_for(collector, to), hers)))


def _desks_for(collector: Collector, to: str) -> list[Desk]:
    others = [desk for desk in active_desks() if desk.id != collector.pk]
    if to == OTHERS:
        return others
    chosen = [desk for desk in others if str(desk.id) == to]
    if not chosen:
        raise DistributionRefused("Choose an active colleague, the others, or nobody.")
    return chosen


def _move(made: Clearing, by: "User") -> None:
    pairs: list[tuple[UUID, Desk | None]] = [
        (account, share.desk) for share in made.plan.shares for account in share.accounts
    ]
    _update(made, _MOVE, [account for account, _ in pairs], [desk.id for _, desk in pairs if desk])
    name = str(made.collector)
    tell(pairs, by, body=f"From the desk of {name}.", **{"from": name, "how": "absence"})


def _take_back(made: Clearing, by: "User") -> None:
    _update(made, _TAKE_BACK, list(made.taken_back), [])
    facts = {"from": str(made.collector), "move": "unassign", "how": "absence"}
    tell([(account, None) for account in made.taken_back], by, **facts)


def _update(made: Clearing, statement: str, accounts: list[UUID], collectors: list[UUID]) -> None:
    lock_accounts(accounts)
    facts: dict[str, Any] = {
        "agency": tenancy.current_agency_id(),
        "moment": clock.now(),
        "from": made.collector.pk,
        "open": sorted(OPEN),
        "accounts": accounts,
        "collectors": collectors,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, facts)
        if cursor.rowcount != len(accounts):
            raise DistributionRefused("Some of these accounts changed a moment ago. Nothing was moved; look again.")
