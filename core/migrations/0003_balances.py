"""`current_balance` is the sum of the entries, because nothing but these triggers writes it.

An account is born with its placement entry; every later entry moves the cache, under the row lock that the update
takes. Set-based: one statement a batch, not one a row.
"""

from django.db import migrations

SQL = """
CREATE FUNCTION core_account_birth_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.current_balance := NEW.original_amount;
    RETURN NEW;
END $$;
CREATE TRIGGER birth_balance BEFORE INSERT ON core_account
    FOR EACH ROW EXECUTE FUNCTION core_account_birth_balance();

CREATE FUNCTION core_account_placement_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO core_balanceentry (agency_id, account_id, kind, amount, created_at)
    SELECT agency_id, id, 'placement', original_amount, created_at FROM placed;
    RETURN NULL;
END $$;
CREATE TRIGGER placement_entry AFTER INSERT ON core_account
    REFERENCING NEW TABLE AS placed FOR EACH STATEMENT EXECUTE FUNCTION core_account_placement_entry();

CREATE FUNCTION core_apply_balance_entries() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    reached integer;
BEGIN
    UPDATE core_account SET current_balance = current_balance + change.amount
    FROM (SELECT account_id, sum(amount) AS amount FROM posted WHERE kind <> 'placement' GROUP BY 1) AS change
    WHERE core_account.id = change.account_id;
    GET DIAGNOSTICS reached = ROW_COUNT;
    -- An account of another agency is not seen by the update, but a foreign key would let the entry through.
    IF reached < (SELECT count(DISTINCT account_id) FROM posted WHERE kind <> 'placement') THEN
        RAISE EXCEPTION 'An entry names an account that is not of this agency.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER apply_balance_entries AFTER INSERT ON core_balanceentry
    REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION core_apply_balance_entries();

CREATE FUNCTION core_refuse_balance_write() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The balance of an account changes only by a balance entry.' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER refuse_balance_write BEFORE UPDATE OF current_balance ON core_account
    FOR EACH ROW WHEN (OLD.current_balance IS DISTINCT FROM NEW.current_balance AND pg_trigger_depth() = 0)
    EXECUTE FUNCTION core_refuse_balance_write();
"""
BACK = """
DROP TRIGGER refuse_balance_write ON core_account;
DROP TRIGGER apply_balance_entries ON core_balanceentry;
DROP TRIGGER placement_entry ON core_account;
DROP TRIGGER birth_balance ON core_account;
DROP FUNCTION core_refuse_balance_write(), core_apply_balance_entries(),
    core_account_placement_entry(), core_account_birth_balance();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0002_status_trigger")]
    operations = [migrations.RunSQL(SQL, BACK)]
