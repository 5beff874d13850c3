"""A status changes only by a move of the workflow, in SQL too (core/account_states.py; a test compares the two)."""

from django.db import migrations

SQL = """
CREATE FUNCTION core_refuse_status_jump() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT (OLD.status || '>' || NEW.status) = ANY (ARRAY[
        'new>assigned', 'assigned>new', 'assigned>in_contact', 'in_contact>negotiating',
        'negotiating>payment_plan', 'payment_plan>negotiating', 'negotiating>settled', 'payment_plan>settled',
        'new>settled', 'assigned>settled', 'in_contact>settled', 'disputed>settled', 'settled>closed',
        'new>closed', 'assigned>closed', 'in_contact>closed', 'negotiating>closed', 'payment_plan>closed',
        'disputed>closed', 'assigned>disputed', 'in_contact>disputed', 'negotiating>disputed',
        'payment_plan>disputed', 'disputed>in_contact', 'settled>in_contact', 'closed>in_contact'
    ]) THEN
        RAISE EXCEPTION 'An account cannot go from % to %.', OLD.status, NEW.status
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refuse_status_jump BEFORE UPDATE OF status ON core_account
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION core_refuse_status_jump();
"""
BACK = "DROP TRIGGER refuse_status_jump ON core_account; DROP FUNCTION core_refuse_status_jump();"


class Migration(migrations.Migration):
    dependencies = [("core", "0001_tables")]
    operations = [migrations.RunSQL(SQL, BACK)]
