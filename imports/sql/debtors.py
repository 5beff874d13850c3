"""Who is new, which numbers and addresses are, and where may their owners be?"""

# ruff: noqa: S608  (only our own fragments are joined; values are parameters)

INSERT_DEBTORS = """
WITH born AS (
    INSERT INTO core_debtor (agency_id, created_at, updated_at, external_ref, full_name, ssn_last4, date_of_birth,
        address_line1, city, state, zip, language, time_zones)
    SELECT DISTINCT ON (s.debtor_ref) %(agency)s, %(moment)s, %(moment)s, s.debtor_ref, s.name,
        coalesce(s.ssn, ''), coalesce(s.birth, ''), coalesce(s.address, ''), coalesce(s.city, ''),
        coalesce(s.state, ''), coalesce(s.zip, ''), '', s.zones
    FROM imports_staging AS s
    WHERE s.errors IS NULL AND s.debtor_id IS NULL
    ORDER BY s.debtor_ref, s.speaks DESC, s.line DESC
    RETURNING id, external_ref
)
UPDATE imports_staging AS s SET debtor_id = born.id, debtor_is_new = true
FROM born WHERE s.errors IS NULL AND s.debtor_id IS NULL AND born.external_ref = s.debtor_ref
"""

_POINTS = (
    "CROSS JOIN LATERAL (VALUES ('phone', s.phone, s.phone_zones), ('email', s.email, '{}'::text[]))"
    " AS p (kind, value, zones)"
)

_POINT_COLUMNS = (
    "(agency_id, created_at, debtor_id, kind, value, source, status, time_zones, consent_source, is_primary)"
)

ADD_POINTS_OF_NEW_DEBTORS = f"""
INSERT INTO core_contactpoint {_POINT_COLUMNS}
SELECT %(agency)s, %(moment)s, debtor_id, kind, value, 'file', 'active', zones, '',
    row_number() OVER (PARTITION BY debtor_id, kind ORDER BY line DESC) = 1
FROM (
    SELECT DISTINCT ON (s.debtor_id, p.kind, p.value) s.debtor_id, p.kind, p.value, p.zones, s.line
    FROM imports_staging AS s {_POINTS}
    WHERE s.errors IS NULL AND s.debtor_is_new AND p.value IS NOT NULL
    ORDER BY s.debtor_id, p.kind, p.value, s.line DESC
) AS points
"""

# A number that is there stays as it is, opted out or not; one that is not is added, and nothing is taken away.
NEW_POINTS = f"""
    SELECT DISTINCT ON (s.debtor_id, p.kind, p.value) s.debtor_id, p.kind, p.value, p.zones, s.line
    FROM imports_staging AS s {_POINTS}
    LEFT JOIN LATERAL (
        SELECT id FROM core_contactpoint
        WHERE debtor_id = s.debtor_id AND kind = p.kind AND value = p.value LIMIT 1) AS c ON true
    WHERE s.errors IS NULL AND s.debtor_id IS NOT NULL AND NOT s.debtor_is_new AND p.value IS NOT NULL
        AND c.id IS NULL
    ORDER BY s.debtor_id, p.kind, p.value, s.line DESC
"""

MARK_NEW_POINTS = """
UPDATE imports_staging AS s SET point_added = true, changes = s.changes || mine.changes
FROM (
    SELECT t.line, jsonb_object_agg('debtor_' || added.kind, jsonb_build_object('old', NULL, 'new', added.value))
        AS changes
    FROM added JOIN imports_staging AS t ON t.debtor_id = added.debtor_id AND added.value IN (t.phone, t.email)
    WHERE t.errors IS NULL GROUP BY t.line
) AS mine WHERE mine.line = s.line
"""

ADD_POINTS_OF_KNOWN_DEBTORS = f"""
WITH points AS ({NEW_POINTS}), added AS (
    INSERT INTO core_contactpoint {_POINT_COLUMNS}
    SELECT %(agency)s, %(moment)s, points.debtor_id, points.kind, points.value, 'file', 'active', zones, '',
        row_number() OVER (PARTITION BY points.debtor_id, points.kind ORDER BY line DESC) = 1
        AND NOT EXISTS (SELECT FROM core_contactpoint AS other
            WHERE other.debtor_id = points.debtor_id AND other.kind = points.kind AND other.is_primary)
    FROM points
    ON CONFLICT DO NOTHING  -- somebody adds the same number by hand at this moment
    RETURNING debtor_id, kind, value
)
{MARK_NEW_POINTS}
"""

# A ZIP that changed replaces the zone of the old one, unless the agency's own stands; a number adds its own as long as
# it is not known to be wrong. As `core.debtors.settle_zones` has it.
SPREAD_ZONES = """
UPDATE core_debtor AS d SET time_zones = found.zones, updated_at = %(moment)s
FROM (
    SELECT touched.debtor_id, ARRAY(
        SELECT DISTINCT zone FROM (
            SELECT unnest(
                coalesce(CASE WHEN NOT before.corrected ? 'zip' THEN spoken.zip_zones END, before.time_zones))
            UNION ALL
            SELECT unnest(c.time_zones) FROM core_contactpoint AS c
            WHERE c.debtor_id = touched.debtor_id AND c.kind = 'phone' AND c.status <> 'invalid'
        ) AS candidates (zone) ORDER BY zone)::varchar[] AS zones
    FROM (
        SELECT s.debtor_id FROM imports_staging AS s WHERE s.errors IS NULL AND s.debtor_id IS NOT NULL
        GROUP BY s.debtor_id
        HAVING bool_or(s.point_added OR (s.speaks AND s.debtor_differs)) OR (bool_or(s.debtor_is_new) AND count(*) > 1)
    ) AS touched
    JOIN core_debtor AS before ON before.id = touched.debtor_id
    LEFT JOIN (
        SELECT DISTINCT ON (s.debtor_id) s.debtor_id, s.zip_zones FROM imports_staging AS s
        WHERE s.errors IS NULL AND s.speaks AND s.zip IS NOT NULL ORDER BY s.debtor_id, s.line DESC
    ) AS spoken ON spoken.debtor_id = touched.debtor_id
) AS found
WHERE d.id = found.debtor_id AND d.time_zones IS DISTINCT FROM found.zones
"""

# Nobody else may change what the accounts' groups are told from (migration 0017 of core).
KEEP_DEBTORS = """
SELECT count(*) FROM (
    SELECT FROM core_debtor AS d JOIN imports_staging AS s ON d.id = s.debtor_id
    WHERE s.errors IS NULL AND s.account_id IS NULL AND NOT s.debtor_is_new ORDER BY d.id FOR SHARE OF d
) AS locked
"""
