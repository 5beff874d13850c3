"""What waits already is summed up.

Who wrote by the functions of before is waited for; what is written meanwhile by those of now is in neither the rows
deleted nor the facts read, for both are of one snapshot.
"""

from importlib import import_module

from django.db import migrations

KEY = import_module("reports.migrations.0004_kept_by_triggers").KEY

SQL = f"""
LOCK TABLE core_account IN SHARE MODE;
WITH gone AS (DELETE FROM reports_tally WHERE subject IN ('broken', 'disputed'))
INSERT INTO reports_tally (agency_id, subject, level, day, creditor_id, collector_id, detail, number, amount)
SELECT agency_id, subject, 'change', day, creditor_id, collector_id, detail, sum(number), sum(amount)
FROM reports_fact WHERE subject IN ('broken', 'disputed') GROUP BY {KEY};
"""
BACK = "DELETE FROM reports_tally WHERE subject IN ('broken', 'disputed')"


class Migration(migrations.Migration):
    dependencies = [("reports", "0013_what_waits")]
    operations = [migrations.RunSQL(SQL, BACK)]
