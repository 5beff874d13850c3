"""An account says since when it, or all that its debtor owes, is in dispute: what waits for a manager, and lists of old
disputes, are found by index. Triggers of the holds keep it, as they keep the group of who may be called.
"""

from django.db import migrations, models

STANDING = """
UPDATE core_account a SET disputed_since = h.placed_at
FROM core_hold h WHERE h.account_id = a.id AND h.kind = 'dispute' AND h.lifted_at IS NULL;
UPDATE core_account a SET disputed_since = least(a.disputed_since, h.placed_at)
FROM core_hold h WHERE h.debtor_id = a.debtor_id AND h.kind = 'dispute' AND h.lifted_at IS NULL;
"""
SINCE = """
CREATE FUNCTION core_disputed_since(debtor uuid, account uuid) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT min(placed_at) FROM core_hold
    WHERE (account_id = account OR debtor_id = debtor) AND kind = 'dispute' AND lifted_at IS NULL
$$;

-- Whoever adds accounts has locked their debtors: a hold that is placed meanwhile waits, and then sees them.
CREATE FUNCTION core_account_birth_disputed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE core_account a SET disputed_since = h.placed_at
    FROM born b JOIN core_hold h ON h.debtor_id = b.debtor_id AND h.kind = 'dispute' AND h.lifted_at IS NULL
    WHERE a.id = b.id;
    RETURN NULL;
END $$;
CREATE TRIGGER birth_disputed AFTER INSERT ON core_account
    REFERENCING NEW TABLE AS born FOR EACH STATEMENT EXECUTE FUNCTION core_account_birth_disputed();

CREATE OR REPLACE FUNCTION core_holds_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    hold core_hold := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    whose uuid := coalesce(hold.debtor_id, (SELECT debtor_id FROM core_account WHERE id = hold.account_id));
BEGIN
    PERFORM core_regroup_accounts(whose);  -- locks the debtor
    IF hold.kind = 'dispute' THEN
        UPDATE core_account SET disputed_since = core_disputed_since(whose, id)
        WHERE debtor_id = whose AND (hold.account_id IS NULL OR id = hold.account_id)
          AND disputed_since IS DISTINCT FROM core_disputed_since(whose, id);
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER holds_changed ON core_hold;
CREATE TRIGGER holds_changed AFTER INSERT OR DELETE OR UPDATE OF lifted_at, placed_at ON core_hold
    FOR EACH ROW EXECUTE FUNCTION core_holds_changed();

-- A model that is saved as a whole brings the moment that it was read with.
CREATE FUNCTION core_keep_disputed_since() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.disputed_since := OLD.disputed_since;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_disputed_since BEFORE UPDATE OF disputed_since ON core_account
    FOR EACH ROW WHEN (OLD.disputed_since IS DISTINCT FROM NEW.disputed_since AND pg_trigger_depth() = 0)
    EXECUTE FUNCTION core_keep_disputed_since();
"""
BACK = """
DROP TRIGGER keep_disputed_since ON core_account;
DROP TRIGGER birth_disputed ON core_account;
DROP FUNCTION core_keep_disputed_since(), core_account_birth_disputed(), core_disputed_since(uuid, uuid);
CREATE OR REPLACE FUNCTION core_holds_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    hold core_hold := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    PERFORM core_regroup_accounts(coalesce(hold.debtor_id, (SELECT debtor_id FROM core_account
        WHERE id = hold.account_id)));
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0025_indexes_of_the_reports")]
    operations = [
        migrations.AddField(
            model_name="account",
            name="disputed_since",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.RunSQL(STANDING, migrations.RunSQL.noop),
        migrations.RunSQL(SINCE, BACK),
    ]
