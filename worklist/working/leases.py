"""Which account is next, and who has it? Given out so that nobody gets what another has open.

The best workable account: a due promise or follow-up first, the longest due before the others; then accounts without
a date, by priority and balance. Workable means open, not held, in calling hours wherever the debtor may be, and not
open elsewhere. What has a date to come waits for it.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from core import calling_groups, tenancy
from core.account_states import OPEN, Status
from core.models import User
from core.prepared import rows_of, written
from worklist.models import Lease

# A page that is open renews its lease well before; a browser that was closed does not.
LASTS = timedelta(minutes=10)
WORKABLE = sorted(OPEN - {Status.DISPUTED})

_WHERE = """a.agency_id = %(agency)s AND a.status = ANY (%(workable)s) AND a.id <> %(current)s AND {segment}
    AND NOT EXISTS (SELECT FROM worklist_lease l WHERE l.account_id = a.id AND l.until > %(now)s
        AND l.holder_id <> %(user)s)
ORDER BY {order}"""
_COLUMNS = "a.id, a.next_action_at, a.priority, a.balance_cents"
_ON_DESK = f"""
SELECT {_COLUMNS} FROM core_account a
WHERE a.assigned_to_id = %(desk)s AND a.calling_group = ANY (%(groups)s::bigint[]) AND {_WHERE} LIMIT 1
"""  # noqa: S608  (our own fragments)
# The best few of each group by an index, then the best of those: what may not be called now is never looked at. A few,
# because others who ask at the same moment have some of them locked.
_IN_AGENCY = f"""
SELECT {_COLUMNS} FROM unnest(%(groups)s::bigint[]) AS g (number) CROSS JOIN LATERAL (
    SELECT a.id FROM core_account a WHERE a.calling_group = g.number AND {_WHERE} LIMIT 8
) AS best JOIN core_account a ON a.id = best.id ORDER BY {{order}} LIMIT 1
"""  # noqa: S608  (our own fragments)
_UNLOCKED = "FOR NO KEY UPDATE OF a SKIP LOCKED"
# Of a desk, the desk is a part of the comparison, which only its own indexes can answer: else the planner may walk
# the whole agency for the few accounts of one collector.
_SEGMENTS = (
    (
        "a.next_action_at <= %(now)s AND ({mine}a.next_action_at, a.id) > ({desk}%(at)s, %(id)s::uuid)",
        "a.next_action_at, a.id",
    ),
    (
        "a.next_action_at IS NULL AND"
        " ({mine}a.priority, a.balance_cents, a.id) < ({desk}%(priority)s, %(cents)s, %(id)s::uuid)",
        "a.priority DESC, a.balance_cents DESC, a.id DESC",
    ),
)
_FIRST_ID, _LAST_ID = UUID(int=0), UUID(int=2**128 - 1)
_TAKE = """
INSERT INTO worklist_lease (agency_id, account_id, holder_id, until, place)
VALUES (%(agency)s, %(account)s, %(user)s, %(until)s, %(place)s::jsonb)
ON CONFLICT (account_id) DO UPDATE SET holder_id = EXCLUDED.holder_id, until = EXCLUDED.until,
    place = CASE WHEN EXCLUDED.place = '[]' AND worklist_lease.holder_id = EXCLUDED.holder_id
        THEN worklist_lease.place ELSE EXCLUDED.place END
WHERE worklist_lease.holder_id = EXCLUDED.holder_id OR worklist_lease.until <= %(now)s
"""
_LEAVE = """
DELETE FROM worklist_lease WHERE agency_id = %s AND account_id = %s AND holder_id = %s RETURNING place
"""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Place:
    """Where an account stands in the queue: its segment, and its keys there."""

    segment: int = 0
    keys: tuple[Any, ...] = (_EPOCH, _FIRST_ID)

    @classmethod
    def of(cls, segment: int, row: tuple[Any, ...]) -> "Place":
        """From a candidate's columns."""
        pk, at, priority, cents = row
        return cls(segment, (at, pk) if segment == 0 else (priority, cents, pk))

    @classmethod
    def read(cls, stored: list[Any]) -> "Place":
        """From what `as_json` gave; the beginning when there is nothing."""
        if not stored:
            return cls()
        segment, *keys = stored
        if segment == 0:
            return cls(0, (datetime.fromisoformat(keys[0]), UUID(keys[1])))
        return cls(1, (keys[0], keys[1], UUID(keys[2])))

    def as_json(self) -> list[Any]:
        """For the lease."""
        return [self.segment, *(key if isinstance(key, int) else str(key) for key in self.keys)]

    @property
    def facts(self) -> dict[str, Any]:
        """For the statement of its segment."""
        if self.segment == 0:
            return {"at": self.keys[0], "id": self.keys[1]}
        return {"priority": self.keys[0], "cents": self.keys[1], "id": self.keys[2]}


_SECOND = Place(1, (4, 0, _LAST_ID))


def next_account(user: User, *, after: UUID | None = None) -> UUID | None:
    """Give the user the next account to work, leased; None when there is none.

    `after` is the account he has just worked or passes over: the search goes on behind the place where it stood and
    begins anew at the end. It is released.
    """
    with tenancy.joined():
        place = Place.read(_left(after, user)) if after else Place()
        search = _Search.of(user, after)
        while found := search.best(place):
            pk, reached = found
            if _take(pk, user, reached):
                return pk
            # Somebody took it between our look and our insert: look again.
    return None


@dataclass(frozen=True)
class _Search:
    """The accounts that one user may be given at one moment; never the `current` one."""

    user: User
    current: UUID | None
    now: datetime
    groups: list[int]

    @classmethod
    def of(cls, user: User, current: UUID | None) -> "_Search":
        now = timezone.now()
        return cls(user, current, now, calling_groups.open_now(now))

    def best(self, place: Place) -> tuple[UUID, Place] | None:
        """The first one from that place on, then from the beginning, with where it stands."""
        ahead = [place, _SECOND] if place.segment == 0 else [place]
        starts = [*ahead, Place(), _SECOND] if place != Place() else ahead
        if not self.groups or not (self.user.desk or self.user.is_admin):
            return None
        # When others have everything locked at this moment, the best one is waited for.
        for lock in (_UNLOCKED, ""):
            for start in starts:
                if row := self._first(start, lock):
                    return row[0], Place.of(start.segment, row)
        return None

    def _first(self, start: Place, lock: str) -> tuple[Any, ...] | None:
        condition, order = _SEGMENTS[start.segment]
        desk = self.user.desk
        facts: dict[str, Any] = {
            "agency": tenancy.current_agency_id(),
            "desk": desk.pk if desk else None,
            "groups": self.groups,
            "workable": WORKABLE,
            "now": self.now,
            "user": self.user.pk,
            "current": self.current or _FIRST_ID,
            **start.facts,
        }
        segment = condition.format(mine="a.assigned_to_id, " if desk else "", desk="%(desk)s, " if desk else "")
        statement = (_ON_DESK if desk else _IN_AGENCY).format(segment=segment, order=order)
        if desk:  # small, so that one plan serves whoever asks
            return next(iter(rows_of(statement + lock, facts)), None)
        with connection.cursor() as cursor:
            cursor.execute(statement + lock, facts)
            return cursor.fetchone()


def take(account_id: UUID, user: User) -> User | None:
    """Lease the account that the user opens, or renew his lease; gives who else has it, None when it is his.

    In the caller's transaction: every page that is opened asks for it.
    """
    if _take(account_id, user, None):
        return None
    other = Lease.objects.select_related("holder").filter(account=account_id).first()
    return other.holder if other else None


def _take(account_id: UUID, user: User, place: Place | None) -> bool:
    now = timezone.now()
    facts = {
        "agency": tenancy.current_agency_id(),
        "account": account_id,
        "user": user.pk,
        "until": now + LASTS,
        "now": now,
        "place": json.dumps(place.as_json() if place else []),
    }
    return bool(written(_TAKE, facts))


def _left(account_id: UUID, user: User) -> list[Any]:
    """The user has it open no more: gives where it stood, nothing when he did not have it."""
    left = rows_of(_LEAVE, [tenancy.current_agency_id(), account_id, user.pk])
    return json.loads(left[0][0]) if left else []


def open_elsewhere(account_id: UUID, user: User) -> User | None:
    """Who else has it open now?"""
    lease = (
        Lease.objects.select_related("holder")
        .filter(account=account_id, until__gt=timezone.now())
        .exclude(holder=user)
        .first()
    )
    return lease.holder if lease else None
