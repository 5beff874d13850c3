"""The counts per collector and status follow every change of accounts, one small row a statement."""

from django.db import migrations

SQL = """
CREATE FUNCTION core_tally_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO core_accounttally (agency_id, collector_id, status, accounts, balance)
    SELECT agency_id, assigned_to_id, status, count(*), sum(current_balance) FROM after_rows GROUP BY 1, 2, 3;
    RETURN NULL;
END $$;
CREATE FUNCTION core_tally_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO core_accounttally (agency_id, collector_id, status, accounts, balance)
    SELECT agency_id, assigned_to_id, status, sum(n), sum(balance) FROM (
        SELECT agency_id, assigned_to_id, status, -1 AS n, -current_balance AS balance FROM before_rows
        UNION ALL
        SELECT agency_id, assigned_to_id, status, 1, current_balance FROM after_rows
    ) AS moved GROUP BY 1, 2, 3 HAVING sum(n) <> 0 OR sum(balance) <> 0;
    RETURN NULL;
END $$;
CREATE FUNCTION core_tally_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO core_accounttally (agency_id, collector_id, status, accounts, balance)
    SELECT agency_id, assigned_to_id, status, -count(*), -sum(current_balance) FROM before_rows GROUP BY 1, 2, 3;
    RETURN NULL;
END $$;
CREATE TRIGGER tally_insert AFTER INSERT ON core_account
    REFERENCING NEW TABLE AS after_rows FOR EACH STATEMENT EXECUTE FUNCTION core_tally_insert();
CREATE TRIGGER tally_update AFTER UPDATE ON core_account
    REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows
    FOR EACH STATEMENT EXECUTE FUNCTION core_tally_update();
CREATE TRIGGER tally_delete AFTER DELETE ON core_account
    REFERENCING OLD TABLE AS before_rows FOR EACH STATEMENT EXECUTE FUNCTION core_tally_delete();
"""
BACK = """
DROP TRIGGER tally_delete ON core_account;
DROP TRIGGER tally_update ON core_account;
DROP TRIGGER tally_insert ON core_account;
DROP FUNCTION core_tally_delete(), core_tally_update(), core_tally_insert();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0005_audit_log")]
    operations = [migrations.RunSQL(SQL, BACK)]
