"""What the planner knows of the tables that an import fills.

Autovacuum looks in once a minute. Until then a table that was empty a moment ago counts as a handful of rows, whatever
is joined to it is compared row by row, and the first file of an installation takes ten times as long. Only an owner may
ANALYZE, hence SECURITY DEFINER. Who comes while another is at it does not wait.
"""

from django.db import migrations

SQL = """
CREATE FUNCTION imports_refresh_statistics() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    grown text;
BEGIN
    FOR grown IN
        SELECT oid::regclass::text FROM pg_class
        WHERE oid = ANY (ARRAY['core_account', 'core_debtor', 'core_contactpoint']::regclass[])
            AND pg_relation_size(oid) > 8 * current_setting('block_size')::bigint * greatest(relpages, 1)
    LOOP
        EXECUTE format('ANALYZE (SKIP_LOCKED) %s', grown);
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("imports", "0008_the_distribution_is_told")]
    operations = [migrations.RunSQL(SQL, "DROP FUNCTION imports_refresh_statistics()")]
