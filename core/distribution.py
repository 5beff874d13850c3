"""The accounts that nobody works yet are distributed over the desks: looked at first, then carried out.

`core.sharing` makes the plan; here it is made of what the database says now, and written in one transaction.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from core import audit, clock, tenancy
from core.account_states import OPEN
from core.models import Agency, AuditLog, Collector
from core.sharing import Desk, Plan, Share, Waiting, plan

if TYPE_CHECKING:
    from core.models import User

# Looked at beyond the free places: debtors with several accounts may leave places that only later ones fit in.
SPARE = 1_000
# A plan that was carried out so recently is a double click.
ONE_ACT = timedelta(minutes=10)


class DistributionRefused(ValueError):
    """Nothing was assigned; `str()` is the sentence for the user."""


class DoneAlready(DistributionRefused):
    """This very plan was carried out a moment ago: a double click."""


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
# In the order of their ids, as everybody locks them, so that two cannot block each other for ever.
_LOCK = """
SELECT id FROM core_account WHERE agency_id = %(agency)s AND id = ANY (%(accounts)s) ORDER BY id FOR NO KEY UPDATE
"""
_ASSIGN = """
UPDATE core_account AS a SET status = 'assigned', assigned_to_id = s.collector, assigned_at = %(moment)s,
    updated_at = %(moment)s
FROM unnest(%(accounts)s::uuid[], %(collectors)s::uuid[]) AS s (account, collector)
WHERE a.id = s.account AND a.agency_id = %(agency)s AND a.status = 'new' AND a.assigned_to_id IS NULL
"""
_TELL = """
INSERT INTO core_activity (agency_id, created_at, account_id, kind, actor_id, body, data)
SELECT %(agency)s, coalesce(%(born)s::timestamptz, statement_timestamp()), s.account, 'assignment', %(actor)s, %(body)s,
    jsonb_build_object('to', s.name, 'collector', coalesce(s.collector::text, '')) || %(data)s::jsonb
FROM unnest(%(accounts)s::uuid[], %(collectors)s::uuid[], %(names)s::text[]) AS s (account, collector, name)
"""


def preview() -> Plan:
    """The plan for the current agency as it is now."""
    with tenancy.transaction():
        return _plan_now()


def carry_out(*, by: "User | None", expected: str = "") -> Plan:
    """Assign by the plan of now; `by=None` is the system, after an import.

    `expected` is the digest of the plan that the user saw. Raises DistributionRefused when it is another one by now
    (DoneAlready when that very plan was carried out), or when the user may not.
    """
    if by is not None and not by.is_admin:
        raise DistributionRefused("Only an agency admin distributes accounts.")
    with tenancy.transaction():
        lock_desks()
        made = _plan_now()
        if expected and made.digest != expected:
            refuse_outdated(expected)
        if made.placed:
            _assign(made, by)
            note(made.digest, "accounts assigned", made.placed)
            note_shares(made.shares)
    return made


def lock_desks() -> None:
    """Everybody who assigns locks the desks first: nobody fills them meanwhile."""
    list(Collector.objects.locked().order_by("pk").values_list("pk", flat=True))


def active_desks() -> list[Desk]:
    """The desks that accounts may be put on, with what is there now."""
    with connection.cursor() as cursor:
        cursor.execute(_DESKS, _facts())
        return [Desk(pk, name, most, int(accounts), balance) for pk, name, most, accounts, balance in cursor.fetchall()]


def at_home(desks: Iterable[Desk], waiting: Iterable[Waiting]) -> list[Desk]:
    """The same desks, knowing which of the accounts' debtors have an open account there."""
    debtors: dict[UUID, set[UUID]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN_DEBTORS, _facts(debtors=[account.debtor_id for account in waiting]))
        for collector, debtor in cursor.fetchall():
            debtors[collector].add(debtor)
    return [Desk(d.id, d.name, d.capacity, d.accounts, d.balance, frozenset(debtors[d.id])) for d in desks]


def lock_accounts(accounts: list[UUID]) -> None:
    """Nobody else moves these accounts until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, _facts(accounts=accounts))


def tell(pairs: list[tuple[UUID, Desk | None]], by: "User | None", *, body: str = "", **data: str) -> None:
    """One entry in each account's timeline: whose it is now (None: nobody's)."""
    facts = _facts(
        born=clock.born().get("created_at"),
        actor=by.pk if by else None,
        body=body,
        data=json.dumps(data),
        accounts=[account for account, _ in pairs],
        collectors=[desk.id if desk else None for _, desk in pairs],
        names=[desk.name if desk else "" for _, desk in pairs],
    )
    with connection.cursor() as cursor:
        cursor.execute(_TELL, facts)


def note(digest: str, what: str, number: int) -> None:
    """The batch in the audit log, with the plan that it followed."""
    agency = Agency.objects.get(pk=tenancy.current_agency_id())
    audit.record(agency, AuditLog.Action.UPDATE, {what: [0, number], "plan": ["", digest]})


def note_shares(shares: list[Share]) -> None:
    """What each desk got, in the audit log."""
    given = {share.desk.id: share for share in shares if share.accounts}
    for collector in Collector.objects.select_related("user").filter(pk__in=given).order_by("pk"):
        share = given[collector.pk]
        audit.record(collector, AuditLog.Action.UPDATE, {"open accounts": [share.desk.accounts, share.count]})


def refuse_outdated(expected: str) -> None:
    """Raises DoneAlready when the plan of that digest was carried out a moment ago, else DistributionRefused."""
    agency = tenancy.current_agency_id()
    recent = AuditLog.objects.filter(
        agency_id=agency, timestamp__gte=timezone.now() - ONE_ACT, object_pk=str(agency), changes__has_key="plan"
    )
    if any(expected in changes["plan"] for changes in recent.values_list("changes", flat=True)):
        raise DoneAlready("This was done a moment ago.")
    raise DistributionRefused("Accounts or desks changed since this preview. Look at the new one.")


def _plan_now() -> Plan:
    desks = active_desks()
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, _facts())
        in_all, workable = cursor.fetchone()
        cursor.execute(_WAITING, _facts(most=sum(desk.free for desk in desks) + SPARE))
        waiting = [Waiting(*row) for row in cursor.fetchall()]
    return plan(waiting, at_home(desks, waiting), beyond=workable - len(waiting), held=in_all - workable)


def _assign(made: Plan, by: "User | None") -> None:
    pairs: list[tuple[UUID, Desk | None]] = [
        (account, share.desk) for share in made.shares for account in share.accounts
    ]
    accounts = [account for account, _ in pairs]
    lock_accounts(accounts)
    collectors = [share.desk.id for share in made.shares for _ in share.accounts]
    with connection.cursor() as cursor:
        cursor.execute(_ASSIGN, _facts(moment=clock.now(), accounts=accounts, collectors=collectors))
        if cursor.rowcount != len(pairs):
            raise DistributionRefused("Somebody else assigned some of these accounts a moment ago. Look again.")
    body = "" if by else "Assigned automatically."
    tell(pairs, by, body=body, **{"from": "", "move": "assign", "how": "distributed"})


def _facts(**more: Any) -> dict[str, Any]:
    return {"agency": tenancy.current_agency_id(), "open": sorted(OPEN)} | more
