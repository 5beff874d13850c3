"""Are the sums what they are sums of? Proved at every level, from the facts themselves."""

# ruff: noqa: S608  (our own words)

from core.books import Rule
from reports.tallies import DAY, FOLDS

# Each row at each level of its subject, without what the level does not tell; changes are of all levels.
_AT_LEVELS = f"""
SELECT r.subject, l.level, {DAY.format(row="r")} AS day,
    CASE WHEN l.by_creditor THEN r.creditor_id END AS creditor_id,
    CASE WHEN l.by_collector THEN r.collector_id END AS collector_id, r.detail,
    sum(r.told) AS told, sum(r.told_amount) AS told_amount,
    sum(r.counted) AS counted, sum(r.counted_amount) AS counted_amount
FROM rows r JOIN (VALUES {FOLDS}) AS l (subject, level, by_creditor, by_collector, by_week)
    ON l.subject = r.subject AND r.level IN ('change', l.level)
GROUP BY 1, 2, 3, 4, 5, 6
HAVING sum(r.told) <> sum(r.counted) OR sum(r.told_amount) <> sum(r.counted_amount)
"""

RULES = (
    Rule(
        "reports' tallies are the facts",
        f"""
        WITH rows AS (
            SELECT subject, level, day, creditor_id, collector_id, detail, number AS told, amount AS told_amount,
                0 AS counted, 0 AS counted_amount
            FROM reports_tally WHERE agency_id = %(agency)s AND subject <> 'open'
            UNION ALL
            SELECT subject, 'change', day, creditor_id, collector_id, detail, 0, 0, count, amount FROM (
                SELECT subject, day, creditor_id, collector_id, detail, sum(number) AS count, sum(amount) AS amount
                FROM reports_fact WHERE agency_id = %(agency)s GROUP BY 1, 2, 3, 4, 5
            ) AS facts
        )
        {_AT_LEVELS}
        """,
        "The tally of {subject} ({detail}) by {level} on {day} says {told} with {told_amount};"
        " the facts are {counted} with {counted_amount}.",
    ),
    Rule(
        "the inventory is all that came less all that went",
        f"""
        WITH rows AS (
            SELECT subject, level, NULL::date AS day, creditor_id, collector_id, detail, number AS told,
                amount AS told_amount, 0 AS counted, 0 AS counted_amount
            FROM reports_tally WHERE agency_id = %(agency)s AND subject = 'open'
            UNION ALL
            SELECT 'open', 'change', NULL, creditor_id, assigned_to_id, '', 0, 0, 1, current_balance
            FROM core_account WHERE agency_id = %(agency)s AND status NOT IN ('settled', 'closed')
        )
        {_AT_LEVELS}
        """,
        "The journal of the inventory by {level} sums up to {told} accounts with {told_amount};"
        " {counted} are open, with {counted_amount}.",
    ),
)
