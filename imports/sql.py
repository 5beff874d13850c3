"""The statements of `imports.applying`, in the order in which they run.

In the staging table `s`, NULL is an empty cell: it says nothing, so it never erases what we know. A row with `errors`
is rejected and no statement but the last looks at it. A row `speaks` when it has the last word on its debtor.

A fact of a debtor that the agency corrected stays (`core.debtors`). The same file again changes nothing then; a file
that says something else than the last one is reported in the line's changes as not taken over, once: what it said is
written down in `corrected`.
"""

# ruff: noqa: S608  (only our own fragments are joined; values are parameters)

from collections.abc import Iterable

STAGING = """
CREATE TEMPORARY TABLE IF NOT EXISTS imports_staging (
    line integer NOT NULL, errors jsonb, ref text, debtor_ref text, speaks boolean, creditor integer,
    name text, amount numeric(12, 2), due_date date, account_type text, particulars jsonb, ssn text, birth text,
    address text, city text, state text, zip text, zones text[], zip_zones text[], phone text, phone_zones text[],
    email text,
    -- what the database finds out
    new_id uuid NOT NULL DEFAULT uuidv7(), account_id uuid, debtor_id uuid,
    debtor_is_new boolean NOT NULL DEFAULT false,
    account_differs boolean NOT NULL DEFAULT false, debtor_differs boolean NOT NULL DEFAULT false,
    ssn_differs boolean NOT NULL DEFAULT false, birth_differs boolean NOT NULL DEFAULT false,
    point_added boolean NOT NULL DEFAULT false, changes jsonb NOT NULL DEFAULT '{}'
) ON COMMIT DELETE ROWS
"""


# The last batches may be lost with a crash of the server, the job's progress with them: they are done again. Whatever
# tells the world of them (the end of the job) is committed for good, and everything before it too.
COMMIT_WITHOUT_WAITING = "SET LOCAL synchronous_commit = off"
# A commit empties it; a caller with an outer transaction may come twice before it.
CLEAR_STAGING = "DELETE FROM imports_staging"
# Once a session: without it the planner takes a thousand rows for a handful, and compares each with each.
ANALYZE_STAGING = "ANALYZE imports_staging"
# The same for the tables that it goes into, once they are many times what they were when last looked at.
REFRESH_STATISTICS = "SELECT imports_refresh_statistics()"


def copy_into_staging(columns: Iterable[str]) -> str:
    return f"COPY imports_staging ({', '.join(columns)}) FROM STDIN (NULL '')"


def _error(field: str, code: str, message: str, value: str) -> str:
    return (
        f"jsonb_build_array(jsonb_build_object('field', '{field}', 'code', '{code}', 'message', '{message}',"
        f" 'value', {value}))"
    )


_CREDITOR = "(%(creditors)s::uuid[])[s.creditor + 1]"
_ACCOUNT_FACTS = (
    "(s.amount, coalesce(s.account_type, a.account_type), coalesce(s.due_date, a.due_date),"
    " a.particulars || coalesce(s.particulars, '{}'))"
)
# Fact of a debtor, its column here, its name in a file.
_OF_DEBTOR = (
    ("full_name", "name", "debtor_name"),
    ("address_line1", "address", "address_line1"),
    ("city", "city", "city"),
    ("state", "state", "state"),
    ("zip", "zip", "zip"),
)
# What a file says now of the facts that are the agency's; almost no debtor has such.
_CORRECTED = f"""CASE WHEN d.corrected = '{{}}' THEN d.corrected ELSE d.corrected || (
    SELECT coalesce(jsonb_object_agg(v.fact, v.said), '{{}}')
    FROM (VALUES {", ".join(f"('{fact}', s.{column})" for fact, column, _ in _OF_DEBTOR)}) AS v (fact, said)
    WHERE v.said IS NOT NULL AND d.corrected ? v.fact) END"""
_DEBTOR_COLUMNS = f"({', '.join(fact for fact, _, _ in _OF_DEBTOR)}, corrected)"
_DEBTOR_FACTS = f"""({
    ", ".join(
        f"CASE WHEN d.corrected ? '{fact}' THEN d.{fact} ELSE coalesce(s.{column}, d.{fact}) END"
        for fact, column, _ in _OF_DEBTOR
    )
}, {_CORRECTED})"""
_KNOWN = ", ".join(f"d.{fact}" for fact, _, _ in _OF_DEBTOR)
# First the debtors of whom nothing was corrected, which is almost all: a re-import compares every row of a file.
_DEBTOR_DIFFERS = f"""CASE WHEN d.corrected = '{{}}'
    THEN ({_KNOWN}) IS DISTINCT FROM ({", ".join(f"coalesce(s.{column}, d.{fact})" for fact, column, _ in _OF_DEBTOR)})
    ELSE ({_KNOWN}, d.corrected) IS DISTINCT FROM {_DEBTOR_FACTS} END"""
_SECRETS = """
    CASE WHEN s.ssn IS NOT NULL THEN d.ssn_last4 END AS ssn,
    CASE WHEN s.birth IS NOT NULL THEN d.date_of_birth END AS birth
"""

# A constant would be looked up in the statistics, and an agency that is not among them yet taken for one without rows:
# then any index that begins with the agency would do. A sub-select counts as an agency of average size.
_OUR_AGENCY = "(SELECT %(agency)s::uuid)"

# LIMIT 1 in the look-ups says nothing that the unique keys do not: it holds the planner to one probe of the index a
# row, whatever it believes about tables that have just been filled.

# Accounts that are there: whose are they, and does the row say something else?
FIND_ACCOUNTS = f"""
UPDATE imports_staging AS target SET account_id = found.account_id, debtor_id = found.debtor_id,
    errors = found.errors, speaks = found.speaks, account_differs = found.account_differs,
    debtor_differs = found.debtor_differs
FROM (
    SELECT s.line, a.id AS account_id, a.debtor_id,
        CASE
            WHEN a.creditor_id <> {_CREDITOR} THEN {
    _error("external_ref", "other_creditor", "Belongs to an account of another creditor", "s.ref")
}
            WHEN d.external_ref <> s.debtor_ref AND s.debtor_ref <> 'account:' || s.ref
                AND d.external_ref <> 'account:' || s.ref THEN {
    _error("debtor_external_ref", "other_debtor", "The account belongs to another debtor", "s.debtor_ref")
}
            WHEN a.status = 'closed' AND a.closed_reason = 'recalled' THEN {
    _error("external_ref", "recalled", "The account was recalled and is closed; a file does not revive it", "s.ref")
}
            WHEN a.status IN ('settled', 'closed') AND a.original_amount <> s.amount THEN {
    _error("original_amount", "not_open", "The account is settled or closed; its amount stays", "s.amount::text")
}
        END AS errors,
        (s.speaks AND d.external_ref = s.debtor_ref) OR d.external_ref = 'account:' || s.ref AS speaks,
        (a.original_amount, a.account_type, a.due_date, a.particulars) IS DISTINCT FROM {_ACCOUNT_FACTS}
            AS account_differs,
        {_DEBTOR_DIFFERS} AS debtor_differs, {_SECRETS}
    FROM imports_staging AS s
    CROSS JOIN LATERAL (
        SELECT * FROM core_account WHERE agency_id = {_OUR_AGENCY} AND external_ref = s.ref LIMIT 1) AS a
    CROSS JOIN LATERAL (SELECT * FROM core_debtor WHERE id = a.debtor_id LIMIT 1) AS d
    WHERE s.errors IS NULL
) AS found
WHERE found.line = target.line
RETURNING found.line, found.errors IS NULL AND found.speaks,
    found.errors IS NULL AND (found.account_differs OR (found.speaks AND found.debtor_differs)),
    found.ssn, found.birth
"""

# Debtors that are there, of accounts that are not.
FIND_DEBTORS = f"""
UPDATE imports_staging AS target SET debtor_id = found.debtor_id, debtor_differs = found.debtor_differs
FROM (
    SELECT s.line, s.speaks, d.id AS debtor_id, {_DEBTOR_DIFFERS} AS debtor_differs, {_SECRETS}
    FROM imports_staging AS s
    CROSS JOIN LATERAL (
        SELECT * FROM core_debtor WHERE agency_id = {_OUR_AGENCY} AND external_ref = s.debtor_ref LIMIT 1) AS d
    WHERE s.errors IS NULL AND s.account_id IS NULL
) AS found
WHERE found.line = target.line
RETURNING found.line, found.speaks, found.speaks AND found.debtor_differs, found.ssn, found.birth
"""

MARK_SECRETS = """
UPDATE imports_staging SET ssn_differs = line = ANY (%(ssn_lines)s::integer[]),
    birth_differs = line = ANY (%(birth_lines)s::integer[])
WHERE line = ANY (%(ssn_lines)s::integer[]) OR line = ANY (%(birth_lines)s::integer[])
"""

INSERT_DEBTORS = """
WITH born AS (
    INSERT INTO core_debtor (agency_id, created_at, updated_at, external_ref, full_name, ssn_last4, date_of_birth,
        address_line1, city, state, zip, language, time_zones)
    SELECT DISTINCT ON (s.debtor_ref) %(agency)s, %(moment)s, %(moment)s, s.debtor_ref, s.name,
        coalesce(s.ssn, ''), coalesce(s.birth, ''), coalesce(s.address, ''), coalesce(s.city, ''),
        coalesce(s.state, ''), coalesce(s.zip, ''), '', s.zones
    FROM imports_staging AS s
    WHERE s.errors IS NULL AND s.debtor_id IS NULL
    ORDER BY s.debtor_ref, s.speaks DESC, s.line DESC
    RETURNING id, external_ref
)
UPDATE imports_staging AS s SET debtor_id = born.id, debtor_is_new = true
FROM born WHERE s.errors IS NULL AND s.debtor_id IS NULL AND born.external_ref = s.debtor_ref
"""

_POINTS = (
    "CROSS JOIN LATERAL (VALUES ('phone', s.phone, s.phone_zones), ('email', s.email, '{}'::text[]))"
    " AS p (kind, value, zones)"
)
_POINT_COLUMNS = (
    "(agency_id, created_at, debtor_id, kind, value, source, status, time_zones, consent_source, is_primary)"
)

ADD_POINTS_OF_NEW_DEBTORS = f"""
INSERT INTO core_contactpoint {_POINT_COLUMNS}
SELECT %(agency)s, %(moment)s, debtor_id, kind, value, 'file', 'active', zones, '',
    row_number() OVER (PARTITION BY debtor_id, kind ORDER BY line DESC) = 1
FROM (
    SELECT DISTINCT ON (s.debtor_id, p.kind, p.value) s.debtor_id, p.kind, p.value, p.zones, s.line
    FROM imports_staging AS s {_POINTS}
    WHERE s.errors IS NULL AND s.debtor_is_new AND p.value IS NOT NULL
    ORDER BY s.debtor_id, p.kind, p.value, s.line DESC
) AS points
"""

# A number that is there stays as it is, opted out or not; one that is not is added, and nothing is taken away.
_NEW_POINTS = f"""
    SELECT DISTINCT ON (s.debtor_id, p.kind, p.value) s.debtor_id, p.kind, p.value, p.zones, s.line
    FROM imports_staging AS s {_POINTS}
    LEFT JOIN LATERAL (
        SELECT id FROM core_contactpoint
        WHERE debtor_id = s.debtor_id AND kind = p.kind AND value = p.value LIMIT 1) AS c ON true
    WHERE s.errors IS NULL AND s.debtor_id IS NOT NULL AND NOT s.debtor_is_new AND p.value IS NOT NULL
        AND c.id IS NULL
    ORDER BY s.debtor_id, p.kind, p.value, s.line DESC
"""
_MARK_NEW_POINTS = """
UPDATE imports_staging AS s SET point_added = true, changes = s.changes || mine.changes
FROM (
    SELECT t.line, jsonb_object_agg('debtor_' || added.kind, jsonb_build_object('old', NULL, 'new', added.value))
        AS changes
    FROM added JOIN imports_staging AS t ON t.debtor_id = added.debtor_id AND added.value IN (t.phone, t.email)
    WHERE t.errors IS NULL GROUP BY t.line
) AS mine WHERE mine.line = s.line
"""

ADD_POINTS_OF_KNOWN_DEBTORS = f"""
WITH points AS ({_NEW_POINTS}), added AS (
    INSERT INTO core_contactpoint {_POINT_COLUMNS}
    SELECT %(agency)s, %(moment)s, points.debtor_id, points.kind, points.value, 'file', 'active', zones, '',
        row_number() OVER (PARTITION BY points.debtor_id, points.kind ORDER BY line DESC) = 1
        AND NOT EXISTS (SELECT FROM core_contactpoint AS other
            WHERE other.debtor_id = points.debtor_id AND other.kind = points.kind AND other.is_primary)
    FROM points
    ON CONFLICT DO NOTHING  -- somebody adds the same number by hand at this moment
    RETURNING debtor_id, kind, value
)
{_MARK_NEW_POINTS}
"""

# A ZIP that changed replaces the zone of the old one, unless the agency's own stands; a number adds its own as long as
# it is not known to be wrong. As `core.debtors.settle_zones` has it.
SPREAD_ZONES = """
UPDATE core_debtor AS d SET time_zones = found.zones, updated_at = %(moment)s
FROM (
    SELECT touched.debtor_id, ARRAY(
        SELECT DISTINCT zone FROM (
            SELECT unnest(
                coalesce(CASE WHEN NOT before.corrected ? 'zip' THEN spoken.zip_zones END, before.time_zones))
            UNION ALL
            SELECT unnest(c.time_zones) FROM core_contactpoint AS c
            WHERE c.debtor_id = touched.debtor_id AND c.kind = 'phone' AND c.status <> 'invalid'
        ) AS candidates (zone) ORDER BY zone)::varchar[] AS zones
    FROM (
        SELECT s.debtor_id FROM imports_staging AS s WHERE s.errors IS NULL AND s.debtor_id IS NOT NULL
        GROUP BY s.debtor_id
        HAVING bool_or(s.point_added OR (s.speaks AND s.debtor_differs)) OR (bool_or(s.debtor_is_new) AND count(*) > 1)
    ) AS touched
    JOIN core_debtor AS before ON before.id = touched.debtor_id
    LEFT JOIN (
        SELECT DISTINCT ON (s.debtor_id) s.debtor_id, s.zip_zones FROM imports_staging AS s
        WHERE s.errors IS NULL AND s.speaks AND s.zip IS NOT NULL ORDER BY s.debtor_id, s.line DESC
    ) AS spoken ON spoken.debtor_id = touched.debtor_id
) AS found
WHERE d.id = found.debtor_id AND d.time_zones IS DISTINCT FROM found.zones
"""

# In the order of their ids, and debtors before accounts, as everybody who locks several does.
LOCK_DEBTORS = """
SELECT count(*) FROM (
    SELECT FROM core_debtor AS d JOIN imports_staging AS s ON d.id = s.debtor_id
    WHERE s.errors IS NULL AND NOT s.debtor_is_new
        AND (s.point_added OR (s.speaks AND (s.debtor_differs OR s.ssn_differs OR s.birth_differs)))
    ORDER BY d.id FOR NO KEY UPDATE OF d
) AS locked
"""
LOCK_ACCOUNTS = """
SELECT count(*) FROM (
    SELECT FROM core_account AS a JOIN imports_staging AS s ON a.id = s.account_id
    WHERE s.errors IS NULL AND s.account_differs ORDER BY a.id FOR NO KEY UPDATE OF a
) AS locked
"""


# What the page of the job says beside it.
KEPT = "Not taken over: corrected by your agency"


def _changes(*fields: tuple[str, str, str, str]) -> str:
    """An object of {field: {old, new}} for each (field, old, new, is it kept as it is?) where the row says else."""
    values = ", ".join(f"('{name}', to_jsonb({old}), to_jsonb({new}), {kept})" for name, old, new, kept in fields)
    return (
        "coalesce((SELECT jsonb_object_agg(v.field, jsonb_build_object('old', v.old, 'new', v.new)"
        f" || CASE WHEN v.kept THEN jsonb_build_object('note', '{KEPT}') ELSE '{{}}' END)"
        f" FROM (VALUES {values}) AS v (field, old, new, kept)"
        " WHERE v.new IS NOT NULL AND v.old IS DISTINCT FROM v.new), '{}')"
    )


NOTE_ACCOUNT_CHANGES = f"""
UPDATE imports_staging AS s SET changes = s.changes || {
    _changes(
        ("original_amount", "a.original_amount::text", "s.amount::text", "false"),
        ("account_type", "a.account_type", "s.account_type", "false"),
        ("due_date", "a.due_date", "s.due_date", "false"),
        ("particulars", "a.particulars", "a.particulars || coalesce(s.particulars, '{}')", "false"),
    )
} || CASE WHEN s.amount - a.original_amount < -a.current_balance THEN jsonb_build_object('balance', jsonb_build_object(
    'old', a.current_balance::text, 'new', '0.00', 'note', 'Not reduced below zero')) ELSE '{{}}' END
FROM core_account AS a
WHERE s.errors IS NULL AND s.account_differs AND a.id = s.account_id
"""

# That a secret changed is told, the secret is not.
_MASKED = "jsonb_build_object('{}', jsonb_build_object('old', '••••', 'new', '••••'))"

NOTE_DEBTOR_CHANGES = f"""
UPDATE imports_staging AS s SET changes = s.changes || {
    _changes(
        *(
            (name, f"coalesce(d.corrected ->> '{fact}', d.{fact})", f"s.{column}", f"d.corrected ? '{fact}'")
            for fact, column, name in _OF_DEBTOR
        )
    )
}
    || CASE WHEN s.ssn_differs THEN {_MASKED.format("debtor_ssn_last4")} ELSE '{{}}' END
    || CASE WHEN s.birth_differs THEN {_MASKED.format("debtor_date_of_birth")} ELSE '{{}}' END
FROM core_debtor AS d
WHERE s.errors IS NULL AND s.speaks AND (s.debtor_differs OR s.ssn_differs OR s.birth_differs)
    AND d.id = s.debtor_id
"""

# A claim that was placed with another amount is adjusted by an entry of today, never below zero.
POST_ADJUSTMENTS = """
INSERT INTO core_balanceentry (agency_id, created_at, account_id, kind, amount, reason)
SELECT %(agency)s, %(moment)s, a.id, 'adjustment', greatest(s.amount - a.original_amount, -a.current_balance),
    left('Amount in ' || %(file)s || ', line ' || s.line, 255)
FROM imports_staging AS s JOIN core_account AS a ON a.id = s.account_id
WHERE s.errors IS NULL AND s.account_differs AND greatest(s.amount - a.original_amount, -a.current_balance) <> 0
"""

UPDATE_ACCOUNTS = f"""
UPDATE core_account AS a
SET (original_amount, account_type, due_date, particulars) = ROW {_ACCOUNT_FACTS},
    last_import_job = %(job)s, updated_at = %(moment)s
FROM imports_staging AS s
WHERE s.errors IS NULL AND s.changes <> '{{}}' AND a.id = s.account_id
"""

UPDATE_DEBTORS = f"""
UPDATE core_debtor AS d SET {_DEBTOR_COLUMNS} = ROW {_DEBTOR_FACTS},
    ssn_last4 = CASE WHEN s.ssn_differs THEN s.ssn ELSE d.ssn_last4 END,
    date_of_birth = CASE WHEN s.birth_differs THEN s.birth ELSE d.date_of_birth END,
    updated_at = %(moment)s
FROM imports_staging AS s
WHERE s.errors IS NULL AND s.speaks AND (s.debtor_differs OR s.ssn_differs OR s.birth_differs)
    AND d.id = s.debtor_id
"""

# The debtor's own history; secrets have none, and what was not taken over changed nothing.
TELL_DEBTORS_HISTORY = f"""
INSERT INTO core_debtorchange (agency_id, created_at, debtor_id, field, old, new, reason)
SELECT %(agency)s, %(moment)s, s.debtor_id, f.fact, left(c.value ->> 'old', 320), left(c.value ->> 'new', 320),
    left(%(file)s || ', line ' || s.line, 300)
FROM imports_staging AS s CROSS JOIN LATERAL jsonb_each(s.changes) AS c (field, value)
JOIN (VALUES {", ".join(f"('{name}', '{fact}')" for fact, _, name in _OF_DEBTOR)}) AS f (field, fact) USING (field)
WHERE s.errors IS NULL AND s.speaks AND s.debtor_differs AND NOT c.value ? 'note'
"""

# Nobody else may change what the accounts' groups are told from (migration 0017 of core).
KEEP_DEBTORS = """
SELECT count(*) FROM (
    SELECT FROM core_debtor AS d JOIN imports_staging AS s ON d.id = s.debtor_id
    WHERE s.errors IS NULL AND s.account_id IS NULL AND NOT s.debtor_is_new ORDER BY d.id FOR SHARE OF d
) AS locked
"""

# The trigger of the table posts each account's placement entry.
INSERT_ACCOUNTS = f"""
INSERT INTO core_account (id, agency_id, created_at, updated_at, debtor_id, creditor_id, external_ref,
    original_amount, status, priority, account_type, due_date, particulars, next_action, closed_reason,
    last_import_job, calling_group)
SELECT s.new_id, %(agency)s, %(moment)s, %(moment)s, s.debtor_id, {_CREDITOR}, s.ref, s.amount, 'new', 0,
    coalesce(s.account_type, ''), s.due_date, coalesce(s.particulars, '{{}}'), '', '', %(job)s,
    coalesce((SELECT core_calling_group_number(d.time_zones) FROM core_debtor AS d WHERE d.id = s.debtor_id
        AND NOT EXISTS (SELECT FROM core_hold AS h WHERE h.debtor_id = d.id AND h.lifted_at IS NULL)), 0)
FROM imports_staging AS s WHERE s.errors IS NULL AND s.account_id IS NULL
"""

TELL_TIMELINE_OF_NEW = """
INSERT INTO core_activity (agency_id, created_at, account_id, kind, body, data)
SELECT %(agency)s, %(moment)s, s.new_id, 'import', 'Imported from ' || %(file)s || ', line ' || s.line,
    jsonb_build_object('job', %(job)s::text, 'line', s.line)
FROM imports_staging AS s WHERE s.errors IS NULL AND s.account_id IS NULL
"""

TELL_TIMELINE_OF_UPDATES = f"""
INSERT INTO core_activity (agency_id, created_at, account_id, kind, body, data)
SELECT %(agency)s, %(moment)s, s.account_id,
    CASE WHEN s.changes ? 'original_amount' THEN 'balance' ELSE 'import' END,
    'Updated from ' || %(file)s || ', line ' || s.line || ': ' || (
        SELECT string_agg(CASE WHEN c.key = 'original_amount'
            THEN 'amount from ' || to_char((c.value ->> 'old')::numeric, 'FM$999,999,999,990.00')
                || ' to ' || to_char((c.value ->> 'new')::numeric, 'FM$999,999,999,990.00')
            ELSE replace(replace(c.key, '_line1', ''), '_', ' ')
                || CASE WHEN c.value ->> 'note' = '{KEPT}' THEN ' (ours stays)' ELSE '' END END, ', ' ORDER BY c.key)
        FROM jsonb_each(s.changes) AS c),
    jsonb_build_object('job', %(job)s::text, 'line', s.line)
FROM imports_staging AS s WHERE s.errors IS NULL AND s.account_id IS NOT NULL AND s.changes <> '{{}}'
"""

_OUTCOME = """CASE WHEN s.errors IS NOT NULL THEN 'rejected' WHEN s.account_id IS NULL THEN 'created'
            WHEN s.changes <> '{}' THEN 'updated' ELSE 'unchanged' END"""

RECORD_LINES = f"""
WITH written AS (
    INSERT INTO imports_importedrecord (agency_id, created_at, job_id, line_number, account_id, external_ref, outcome,
        errors, changes)
    SELECT %(agency)s, %(moment)s, %(job)s, s.line,
        CASE WHEN s.errors IS NULL THEN coalesce(s.account_id, s.new_id) ELSE s.account_id END,
        CASE WHEN s.errors IS NULL THEN '' ELSE coalesce(s.ref, '') END,
        {_OUTCOME},
        coalesce(s.errors, '[]'), s.changes
    FROM imports_staging AS s
    RETURNING line_number, outcome
)
SELECT outcome, count(*), coalesce(sum(s.amount), 0) FROM written JOIN imports_staging AS s ON s.line = line_number
GROUP BY outcome
"""

# --- a dry run: the same questions, and nothing is written but tables of this session ---------------------------
# What the earlier batches of a file would have added, so that a later one does not count it again.
FORESEEN_POINTS = """
CREATE TEMPORARY TABLE IF NOT EXISTS imports_foreseen_point (
    debtor_id uuid NOT NULL, kind text NOT NULL, value text NOT NULL, PRIMARY KEY (debtor_id, kind, value)
)
"""
FORGET_FORESEEN_POINTS = "DELETE FROM imports_foreseen_point"
# PostgreSQL itself refuses every other write; a session's own tables are not meant.
NOTHING_IS_WRITTEN = "SET TRANSACTION READ ONLY"

FORESEE_POINTS = f"""
WITH points AS ({_NEW_POINTS}), added AS (
    INSERT INTO imports_foreseen_point SELECT debtor_id, kind, value FROM points
    ON CONFLICT DO NOTHING RETURNING debtor_id, kind, value
)
{_MARK_NEW_POINTS}
"""

FORESEE_OUTCOMES = f"""
SELECT {_OUTCOME} AS outcome, count(*), coalesce(sum(s.amount), 0) FROM imports_staging AS s GROUP BY outcome
"""

FORESEE_REJECTED = """
SELECT line, coalesce(ref, ''), errors FROM imports_staging WHERE errors IS NOT NULL ORDER BY line LIMIT %(wanted)s
"""
