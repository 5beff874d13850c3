"""References in any case, phones in any spelling and begun, e-mail addresses begun.

Each is a range of an index, up to the largest character there is; NULL finds nothing.
"""

from django.db import migrations

SEARCH = """
CREATE OR REPLACE FUNCTION core_search_accounts(needle text, most integer)
RETURNS TABLE (account_id uuid) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
DECLARE
    agency uuid := nullif(current_setting('debtflow.agency_id', true), '')::uuid;
    trimmed text := trim(needle);
    dialled text := regexp_replace(lower(trimmed), '\\s*(x|ext\\.?)\\s*[0-9]{1,6}$', '');
    digits text := regexp_replace(dialled, '[^0-9]', '', 'g');
    e164 text := CASE
        WHEN dialled !~ '^[0-9+(). /-]+$' OR length(digits) < 6 THEN NULL
        WHEN dialled ~ '^\\+' OR length(digits) > 10 THEN '+' || digits
        ELSE '+1' || digits END;
    address text := CASE WHEN trimmed LIKE '%@%' AND length(trimmed) > 3 THEN lower(trimmed) END;
BEGIN
    IF agency IS NULL OR trimmed = '' THEN RETURN; END IF;
    RETURN QUERY
    WITH debtors AS MATERIALIZED (
        SELECT s.debtor_id AS id FROM core_search_debtors(trimmed, most) s
        UNION
        (SELECT c.debtor_id FROM core_contactpoint c
         WHERE c.agency_id = agency AND c.value >= e164 AND c.value < e164 || chr(1114111) LIMIT most)
        UNION
        (SELECT c.debtor_id FROM core_contactpoint c
         WHERE c.agency_id = agency AND c.value >= address AND c.value < address || chr(1114111) LIMIT most)
    ), found AS (
        (SELECT a.id FROM core_account a
         WHERE a.agency_id = agency AND a.external_ref >= trimmed AND a.external_ref < trimmed || chr(1114111)
         LIMIT most)
        UNION
        (SELECT a.id FROM core_account a
         WHERE a.agency_id = agency AND a.external_ref >= upper(trimmed)
             AND a.external_ref < upper(trimmed) || chr(1114111)
         LIMIT most)
        UNION
        (SELECT a.id FROM debtors d JOIN core_account a ON a.debtor_id = d.id LIMIT most)
    )
    SELECT found.id FROM found LIMIT most;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0012_contacts_walled")]
    # Back: the function of 0008 has the same name and is replaced by it when that is applied anew.
    operations = [migrations.RunSQL(SEARCH, migrations.RunSQL.noop)]
