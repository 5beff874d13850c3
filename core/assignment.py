"""Who works which account? Assigning one or thousands, within the collector's capacity, and taking that back.

The collectors' rows are locked while their capacity is counted, so that two admins at once cannot fill a desk twice.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from core import clock, meanwhile, tenancy
from core.account_states import OPEN, Status
from core.models import Account, Collector
from core.refusals import ChangedMeanwhile
from core.shifts import Shift, Stand, carry_out, loads, locked_accounts, locked_desks, touched
from core.words import count

if TYPE_CHECKING:
    from core.models import User

MOST_AT_ONCE = 10_000


class AssignmentRefused(ValueError):
    """Nothing was assigned; `str()` is the sentence for the user."""


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
        desks = locked_desks([to.pk] if to else [])
        if to is not None and to.pk not in desks:
            raise AssignmentRefused("Choose a collector of this agency.")
        stands = locked_accounts(ids)
        done = Assigned(clock.now())  # with the lock, so that it comes after what it waited for
        _refuse_what_changed(stands, expected, seen, by)
        for stand in stands:
            _sort_out(stand, to, done)
        _refuse_what_does_not_fit(done.shifts, desks, "Nothing was assigned.")
        carry_out(done.shifts, by, done.at)
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
        desks = locked_desks(sorted({s.before.desk for s in wanted.values() if s.before.desk}))
        later = touched(list(wanted), since)
        back = [
            Shift(stand, wanted[stand.account].before)
            for stand in locked_accounts(sorted(wanted))
            if stand == wanted[stand.account].after and stand.account not in later
        ]
        _refuse_what_does_not_fit(back, desks, "Nothing was undone.")
        carry_out(back, by, clock.now())
    return back


def _refuse_what_changed(stands: list[Stand], expected: str | None, seen: datetime | None, by: "User") -> None:
    if expected is not None and any(str(stand.desk or "") != expected for stand in stands):
        raise ChangedMeanwhile(meanwhile.on_account(stands[0].account, meanwhile.ASSIGNED, by))
    if seen and (told := meanwhile.on_any([stand.account for stand in stands], meanwhile.ASSIGNED, seen, by)):
        raise ChangedMeanwhile(told)


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
    full = loads(list(desks))
    more = Counter(shift.after.desk for shift in shifts)
    for pk, desk in desks.items():
        if not (desk.is_active and desk.user.is_active):
            raise AssignmentRefused(f"{desk} is not active. Choose another collector.")
        if more[pk] and full[pk] + more[pk] > desk.max_accounts:
            raise AssignmentRefused(
                f"{desk} has {full[pk]:,} of at most {count(desk.max_accounts, 'open account')};"
                f" {more[pk]:,} more do not fit. {otherwise}"
            )
