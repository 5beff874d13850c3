"""What does a row change of what is there, and who is told?"""

# ruff: noqa: S608  (only our own fragments are joined; values are parameters)

from imports.sql.facts import ACCOUNT_FACTS, DEBTOR_COLUMNS, DEBTOR_FACTS, OF_DEBTOR

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
            for fact, column, name in OF_DEBTOR
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
SET (original_amount, account_type, due_date, particulars) = ROW {ACCOUNT_FACTS},
    last_import_job = %(job)s, updated_at = %(moment)s
FROM imports_staging AS s
WHERE s.errors IS NULL AND s.changes <> '{{}}' AND a.id = s.account_id
"""

UPDATE_DEBTORS = f"""
UPDATE core_debtor AS d SET {DEBTOR_COLUMNS} = ROW {DEBTOR_FACTS},
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
JOIN (VALUES {", ".join(f"('{name}', '{fact}')" for fact, _, name in OF_DEBTOR)}) AS f (field, fact) USING (field)
WHERE s.errors IS NULL AND s.speaks AND s.debtor_differs AND NOT c.value ? 'note'
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
