"""Who works which account? Assigning one or many, within the collector's capacity.

The collector's row is locked while his capacity is counted, so that two admins at once cannot fill it twice; accounts
are locked in the order of their ids, so that two bulk assignments cannot block each other for ever.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from core import clock, moves, tenancy, timeline
from core.account_states import OPEN, Status
from core.models import Account, Activity, Collector

if TYPE_CHECKING:
    from core.models import User

MOST_AT_ONCE = 500


class AssignmentRefused(ValueError):
    """Nothing was assigned; `str()` is the sentence for the user."""


@dataclass
class Assigned:
    """What a bulk assignment did: ids that changed, and how many stayed as they were and why."""

    changed: list[UUID] = field(default_factory=list)
    unchanged: int = 0
    finished: int = 0
    busy: int = 0

    def sentence(self, to: Collector | None) -> str:
        """The outcome in words, for the message at the end of the page."""
        name = str(to) if to else "nobody"
        parts = [f"{len(self.changed)} assigned to {name}." if to else f"{len(self.changed)} taken back."]
        if self.unchanged:
            parts.append(f"{self.unchanged} already there.")
        if self.finished:
            parts.append(f"{self.finished} settled or closed, left as they are.")
        if self.busy:
            parts.append(f"{self.busy} already being worked: reassign them to somebody instead.")
        return " ".join(parts)


def load(collector: Collector) -> int:
    """The open accounts on a collector's desk."""
    return Account.objects.filter(assigned_to=collector, status__in=OPEN).count()


def assign(account_ids: Iterable[UUID], *, to: Collector | None, by: "User") -> Assigned:
    """Give open accounts to a collector, or take assigned ones back (`to=None`), all or none.

    Reassigning keeps the status. Raises AssignmentRefused when the user may not, the collector is inactive, or his
    capacity (`max_accounts`, open accounts) would be exceeded.
    """
    ids = sorted(set(account_ids))
    if not by.is_admin:
        raise AssignmentRefused("Only an agency admin assigns accounts.")
    if not ids:
        raise AssignmentRefused("Choose at least one account.")
    if len(ids) > MOST_AT_ONCE:
        raise AssignmentRefused(f"Choose at most {MOST_AT_ONCE} accounts at once.")
    done = Assigned()
    with tenancy.transaction():
        if to is not None:
            to = _collector_for_update(to.pk)
        accounts = list(Account.objects.locked().filter(pk__in=ids).order_by("pk"))
        for account in accounts:
            _sort_out(account, to, done)
        if to is not None:
            _refuse_beyond_capacity(to, len(done.changed))
        wanted = set(done.changed)
        for account in accounts:
            if account.pk in wanted:
                _change_desk(account, to, by)
    return done


def _collector_for_update(pk: UUID) -> Collector:
    collector = Collector.objects.locked().select_related("user").filter(pk=pk).first()
    if collector is None:
        raise AssignmentRefused("Choose a collector of this agency.")
    if not (collector.is_active and collector.user.is_active):
        raise AssignmentRefused(f"{collector} is not active. Choose another collector.")
    return collector


def _sort_out(account: Account, to: Collector | None, done: Assigned) -> None:
    if account.status not in OPEN:
        done.finished += 1
    elif account.assigned_to_id == (to.pk if to else None):
        done.unchanged += 1
    elif to is None and account.status != Status.ASSIGNED:
        done.busy += 1
    else:
        done.changed.append(account.pk)


def _refuse_beyond_capacity(to: Collector, more: int) -> None:
    now = load(to)
    if more and now + more > to.max_accounts:
        raise AssignmentRefused(
            f"{to} has {now} of at most {to.max_accounts} open accounts; {more} more do not fit. Nothing was assigned."
        )


def _change_desk(account: Account, to: Collector | None, by: "User") -> None:
    before = str(account.assigned_to) if account.assigned_to_id else ""
    if to is None:
        moves.move(account.pk, "unassign", by=by)
    elif account.status == Status.NEW:
        moves.move(account.pk, "assign", by=by, to=to)
    else:
        account.assigned_to, account.assigned_at = to, clock.now()
        account.save(update_fields=["assigned_to", "assigned_at", "updated_at"])
    timeline.record(
        account,
        Activity.Kind.ASSIGNMENT,
        by=by,
        data={"from": before, "to": str(to) if to else "", "collector": str(to.pk) if to else ""},
    )
