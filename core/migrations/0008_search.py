"""Name search behind the wall.

A LIKE below a row-level policy cannot use the trigram index, because LIKE is not leakproof; so the search is one
function of the owner that checks the agency itself and gives ids only. Names first, accounts after: never an OR
across two tables.
"""

from django.db import migrations

SQL = """
CREATE FUNCTION core_search_debtors(needle text, most integer)
RETURNS TABLE (debtor_id uuid) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public
-- One wrong or swapped letter in a short name ("okafro", "jonson") is less like it than the 0.6 of the extension.
SET pg_trgm.word_similarity_threshold = 0.45 AS $$
DECLARE
    agency uuid := nullif(current_setting('debtflow.agency_id', true), '')::uuid;
    folded text := core_fold(needle);
    pattern text := '%' || replace(replace(replace(folded, '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%';
BEGIN
    IF agency IS NULL OR length(folded) < 3 THEN RETURN; END IF;
    RETURN QUERY SELECT id FROM core_debtor WHERE agency_id = agency AND search_name LIKE pattern LIMIT most;
    IF FOUND THEN RETURN; END IF;
    -- Nothing contains it: take names whose words are like it, the likest first.
    RETURN QUERY SELECT d.id FROM core_debtor d
        WHERE d.agency_id = agency AND folded <% d.search_name
        ORDER BY word_similarity(folded, d.search_name) DESC, d.id LIMIT least(most, 100);
END $$;

CREATE FUNCTION core_search_accounts(needle text, most integer)
RETURNS TABLE (account_id uuid) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
DECLARE
    agency uuid := nullif(current_setting('debtflow.agency_id', true), '')::uuid;
    trimmed text := trim(needle);
    digits text := regexp_replace(trimmed, '[^0-9]', '', 'g');
BEGIN
    IF agency IS NULL OR trimmed = '' THEN RETURN; END IF;
    RETURN QUERY
    WITH debtors AS MATERIALIZED (
        SELECT s.debtor_id AS id FROM core_search_debtors(trimmed, most) s
        UNION
        SELECT c.debtor_id FROM core_contactpoint c
        WHERE c.agency_id = agency AND (
            c.value = lower(trimmed)
            OR (length(digits) = 10 AND c.value = '+1' || digits)
            OR (length(digits) > 10 AND c.value = '+' || digits))
    ), found AS (
        (SELECT a.id FROM core_account a
         WHERE a.agency_id = agency AND a.external_ref >= trimmed AND a.external_ref < trimmed || chr(1114111)
         LIMIT most)
        UNION
        (SELECT a.id FROM debtors d JOIN core_account a ON a.debtor_id = d.id LIMIT most)
    )
    SELECT found.id FROM found LIMIT most;
END $$;
"""
BACK = "DROP FUNCTION core_search_accounts(text, integer); DROP FUNCTION core_search_debtors(text, integer);"


class Migration(migrations.Migration):
    dependencies = [("core", "0007_agency_wall")]
    operations = [migrations.RunSQL(SQL, BACK)]
