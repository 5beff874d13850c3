"""What is there already is summed up. The past of the inventory is told by the journals, on the desk of today.

An account that is not open any more was, from its placement until its last change of status.
"""

from django.db import migrations

SQL = """
WITH gone AS (DELETE FROM reports_tally WHERE subject = 'open'),
account AS (
    SELECT a.id, a.agency_id, a.creditor_id, a.assigned_to_id, g.timezone,
        CASE WHEN a.status IN ('settled', 'closed') THEN coalesce(
            (SELECT max(v.created_at) FROM core_activity v WHERE v.account_id = a.id AND v.kind = 'status'),
            a.created_at) END AS left_at
    FROM core_account a JOIN core_agency g ON g.id = a.agency_id
), inside AS (
    SELECT a.*, e.created_at, (e.kind = 'placement')::int AS number, e.amount
    FROM account a JOIN core_balanceentry e ON e.account_id = a.id AND (a.left_at IS NULL OR e.created_at <= a.left_at)
), step AS (
    SELECT agency_id, (created_at AT TIME ZONE timezone)::date AS day, creditor_id, assigned_to_id, number, amount
    FROM inside
    UNION ALL
    SELECT agency_id, (left_at AT TIME ZONE timezone)::date, creditor_id, assigned_to_id, -number, -amount
    FROM inside WHERE left_at IS NOT NULL
)
INSERT INTO reports_tally (agency_id, subject, level, day, creditor_id, collector_id, detail, number, amount)
SELECT agency_id, 'open', 'change', day, creditor_id, assigned_to_id, '', sum(number), sum(amount) FROM step
GROUP BY 1, 4, 5, 6 HAVING sum(number) <> 0 OR sum(amount) <> 0;

SELECT reports_rebuild(id) FROM core_agency;
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0005_rebuilding")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
