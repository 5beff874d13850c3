"""The weeks of what is folded already; what is not will be by the level's own rule."""

from django.db import migrations

SQL = """
INSERT INTO reports_tally (agency_id, subject, level, day, creditor_id, collector_id, detail, number, amount)
SELECT agency_id, subject, 'desk_week', date_trunc('week', day::timestamp)::date, NULL, collector_id, detail,
    sum(number), sum(amount)
FROM reports_tally
WHERE level = 'collector' AND subject IN ('collected', 'attempt', 'promised', 'matured', 'received', 'commission')
GROUP BY 1, 2, 4, 6, 7 HAVING sum(number) <> 0 OR sum(amount) <> 0
"""
BACK = "DELETE FROM reports_tally WHERE level = 'desk_week'"


class Migration(migrations.Migration):
    dependencies = [("reports", "0009_desks_by_the_week")]
    operations = [migrations.RunSQL(SQL, BACK)]
