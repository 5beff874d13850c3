"""Do the books agree? Every invariant of the data as one query that finds what breaks it.

The database keeps most of these by itself (triggers, constraints); this is the proof, for operators after a restore
or an accident, and for tests. Each query is one statement, hence one snapshot: it may run while people work.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from core import crossings, tenancy
from core.models import Agency

SHOWN = 20


@dataclass(frozen=True)
class Rule:
    """An invariant. `breaks` selects one row for each record that breaks it, and `sentence` is filled with the row.

    `%(agency)s` is the agency's id. The columns are the sentence's fields.
    """

    name: str
    breaks: str
    sentence: str


@dataclass(frozen=True)
class Broken:
    """One rule that does not hold in one agency: how often, and the first examples in words."""

    agency: str
    rule: str
    times: int
    sentences: list[str]


@dataclass(frozen=True)
class Audit:
    """What was looked at, and what is wrong."""

    agencies: int
    accounts: int
    entries: int
    rules: int
    broken: list[Broken]


RULES: list[Rule] = [
    Rule(
        "balance is the sum of its entries",
        """
        SELECT a.external_ref AS ref, a.current_balance AS balance, coalesce(e.total, 0) AS total
        FROM core_account a
        LEFT JOIN (SELECT account_id, sum(amount) AS total FROM core_balanceentry
                   WHERE agency_id = %(agency)s GROUP BY 1) e ON e.account_id = a.id
        WHERE a.agency_id = %(agency)s AND a.current_balance <> coalesce(e.total, 0)
        """,
        "Account {ref}: the balance is {balance}, its entries sum to {total}.",
    ),
    Rule(
        "an account has one placement entry",
        """
        SELECT a.external_ref AS ref, count(e.id) AS times
        FROM core_account a LEFT JOIN core_balanceentry e ON e.account_id = a.id AND e.kind = 'placement'
        WHERE a.agency_id = %(agency)s GROUP BY a.id HAVING count(e.id) <> 1
        """,
        "Account {ref} has {times} placement entries instead of one.",
    ),
    Rule(
        "placement and corrections of it make the original amount",
        """
        SELECT a.external_ref AS ref, a.original_amount AS original, e.placed
        FROM core_account a JOIN (
            SELECT account_id, sum(amount) FILTER (WHERE kind = 'placement') AS placed,
                   bool_or(kind = 'adjustment') AS adjusted
            FROM core_balanceentry WHERE agency_id = %(agency)s GROUP BY 1
        ) e ON e.account_id = a.id
        WHERE a.agency_id = %(agency)s AND e.placed <> a.original_amount AND NOT e.adjusted
        """,
        "Account {ref} was placed with {placed}, but its original amount is {original} and no adjustment says why.",
    ),
    Rule(
        "no balance is negative",
        """
        SELECT external_ref AS ref, current_balance AS balance FROM core_account
        WHERE agency_id = %(agency)s AND current_balance < 0
        """,
        "Account {ref} has the negative balance {balance}.",
    ),
    Rule(
        "a broken promise waits until somebody follows it up",
        """
        SELECT a.external_ref AS ref, a.broken_promise_at AS told, p.judged_at AS found
        FROM core_account a LEFT JOIN (
            SELECT n.account_id, n.judged_at FROM (
                SELECT DISTINCT ON (account_id) account_id, status, judged_at FROM core_promise
                WHERE agency_id = %(agency)s ORDER BY account_id, created_at DESC, id DESC
            ) n
            WHERE n.status IN ('broken', 'partial')
              AND NOT EXISTS (SELECT FROM core_contactattempt c
                              WHERE c.account_id = n.account_id AND c.at > n.judged_at)
        ) p ON p.account_id = a.id
        WHERE a.agency_id = %(agency)s AND a.broken_promise_at IS DISTINCT FROM p.judged_at
        """,
        "Account {ref}: a promise is said to be broken since {told}; by its promises and contacts it is {found}.",
    ),
    Rule(
        "tallies are the counts",
        """
        SELECT coalesce(c.user_name, 'nobody') AS desk, d.status, d.told, d.counted, d.told_balance, d.counted_balance
        FROM (
            SELECT collector_id, status, sum(told) AS told, sum(counted) AS counted,
                   sum(told_balance) AS told_balance, sum(counted_balance) AS counted_balance
            FROM (
                SELECT collector_id, status, accounts AS told, balance AS told_balance, 0 AS counted,
                       0 AS counted_balance
                FROM core_accounttally WHERE agency_id = %(agency)s
                UNION ALL
                SELECT assigned_to_id, status, 0, 0, 1, current_balance FROM core_account
                WHERE agency_id = %(agency)s
            ) AS both_sides GROUP BY 1, 2
        ) d
        LEFT JOIN (SELECT k.id, u.username AS user_name FROM core_collector k JOIN core_user u ON u.id = k.user_id)
            c ON c.id = d.collector_id
        WHERE d.told <> d.counted OR d.told_balance <> d.counted_balance
        """,
        "The tally of {desk}, {status}, says {told} accounts with {told_balance};"
        " there are {counted} with {counted_balance}.",
    ),
    Rule(
        "the status is where the last move led",
        """
        SELECT a.external_ref AS ref, a.status, coalesce(last.status, 'new') AS told
        FROM core_account a LEFT JOIN (
            -- An assignment that is also a move of the workflow is told as one event.
            SELECT DISTINCT ON (account_id) account_id,
                CASE WHEN kind = 'status' THEN data ->> 'to' WHEN data ->> 'move' = 'assign' THEN 'assigned'
                     ELSE 'new' END AS status
            FROM core_activity
            WHERE agency_id = %(agency)s
              AND (kind = 'status' OR (kind = 'assignment' AND data ->> 'move' IN ('assign', 'unassign')))
            ORDER BY account_id, created_at DESC, id DESC
        ) last ON last.account_id = a.id
        WHERE a.agency_id = %(agency)s AND a.status <> coalesce(last.status, 'new')
        """,
        "Account {ref} is {status}, but its timeline says {told}.",
    ),
    Rule(
        "disputed means an open dispute hold",
        """
        SELECT a.external_ref AS ref, a.status, CASE WHEN h.id IS NULL THEN 'without' ELSE 'with' END AS having
        FROM core_account a
        LEFT JOIN core_hold h ON h.account_id = a.id AND h.kind = 'dispute' AND h.lifted_at IS NULL
        WHERE a.agency_id = %(agency)s AND (a.status = 'disputed') <> (h.id IS NOT NULL)
        """,
        "Account {ref} is {status} {having} an open dispute hold.",
    ),
    Rule(
        "an account is in dispute since its hold, or its debtor's",
        """
        SELECT a.external_ref AS ref, a.disputed_since AS told, h.since AS found
        FROM core_account a LEFT JOIN (
            SELECT id, min(placed_at) AS since FROM (
                SELECT account_id AS id, placed_at FROM core_hold
                WHERE agency_id = %(agency)s AND kind = 'dispute' AND lifted_at IS NULL AND account_id IS NOT NULL
                UNION ALL
                SELECT d.id, o.placed_at FROM core_hold o JOIN core_account d ON d.debtor_id = o.debtor_id
                WHERE o.agency_id = %(agency)s AND o.kind = 'dispute' AND o.lifted_at IS NULL
            ) AS either GROUP BY id
        ) h ON h.id = a.id
        WHERE a.agency_id = %(agency)s AND a.disputed_since IS DISTINCT FROM h.since
        """,
        "Account {ref} is said to be in dispute since {told}; by its holds it is {found}.",
    ),
    Rule(
        "settled means nothing owed",
        """
        SELECT external_ref AS ref, status, current_balance AS balance FROM core_account
        WHERE agency_id = %(agency)s AND current_balance <> 0
          AND (status = 'settled' OR (status = 'closed' AND closed_reason = 'paid'))
        """,
        "Account {ref} is {status} as paid, but {balance} is still owed.",
    ),
    Rule(
        "settled and closed say when and why",
        """
        SELECT external_ref AS ref, status,
               CASE WHEN status = 'settled' THEN 'date' ELSE 'reason' END AS fact
        FROM core_account
        WHERE agency_id = %(agency)s
          AND ((status = 'settled' AND settled_at IS NULL) OR (status = 'closed') <> (closed_reason <> ''))
        """,
        "Account {ref} is {status}, and its {fact} of leaving the desk does not agree.",
    ),
    Rule(
        "new means on nobody's desk, assigned on somebody's",
        """
        SELECT external_ref AS ref, status, CASE WHEN assigned_to_id IS NULL THEN 'nobody' ELSE 'somebody' END AS whose
        FROM core_account
        WHERE agency_id = %(agency)s AND ((status = 'new' AND assigned_to_id IS NOT NULL)
                                       OR (status = 'assigned' AND assigned_to_id IS NULL))
        """,
        "Account {ref} is {status}, but on {whose}'s desk.",
    ),
    # A zone too many forbids calls that are allowed, a zone too few allows one at night: only the latter is looked for.
    Rule(
        "a debtor may be wherever his numbers are",
        """
        SELECT d.external_ref AS ref, c.value
        FROM core_contactpoint c JOIN core_debtor d ON d.id = c.debtor_id
        WHERE c.agency_id = %(agency)s AND c.kind = 'phone' AND c.status <> 'invalid'
          AND NOT c.time_zones <@ d.time_zones
        """,
        "Debtor {ref}: the zones of {value} are not among those that decide when he may be called.",
    ),
    # The wall hides other agencies' rows, so what an account points at across it is found missing.
    Rule(
        "an account and its people are of one agency",
        """
        SELECT a.external_ref AS ref, CASE WHEN d.id IS NULL THEN 'debtor' WHEN c.id IS NULL THEN 'creditor'
                                           ELSE 'collector' END AS who
        FROM core_account a
        LEFT JOIN core_debtor d ON d.id = a.debtor_id AND d.agency_id = a.agency_id
        LEFT JOIN core_creditor c ON c.id = a.creditor_id AND c.agency_id = a.agency_id
        LEFT JOIN core_collector k ON k.id = a.assigned_to_id AND k.agency_id = a.agency_id
        WHERE a.agency_id = %(agency)s
          AND (d.id IS NULL OR c.id IS NULL OR (a.assigned_to_id IS NOT NULL AND k.id IS NULL))
        """,
        "Account {ref}: its {who} is not of this agency.",
    ),
    Rule(
        "what belongs to an account is of its agency",
        """
        SELECT r.what, r.id FROM (
            SELECT 'balance entry' AS what, id, account_id, agency_id FROM core_balanceentry
            UNION ALL SELECT 'activity', id, account_id, agency_id FROM core_activity
            UNION ALL SELECT 'hold', id, account_id, agency_id FROM core_hold WHERE account_id IS NOT NULL
        ) r LEFT JOIN core_account a ON a.id = r.account_id AND a.agency_id = r.agency_id
        WHERE r.agency_id = %(agency)s AND a.id IS NULL
        """,
        "The {what} {id} belongs to an account of another agency.",
    ),
]


def register(*rules: Rule) -> None:
    """Apps above the kernel add the invariants of their own tables when they are loaded."""
    RULES.extend(rule for rule in rules if rule not in RULES)


def check_books(only: Agency | None = None) -> Audit:
    """Check every rule in every agency, switched off ones too, or in one."""
    names = dict(Agency.objects.values_list("pk", "name"))
    agencies = [only.pk] if only else crossings.all_agencies()
    broken: list[Broken] = []
    accounts = entries = 0
    for agency_id in agencies:
        with tenancy.acting_for(agency_id):
            accounts += _count("core_account", agency_id)
            entries += _count("core_balanceentry", agency_id)
            broken.extend(_broken(agency_id, names[agency_id]))
    return Audit(len(agencies), accounts, entries, len(RULES), broken)


def _broken(agency_id: UUID, name: str) -> Iterator[Broken]:
    for rule in RULES:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT *, count(*) OVER () AS times_broken FROM ({rule.breaks}) AS broken LIMIT {SHOWN}",  # noqa: S608
                {"agency": agency_id},
            )
            columns = [column.name for column in cursor.description]
            rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
        if rows:
            yield Broken(name, rule.name, rows[0]["times_broken"], [rule.sentence.format(**row) for row in rows])


def _count(table: str, agency_id: UUID) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE agency_id = %s", [agency_id])  # noqa: S608
        return int(cursor.fetchone()[0])
