"""Accounts carry the group of debtors who may be called at the same hours, for "who can be called now?".

Without it the question is asked of each debtor in turn, and at night, when the answer is "nobody", of every one. A
group's number is a hash of its zones, so that nobody has to agree on numbers. Whoever moves an account between groups
locks the debtor first and looks only then: what somebody else does to zones and holds meanwhile is seen by one of the
two.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.uuid
from django.db import migrations, models

import core.tenancy
from core.migration_operations import EnableAgencyWall

NUMBERS = """
CREATE FUNCTION core_calling_group_number(zones varchar[]) RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE WHEN cardinality(zones) > 0 THEN hashtextextended(array_to_string(zones, ' '), 0) ELSE 0 END;

-- 0: nobody may be called, at any hour.
CREATE FUNCTION core_calling_group_of(debtor uuid, account uuid) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT core_calling_group_number(d.time_zones) FROM core_debtor d WHERE d.id = debtor
        AND NOT EXISTS (SELECT FROM core_hold h WHERE h.debtor_id = debtor AND h.lifted_at IS NULL)
        AND NOT EXISTS (SELECT FROM core_hold h WHERE h.account_id = account AND h.lifted_at IS NULL)), 0)
$$;

"""
FILL = """
INSERT INTO core_callinggroup (agency_id, number, time_zones)
SELECT agency_id, core_calling_group_number(time_zones), time_zones
FROM (SELECT DISTINCT agency_id, time_zones FROM core_debtor WHERE cardinality(time_zones) > 0) s;

-- Written anew as a whole: an UPDATE of every account would write each of its indexes row by row.
ALTER TABLE core_account ALTER COLUMN calling_group TYPE bigint USING core_calling_group_of(debtor_id, id);
"""
TRIGGERS = """
-- Who inserts thousands tells the groups, by the same function, from debtors that he has locked.
CREATE FUNCTION core_account_birth_calling_group() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM core_debtor WHERE id = NEW.debtor_id FOR SHARE;
    NEW.calling_group := core_calling_group_of(NEW.debtor_id, NEW.id);
    RETURN NEW;
END $$;
CREATE TRIGGER birth_calling_group BEFORE INSERT ON core_account
    FOR EACH ROW WHEN (NEW.calling_group IS NULL) EXECUTE FUNCTION core_account_birth_calling_group();

CREATE FUNCTION core_name_calling_groups() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO core_callinggroup (agency_id, number, time_zones)
    SELECT s.agency_id, core_calling_group_number(s.time_zones), s.time_zones
    FROM (SELECT DISTINCT agency_id, time_zones FROM born WHERE cardinality(time_zones) > 0) s
    WHERE NOT EXISTS (SELECT FROM core_callinggroup g
        WHERE g.agency_id = s.agency_id AND g.number = core_calling_group_number(s.time_zones))
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER name_calling_groups AFTER INSERT ON core_debtor
    REFERENCING NEW TABLE AS born FOR EACH STATEMENT EXECUTE FUNCTION core_name_calling_groups();

CREATE FUNCTION core_regroup_accounts(debtor uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM core_debtor WHERE id = debtor FOR NO KEY UPDATE;
    UPDATE core_account SET calling_group = core_calling_group_of(debtor, id)
    WHERE debtor_id = debtor AND calling_group <> core_calling_group_of(debtor, id);
END $$;

CREATE FUNCTION core_debtor_zones_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF cardinality(NEW.time_zones) > 0 THEN
        INSERT INTO core_callinggroup (agency_id, number, time_zones)
        VALUES (NEW.agency_id, core_calling_group_number(NEW.time_zones), NEW.time_zones) ON CONFLICT DO NOTHING;
    END IF;
    PERFORM core_regroup_accounts(NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER zones_changed AFTER UPDATE OF time_zones ON core_debtor FOR EACH ROW
    WHEN (OLD.time_zones IS DISTINCT FROM NEW.time_zones) EXECUTE FUNCTION core_debtor_zones_changed();

CREATE FUNCTION core_holds_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    hold core_hold := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    PERFORM core_regroup_accounts(coalesce(hold.debtor_id, (SELECT debtor_id FROM core_account
        WHERE id = hold.account_id)));
    RETURN NULL;
END $$;
CREATE TRIGGER holds_changed AFTER INSERT OR DELETE OR UPDATE OF lifted_at ON core_hold
    FOR EACH ROW EXECUTE FUNCTION core_holds_changed();

-- A model that is saved as a whole brings the group that it was read with.
CREATE FUNCTION core_keep_calling_group() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.calling_group := OLD.calling_group;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_calling_group BEFORE UPDATE OF calling_group ON core_account
    FOR EACH ROW WHEN (OLD.calling_group IS DISTINCT FROM NEW.calling_group AND pg_trigger_depth() = 0)
    EXECUTE FUNCTION core_keep_calling_group();
"""
UNTRIGGER = """
DROP TRIGGER keep_calling_group ON core_account;
DROP TRIGGER holds_changed ON core_hold;
DROP TRIGGER zones_changed ON core_debtor;
DROP TRIGGER name_calling_groups ON core_debtor;
DROP TRIGGER birth_calling_group ON core_account;
DROP FUNCTION core_holds_changed(), core_debtor_zones_changed(), core_regroup_accounts(uuid),
    core_name_calling_groups(), core_account_birth_calling_group(), core_keep_calling_group();
"""
BACK = "DROP FUNCTION core_calling_group_of(uuid, uuid), core_calling_group_number(varchar[])"


class Migration(migrations.Migration):
    dependencies = [("core", "0020_debtor_changes_walled")]
    operations = [
        migrations.CreateModel(
            name="CallingGroup",
            fields=[
                ("id", models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ("number", models.BigIntegerField(editable=False)),
                ("time_zones", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), editable=False, size=None)),
                ("agency", models.ForeignKey(db_index=False, default=core.tenancy.current_agency_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.agency")),
            ],
            options={
                "constraints": [models.UniqueConstraint(models.F("agency"), models.F("number"), name="calling_group_number_unique_in_agency")],
            },
        ),
        EnableAgencyWall("core_callinggroup"),
        migrations.AddField(
            model_name="account",
            name="calling_group",
            field=models.BigIntegerField(editable=False, null=True),
        ),
        migrations.RunSQL(NUMBERS, BACK),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(TRIGGERS, UNTRIGGER),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(models.F("agency"), models.F("calling_group"), models.F("next_action_at"), models.F("id"), condition=models.Q(("status__in", ["assigned", "disputed", "in_contact", "negotiating", "new", "payment_plan"])), name="account_calling_due"),
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(models.F("agency"), models.F("calling_group"), models.F("priority"), models.F("balance_cents"), models.F("id"), condition=models.Q(("status__in", ["assigned", "disputed", "in_contact", "negotiating", "new", "payment_plan"]), ("next_action_at__isnull", True)), name="account_calling"),
        ),
    ]
