"""Which accounts are new, and what became of each line?"""

# ruff: noqa: S608  (only our own fragments are joined; values are parameters)

from imports.sql.facts import CREDITOR

# The trigger of the table posts each account's placement entry.
INSERT_ACCOUNTS = f"""
INSERT INTO core_account (id, agency_id, created_at, updated_at, debtor_id, creditor_id, external_ref,
    original_amount, status, priority, account_type, due_date, particulars, next_action, closed_reason,
    last_import_job, calling_group)
SELECT s.new_id, %(agency)s, %(moment)s, %(moment)s, s.debtor_id, {CREDITOR}, s.ref, s.amount, 'new', 0,
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

OUTCOME = """CASE WHEN s.errors IS NOT NULL THEN 'rejected' WHEN s.account_id IS NULL THEN 'created'
            WHEN s.changes <> '{}' THEN 'updated' ELSE 'unchanged' END"""

RECORD_LINES = f"""
WITH written AS (
    INSERT INTO imports_importedrecord (agency_id, created_at, job_id, line_number, account_id, external_ref, outcome,
        errors, changes)
    SELECT %(agency)s, %(moment)s, %(job)s, s.line,
        CASE WHEN s.errors IS NULL THEN coalesce(s.account_id, s.new_id) ELSE s.account_id END,
        CASE WHEN s.errors IS NULL THEN '' ELSE coalesce(s.ref, '') END,
        {OUTCOME},
        coalesce(s.errors, '[]'), s.changes
    FROM imports_staging AS s
    RETURNING line_number, outcome
)
SELECT outcome, count(*), coalesce(sum(s.amount), 0) FROM written JOIN imports_staging AS s ON s.line = line_number
GROUP BY outcome
"""
