"""Which accounts does a bulk act mean, what did it do, and how is it undone? For ten minutes, by who did it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils import timezone

from core import assignment, people, priorities, tenancy
from core.assignment import AssignmentRefused
from core.models import Collector, User
from core.priorities import Change, PriorityRefused
from core.shifts import Shift, Stand
from worklist.listing import queue
from worklist.listing.filters import AccountFilter
from worklist.models import BulkAct

MOST_AT_ONCE = assignment.MOST_AT_ONCE
UNDO_WITHIN = timedelta(minutes=10)
LONGEST_QUERY = 4000


class SelectionRefused(ValueError):
    """No account was meant, or too many; `str()` is the sentence for the user."""


class UndoRefused(ValueError):
    """Nothing was put back; `str()` is the sentence for the user."""


Refused = (AssignmentRefused, PriorityRefused, SelectionRefused, UndoRefused)


@dataclass(frozen=True)
class Done:
    """What happened, in words, and the act that can be undone (None: nothing changed)."""

    sentence: str
    act: BulkAct | None = None


def selected(user: User, data: QueryDict) -> list[UUID]:
    """The accounts that a form means: those of `ids`, or with `all=1` every one that its `list` shows.

    Raises SelectionRefused.
    """
    if data.get("all"):
        return all_that_match(user, QueryDict(data.get("list", "")[:LONGEST_QUERY]))
    try:
        return [UUID(text) for text in data.getlist("ids")]
    except ValueError as error:
        raise SelectionRefused("Choose accounts from the list.") from error


def seen_at(data: QueryDict) -> datetime | None:
    """When the list was made from which a form chooses; None for what is no moment of the past."""
    try:
        moment = datetime.fromisoformat(data.get("seen", "").strip()[:40])
    except ValueError:
        return None
    return moment if moment.tzinfo and moment <= timezone.now() else None


def all_that_match(user: User, query: QueryDict) -> list[UUID]:
    """The accounts on all pages of the list at this query string. Raises SelectionRefused."""
    filters = AccountFilter(query, user, people.names())
    if not filters.form.is_valid():
        raise SelectionRefused("Not every filter could be used. Correct them, then choose all that match.")
    search = filters.value("q") if filters.searches_agency else ""
    found = queue.keys(filters.accounts(), MOST_AT_ONCE + 1, search or "")
    if len(found) > MOST_AT_ONCE:
        raise SelectionRefused(f"More than {MOST_AT_ONCE:,} accounts match. Narrow the list, then choose all.")
    return found


def assign(ids: list[UUID], *, to: Collector | None, by: User, seen: datetime | None = None) -> Done:
    """Give them to a collector, or take them back. Raises AssignmentRefused, and ChangedMeanwhile since `seen`."""
    with tenancy.transaction():
        done = assignment.assign(ids, to=to, by=by, seen=seen)
        rows = [[*_stand(shift.before), *_stand(shift.after)[1:]] for shift in done.shifts]
        return Done(done.sentence(to), _remember(by, BulkAct.Kind.ASSIGNMENT, done.at, rows))


def prioritise(ids: list[UUID], level: int, *, by: User, seen: datetime | None = None) -> Done:
    """Set their priority. Raises PriorityRefused, and ChangedMeanwhile since `seen`."""
    with tenancy.transaction():
        done = priorities.prioritise(ids, level, by=by, seen=seen)
        rows = [[str(change.account), change.before, change.after] for change in done.changes]
        return Done(done.sentence(level), _remember(by, BulkAct.Kind.PRIORITY, timezone.now(), rows))


def undo(act_id: UUID, *, by: User) -> Done:
    """Put back what the user's own act changed and nobody changed since; a second time only says so again.

    Raises BulkAct.DoesNotExist, UndoRefused when its time is over, AssignmentRefused when a desk has no room.
    """
    with tenancy.transaction():
        act = BulkAct.objects.locked().get(pk=act_id, owner=by)
        if act.undone is None:
            if timezone.now() > act.done_at + UNDO_WITHIN:
                raise UndoRefused("This can be undone for ten minutes only. Nothing was changed.")
            act.undone = _PUT_BACK[BulkAct.Kind(act.kind)](act, by)
            act.save(update_fields=["undone"])
    left = len(act.accounts) - act.undone
    words = f" {left:,} changed since, left as {'it is' if left == 1 else 'they are'}." if left else ""
    return Done(f"{act.undone:,} put back.{words}")


def _remember(by: User, kind: str, at: datetime, rows: list[list[Any]]) -> BulkAct | None:
    BulkAct.objects.filter(owner=by, done_at__lt=timezone.now() - UNDO_WITHIN).delete()
    return BulkAct.objects.create(owner=by, kind=kind, done_at=at, accounts=rows) if rows else None


def _stand(stand: Stand) -> list[str | None]:
    at = stand.assigned_at.isoformat() if stand.assigned_at else None
    return [str(stand.account), str(stand.desk) if stand.desk else None, stand.status, at]


def _read_stand(account: str, desk: str | None, status: str, at: str | None) -> Stand:
    return Stand(UUID(account), UUID(desk) if desk else None, status, datetime.fromisoformat(at) if at else None)


def _assignment_back(act: BulkAct, by: User) -> int:
    shifts = [
        Shift(_read_stand(account, *facts[:3]), _read_stand(account, *facts[3:])) for account, *facts in act.accounts
    ]
    return len(assignment.put_back(shifts, since=act.done_at, by=by))


def _priority_back(act: BulkAct, by: User) -> int:
    changes = [Change(UUID(account), before, after) for account, before, after in act.accounts]
    return len(priorities.put_back(changes, by=by))


_PUT_BACK: dict[BulkAct.Kind, Callable[[BulkAct, User], int]] = {
    BulkAct.Kind.ASSIGNMENT: _assignment_back,
    BulkAct.Kind.PRIORITY: _priority_back,
}
