"""What is there already: whose account or debtor does a row name, and does it say something else?"""

# ruff: noqa: S608  (only our own fragments are joined; values are parameters)

from imports.sql.facts import ACCOUNT_FACTS, CREDITOR, DEBTOR_DIFFERS


def _error(field: str, code: str, message: str, value: str) -> str:
    return (
        f"jsonb_build_array(jsonb_build_object('field', '{field}', 'code', '{code}', 'message', '{message}',"
        f" 'value', {value}))"
    )


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
            WHEN a.creditor_id <> {CREDITOR} THEN {
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
        (a.original_amount, a.account_type, a.due_date, a.particulars) IS DISTINCT FROM {ACCOUNT_FACTS}
            AS account_differs,
        {DEBTOR_DIFFERS} AS debtor_differs, {_SECRETS}
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
    SELECT s.line, s.speaks, d.id AS debtor_id, {DEBTOR_DIFFERS} AS debtor_differs, {_SECRETS}
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
