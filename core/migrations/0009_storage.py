"""Room in the pages of busy tables, so that updates stay in their page (no index is touched)."""

from django.db import migrations

SQL = """
ALTER TABLE core_account SET (fillfactor = 75, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE core_debtor SET (fillfactor = 85);
ALTER TABLE core_accounttally SET (autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0.1);
"""
BACK = """
ALTER TABLE core_account RESET (fillfactor, autovacuum_vacuum_scale_factor);
ALTER TABLE core_debtor RESET (fillfactor);
ALTER TABLE core_accounttally RESET (autovacuum_vacuum_threshold, autovacuum_vacuum_scale_factor);
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0008_search")]
    operations = [migrations.RunSQL(SQL, BACK)]
