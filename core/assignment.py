"""Who works which account? Assigning one or thousands, within the collector's capacity, and taking that back.

Set-based: the same few statements for one account as for ten thousand. The collectors' rows are locked while their
capacity is counted, so that two admins at once cannot fill a desk twice; desks and accounts are locked in the order of
their ids, desks first, so that two bulk assignments cannot block each other for ever.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection

from core import audit, clock, meanwhile, tenancy
from core.account_states import OPEN, Status
from core.models import Account, Agency, AuditLog, Collector
from core.refusals import ChangedMeanwhile
from core.words import count

if TYPE_CHECKING:
    from core.models import User

MOST_AT_ONCE = 10_000


class AssignmentRefused(ValueError):
    """Nothing was assigned; `str()` is the sentence for the user."""


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


@dataclass
class Assigned:
    """What a bulk assignment did, and when: the accounts that moved, and how many stayed as they were and why."""

    at: datetime
    shifts: list[Shift] = field(default_factory=list)
    unchanged: int = 0
    finished: int = 0
    busy: int = 0

    @property
    def changed(self) -> list[UUID]:
        """The accounts that moved."""
        return [shift.before.account for shift in self.shifts]

    def sentence(self, to: Collector | None) -> str:
        """The outcome in words, for the message at the end of the page."""
        parts = [f"{len(self.shifts):,} {f'assigned to {to}' if to else 'taken back'}."]
        if self.unchanged:
            parts.append(f"{self.unchanged:,} already there.")
        if self.finished:
            parts.append(f"{self.finished:,} settled or closed, left as they are.")
        if self.busy:
            parts.append(f"{self.busy:,} already being worked: reassign them to somebody instead.")
        return " ".join(parts)


def load(collector: Collector) -> int:
    """The open accounts on a collector's desk."""
    return Account.objects.filter(assigned_to=collector, status__in=OPEN).count()


def assign(
    account_ids: Iterable[UUID],
    *,
    to: Collector | None,
    by: "User",
    expected: str | None = None,
    seen: datetime | None = None,
) -> Assigned:
    """Give open accounts to a collector, or take assigned ones back (`to=None`), all or none.

    Reassigning keeps the status. Raises AssignmentRefused when the user may not, the collector is inactive, or his
    capacity (`max_accounts`, open accounts) would be exceeded; ChangedMeanwhile when somebody else assigned one of
    them since the user saw it: on the desk `expected` (empty: nobody's), or in a list at the moment `seen`.
    """  # fmt: skip
    ids = sorted(set(account_ids))
    if not by.is_admin:
        raise AssignmentRefused("Only an agency admin assigns accounts.")
    if not ids:
        raise AssignmentRefused("Choose at least one account.")
    if len(ids) > MOST_AT_ONCE:
        raise AssignmentRefused(f"Choose at most {MOST_AT_ONCE:,} accounts at once.")
    with tenancy.transaction():
        desks = _locked_desks([to.pk] if to else [])
        if to is not None and to.pk not in desks:
            raise AssignmentRefused("Choose a collector of this agency.")
        done = Assigned(clock.now())
        stands = _locked(ids)
        _refuse_what_changed(stands, expected, seen, by)
        for stand in stands:
            _sort_out(stand, to, done)
        _refuse_what_does_not_fit(done.shifts, desks, "Nothing was assigned.")
        _carry_out(done.shifts, by, done.at)
    return done


def put_back(shifts: Iterable[Shift], *, since: datetime, by: "User") -> list[Shift]:
    """Undo an assignment made at `since`: each account goes back to where it stood, all that can or none.

    Left alone are accounts that somebody assigned or moved since; gives those that went back. Raises
    AssignmentRefused when a desk has no room for them any more.
    """
    wanted = {shift.before.account: shift for shift in shifts}
    if not by.is_admin:
        raise AssignmentRefused("Only an agency admin assigns accounts.")
    with tenancy.transaction():
        desks = _locked_desks(sorted({s.before.desk for s in wanted.values() if s.before.desk}))
        touched = _touched(list(wanted), since)
        back = [
            Shift(stand, wanted[stand.account].before)
            for stand in _locked(sorted(wanted))
            if stand == wanted[stand.account].after and stand.account not in touched
        ]
        _refuse_what_does_not_fit(back, desks, "Nothing was undone.")
        _carry_out(back, by, clock.now())
    return back


def _refuse_what_changed(stands: list[Stand], expected: str | None, seen: datetime | None, by: "User") -> None:
    if expected is not None and any(str(stand.desk or "") != expected for stand in stands):
        raise ChangedMeanwhile(meanwhile.on_account(stands[0].account, meanwhile.ASSIGNED, by))
    if seen and (told := meanwhile.on_any([stand.account for stand in stands], meanwhile.ASSIGNED, seen, by)):
        raise ChangedMeanwhile(told)


def _locked_desks(ids: list[UUID]) -> dict[UUID, Collector]:
    found = Collector.objects.locked().select_related("user").filter(pk__in=ids).order_by("pk") if ids else []
    return {desk.pk: desk for desk in found}


def _sort_out(now: Stand, to: Collector | None, done: Assigned) -> None:
    if now.status not in OPEN:
        done.finished += 1
    elif now.desk == (to.pk if to else None):
        done.unchanged += 1
    elif to is None and now.status != Status.ASSIGNED:
        done.busy += 1
    elif to is None:
        done.shifts.append(Shift(now, replace(now, desk=None, status=Status.NEW.value, assigned_at=None)))
    else:
        status = Status.ASSIGNED.value if now.status == Status.NEW else now.status
        done.shifts.append(Shift(now, replace(now, desk=to.pk, status=status, assigned_at=done.at)))


def _refuse_what_does_not_fit(shifts: list[Shift], desks: dict[UUID, Collector], otherwise: str) -> None:
    loads = _loads(list(desks))
    more = Counter(shift.after.desk for shift in shifts)
    for pk, desk in desks.items():
        if not (desk.is_active and desk.user.is_active):
            raise AssignmentRefused(f"{desk} is not active. Choose another collector.")
        if more[pk] and loads[pk] + more[pk] > desk.max_accounts:
            raise AssignmentRefused(
                f"{desk} has {loads[pk]:,} of at most {count(desk.max_accounts, 'open account')};"
                f" {more[pk]:,} more do not fit. {otherwise}"
            )


# --- on the database -------------------------------------------------------------------------------------------------

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


def _locked(ids: list[UUID]) -> list[Stand]:
    return [Stand(*row) for row in _rows(_LOCK, {"accounts": ids})]


def _loads(desks: list[UUID]) -> Counter[UUID]:
    return Counter(dict(_rows(_LOADS, {"desks": desks, "open": sorted(OPEN)}))) if desks else Counter()


def _touched(ids: list[UUID], since: datetime) -> set[UUID]:
    return {account for (account,) in _rows(_TOUCHED, {"accounts": ids, "since": since})}


def _rows(statement: str, facts: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"agency": tenancy.current_agency_id(), **facts})
        return cursor.fetchall()


def _carry_out(shifts: list[Shift], by: "User", moment: datetime) -> None:
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
