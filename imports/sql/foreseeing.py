"""A dry run: the same questions, and nothing is written but tables of this session."""

# ruff: noqa: S608  (only our own fragments are joined; values are parameters)

from imports.sql.debtors import MARK_NEW_POINTS, NEW_POINTS
from imports.sql.outcomes import OUTCOME

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
WITH points AS ({NEW_POINTS}), added AS (
    INSERT INTO imports_foreseen_point SELECT debtor_id, kind, value FROM points
    ON CONFLICT DO NOTHING RETURNING debtor_id, kind, value
)
{MARK_NEW_POINTS}
"""

FORESEE_OUTCOMES = f"""
SELECT {OUTCOME} AS outcome, count(*), coalesce(sum(s.amount), 0) FROM imports_staging AS s GROUP BY outcome
"""

FORESEE_REJECTED = """
SELECT line, coalesce(ref, ''), errors FROM imports_staging WHERE errors IS NOT NULL ORDER BY line LIMIT %(wanted)s
"""
