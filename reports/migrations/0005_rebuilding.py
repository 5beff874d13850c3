"""All sums of an agency made anew from the facts: at the first start, in another zone, after an accident.

Safe beside writers: what they write meanwhile is in neither the rows deleted nor the facts read, for both are of one
snapshot. Folding would be seen by half, so it takes turns with this.
"""

from importlib import import_module

from django.db import migrations

KEY = import_module("reports.migrations.0004_kept_by_triggers").KEY

SQL = f"""
CREATE FUNCTION reports_rebuild(agency uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('reports folding ' || agency, 0));
    WITH gone AS (DELETE FROM reports_tally WHERE agency_id = agency AND subject <> 'open')
    INSERT INTO reports_tally (agency_id, subject, level, day, creditor_id, collector_id, detail, number, amount)
    SELECT agency_id, subject, 'change', day, creditor_id, collector_id, detail, sum(number), sum(amount)
    FROM reports_fact WHERE agency_id = agency GROUP BY {KEY};

    -- The journal `open` stays as it was told; what it lacks of the inventory is told as of today.
    INSERT INTO reports_tally (agency_id, subject, level, day, creditor_id, collector_id, detail, number, amount)
    SELECT agency, 'open', 'change', (SELECT (now() AT TIME ZONE timezone)::date FROM core_agency WHERE id = agency),
        creditor_id, collector_id, '', sum(number), sum(amount)
    FROM (
        SELECT creditor_id, assigned_to_id AS collector_id, 1 AS number, current_balance AS amount FROM core_account
        WHERE agency_id = agency AND status NOT IN ('settled', 'closed')
        UNION ALL
        SELECT creditor_id, collector_id, -number, -amount FROM reports_tally
        WHERE agency_id = agency AND subject = 'open' AND level IN ('change', 'pair')
    ) AS both_sides GROUP BY creditor_id, collector_id HAVING sum(number) <> 0 OR sum(amount) <> 0;
END $$;

-- Who changes the zone may be an operator who has entered no agency, and sees no row of it: the owner's eyes.
CREATE FUNCTION reports_zone_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('reports zone ' || NEW.id, 0));
    PERFORM reports_rebuild(NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER facts_moved AFTER UPDATE OF timezone ON core_agency FOR EACH ROW
    WHEN (OLD.timezone IS DISTINCT FROM NEW.timezone) EXECUTE FUNCTION reports_zone_changed();
"""
BACK = """
DROP TRIGGER facts_moved ON core_agency;
DROP FUNCTION reports_zone_changed(), reports_rebuild(uuid);
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0004_kept_by_triggers")]
    operations = [migrations.RunSQL(SQL, BACK)]
