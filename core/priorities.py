"""How urgent is an account? Set by an admin for one or thousands at once, and put back."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection

from core import audit, clock, meanwhile, tenancy
from core.account_states import OPEN
from core.models import Agency, AuditLog
from core.models.accounts import Priority
from core.refusals import ChangedMeanwhile

if TYPE_CHECKING:
    from core.models import User

MOST_AT_ONCE = 10_000


class PriorityRefused(ValueError):
    """Nothing was changed; `str()` is the sentence for the user."""


@dataclass(frozen=True)
class Change:
    """One account's priority, before and after."""

    account: UUID
    before: int
    after: int


@dataclass
class Prioritised:
    """What was changed, and how many stayed as they were and why."""

    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0
    finished: int = 0

    def sentence(self, level: int) -> str:
        """The outcome in words."""
        parts = [f"{len(self.changes):,} set to {Priority(level).label.lower()} priority."]
        if self.unchanged:
            parts.append(f"{self.unchanged:,} had it already.")
        if self.finished:
            parts.append(f"{self.finished:,} settled or closed, left as they are.")
        return " ".join(parts)


def prioritise(account_ids: Iterable[UUID], level: int, *, by: "User", seen: datetime | None = None) -> Prioritised:
    """Give open accounts a priority. Raises PriorityRefused when the user may not, or for no or too many accounts.

    ChangedMeanwhile when somebody else gave one of them a priority after the moment at which the user saw them.
    """
    ids = sorted(set(account_ids))
    if not by.is_admin:
        raise PriorityRefused("Only an agency admin sets priorities.")
    if level not in Priority.values:
        raise PriorityRefused("Choose a priority.")
    if not ids:
        raise PriorityRefused("Choose at least one account.")
    if len(ids) > MOST_AT_ONCE:
        raise PriorityRefused(f"Choose at most {MOST_AT_ONCE:,} accounts at once.")
    done = Prioritised()
    with tenancy.transaction():
        found = _locked(ids)
        if seen and (told := meanwhile.on_any([pk for pk, *_ in found], meanwhile.PRIORITISED, seen, by)):
            raise ChangedMeanwhile(told)
        for account, status, now in found:
            if status not in OPEN:
                done.finished += 1
            elif now == level:
                done.unchanged += 1
            else:
                done.changes.append(Change(account, now, level))
        _carry_out(done.changes, by)
    return done


def put_back(changes: Iterable[Change], *, by: "User") -> list[Change]:
    """Give accounts the priority they had, where nobody has set another since; gives those that were put back."""
    if not by.is_admin:
        raise PriorityRefused("Only an agency admin sets priorities.")
    wanted = {change.account: change for change in changes}
    with tenancy.transaction():
        back = [
            Change(account, now, wanted[account].before)
            for account, status, now in _locked(sorted(wanted))
            if status in OPEN and now == wanted[account].after
        ]
        _carry_out(back, by)
    return back


_LOCK = """
SELECT id, status, priority FROM core_account
WHERE agency_id = %(agency)s AND id = ANY (%(accounts)s) ORDER BY id FOR NO KEY UPDATE
"""
_CHANGE = """
UPDATE core_account AS a SET priority = s.level, updated_at = %(moment)s
FROM unnest(%(accounts)s::uuid[], %(after)s::smallint[]) AS s (account, level)
WHERE a.id = s.account AND a.agency_id = %(agency)s
"""
_TELL = """
INSERT INTO core_activity (agency_id, created_at, account_id, kind, actor_id, body, data)
SELECT %(agency)s, %(moment)s, s.account, 'system', %(actor)s, s.words,
    jsonb_build_object('priority', jsonb_build_array(s.before, s.after))
FROM unnest(%(accounts)s::uuid[], %(before)s::smallint[], %(after)s::smallint[], %(words)s::text[])
    AS s (account, before, after, words)
"""


def _locked(ids: list[UUID]) -> list[tuple[UUID, str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, {"agency": tenancy.current_agency_id(), "accounts": ids})
        return cursor.fetchall()


def _carry_out(changes: list[Change], by: "User") -> None:
    if not changes:
        return
    words = {
        (a, b): f"Priority changed from {Priority(a).label} to {Priority(b).label}."
        for a, b in {(change.before, change.after) for change in changes}
    }
    agency = tenancy.current_agency_id()
    facts: dict[str, Any] = {
        "agency": agency,
        "moment": clock.now(),
        "actor": by.pk,
        "accounts": [change.account for change in changes],
        "before": [change.before for change in changes],
        "after": [change.after for change in changes],
        "words": [words[change.before, change.after] for change in changes],
    }
    with connection.cursor() as cursor:
        cursor.execute(_CHANGE, facts)
        cursor.execute(_TELL, facts)
    summary = {text: ["", f"{n} accounts"] for text, n in _counted(facts["words"]).items()}
    audit.record(Agency.objects.get(pk=agency), AuditLog.Action.UPDATE, summary)


def _counted(words: list[str]) -> dict[str, int]:
    return {text: words.count(text) for text in set(words)}
