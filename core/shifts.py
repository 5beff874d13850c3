"""How do accounts go from one desk to another? Locked, written, told and audited, set-based.

The same few statements for one account as for ten thousand. Desks and accounts are locked in the order of their ids,
desks first, so that two bulk assignments cannot block each other for ever. Whether a shift may be is asked in
`core.assignment`.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection

from core import audit, tenancy
from core.account_states import OPEN, Status
from core.models import Account, Agency, AuditLog, Collector

if TYPE_CHECKING:
    from core.models import User


@dataclass(frozen=True)
class Stand:
    """Where an account stands: on which desk (None: nobody's), in which status, and since when it is there."""

    account: UUID
    desk: UUID | None
    status: str
    assigned_at: datetime | None


@dataclass(frozen=True)
class Shift:
    """One account that goes from a desk to another."""

    before: Stand
    after: Stand

    @property
    def move(self) -> str:
        """The move of the workflow that it makes, empty when the status stays (SPEC §4)."""
        if self.before.status == self.after.status:
            return ""
        return "assign" if self.before.status == Status.NEW else "unassign"


_LOCK = """
SELECT id, assigned_to_id, status, assigned_at FROM core_account
WHERE agency_id = %(agency)s AND id = ANY (%(accounts)s) ORDER BY id FOR NO KEY UPDATE
"""
_LOADS = """
SELECT assigned_to_id, count(*) FROM core_account
WHERE agency_id = %(agency)s AND assigned_to_id = ANY (%(desks)s) AND status = ANY (%(open)s) GROUP BY 1
"""
_TOUCHED = """
SELECT DISTINCT e.account_id FROM unnest(%(accounts)s::uuid[]) AS s (account)
JOIN core_activity e ON e.account_id = s.account AND e.created_at > %(since)s AND e.kind IN ('assignment', 'status')
"""
_SHIFT = """
UPDATE core_account AS a SET assigned_to_id = s.desk, status = s.status, assigned_at = s.assigned_at,
    updated_at = %(moment)s
FROM unnest(%(accounts)s::uuid[], %(desks)s::uuid[], %(statuses)s::text[], %(since)s::timestamptz[])
    AS s (account, desk, status, assigned_at)
WHERE a.id = s.account AND a.agency_id = %(agency)s
"""
_TELL = """
INSERT INTO core_activity (agency_id, created_at, account_id, kind, actor_id, body, data)
SELECT %(agency)s, %(moment)s, s.account, 'assignment', %(actor)s, '',
    jsonb_build_object('from', s.giver, 'to', s.taker, 'collector', coalesce(s.desk::text, ''))
    || CASE s.move WHEN '' THEN '{}'::jsonb ELSE jsonb_build_object('move', s.move) END
FROM unnest(%(accounts)s::uuid[], %(desks)s::uuid[], %(givers)s::text[], %(takers)s::text[], %(moves)s::text[])
    AS s (account, desk, giver, taker, move)
"""


def locked_desks(ids: list[UUID]) -> dict[UUID, Collector]:
    """These desks by their ids, locked: nobody else fills them meanwhile."""
    found = Collector.objects.locked().select_related("user").filter(pk__in=ids).order_by("pk") if ids else []
    return {desk.pk: desk for desk in found}


def locked_accounts(ids: list[UUID]) -> list[Stand]:
    """Where these accounts stand, locked, in the order of their ids."""
    return [Stand(*row) for row in _rows(_LOCK, {"accounts": ids})]


def loads(desks: list[UUID]) -> Counter[UUID]:
    """The open accounts on each of these desks."""
    return Counter(dict(_rows(_LOADS, {"desks": desks, "open": sorted(OPEN)}))) if desks else Counter()


def touched(ids: list[UUID], since: datetime) -> set[UUID]:
    """Those that somebody assigned or moved after that moment."""
    return {account for (account,) in _rows(_TOUCHED, {"accounts": ids, "since": since})}


def carry_out(shifts: list[Shift], by: "User", moment: datetime) -> None:
    """Write them, tell each account's timeline, and audit the whole as one act. The rows are locked by the caller."""
    if not shifts:
        return
    desks = {desk for shift in shifts for desk in (shift.before.desk, shift.after.desk) if desk}
    names = {desk.pk: str(desk) for desk in Collector.objects.select_related("user").filter(pk__in=desks)}
    givers = [names.get(shift.before.desk, "") if shift.before.desk else "" for shift in shifts]
    takers = [names.get(shift.after.desk, "") if shift.after.desk else "" for shift in shifts]
    facts: dict[str, Any] = {
        "agency": tenancy.current_agency_id(),
        "moment": moment,
        "actor": by.pk,
        "accounts": [shift.before.account for shift in shifts],
        "desks": [shift.after.desk for shift in shifts],
        "statuses": [shift.after.status for shift in shifts],
        "since": [shift.after.assigned_at for shift in shifts],
        "givers": givers,
        "takers": takers,
        "moves": [shift.move for shift in shifts],
    }
    with connection.cursor() as cursor:
        cursor.execute(_SHIFT, facts)
        cursor.execute(_TELL, facts)
    _audit(shifts, givers, takers)


def _rows(statement: str, facts: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"agency": tenancy.current_agency_id(), **facts})
        return cursor.fetchall()


def _audit(shifts: list[Shift], givers: list[str], takers: list[str]) -> None:
    """One entry a batch: on the account when it is the only one, on the agency otherwise."""
    if len(shifts) == 1:
        changes = {"assigned_to": [givers[0] or "None", takers[0] or "None"]}
        if shifts[0].move:
            changes["status"] = [shifts[0].before.status, shifts[0].after.status]
        audit.record(Account.objects.get(pk=shifts[0].before.account), AuditLog.Action.UPDATE, changes)
        return
    desks = {name: [f"{givers.count(name)} given", f"{takers.count(name)} taken"] for name in {*givers, *takers}}
    agency = Agency.objects.get(pk=tenancy.current_agency_id())
    audit.record(agency, AuditLog.Action.UPDATE, {f"accounts of {name or 'nobody'}": n for name, n in desks.items()})
