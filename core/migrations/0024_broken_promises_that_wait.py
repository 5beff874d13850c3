"""The promises that were broken before accounts said so."""

from django.db import migrations

SQL = """
UPDATE core_account a SET broken_promise_at = n.judged_at
FROM (SELECT DISTINCT ON (account_id) account_id, status, judged_at FROM core_promise
      ORDER BY account_id, created_at DESC, id DESC) n
WHERE a.id = n.account_id AND n.status IN ('broken', 'partial')
  AND NOT EXISTS (SELECT FROM core_contactattempt c WHERE c.account_id = n.account_id AND c.at > n.judged_at)
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0023_a_broken_promise_waits")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
