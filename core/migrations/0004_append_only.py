"""Journals are added to, never changed: UPDATE and DELETE are refused for everybody, the owner included.

TRUNCATE is refused by rights: the application's role is not granted it (core/database_role.py).
"""

from django.db import migrations

SQL = """
CREATE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused.', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON core_balanceentry
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON core_activity
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""
BACK = """
DROP TRIGGER append_only ON core_activity;
DROP TRIGGER append_only ON core_balanceentry;
DROP FUNCTION core_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0003_balances")]
    operations = [migrations.RunSQL(SQL, BACK)]
