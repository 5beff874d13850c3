"""The limit of an import: COPY of validated rows, then one plain upsert a table, in one transaction."""

from pathlib import Path
from typing import Any

from imports import batches, formats, importer
from imports.mapping import NOTHING
from imports.sql import staging

UPSERTS = (
    """
    INSERT INTO core_debtor (agency_id, created_at, updated_at, external_ref, full_name, ssn_last4, date_of_birth,
        address_line1, city, state, zip, language, time_zones)
    SELECT DISTINCT ON (debtor_ref) %(agency)s, now(), now(), debtor_ref, name, coalesce(ssn, ''), '',
        coalesce(address, ''), coalesce(city, ''), coalesce(state, ''), coalesce(zip, ''), '', zones
    FROM imports_staging ORDER BY debtor_ref, line DESC
    ON CONFLICT (agency_id, external_ref) DO UPDATE SET full_name = excluded.full_name,
        address_line1 = excluded.address_line1, city = excluded.city, state = excluded.state, zip = excluded.zip
    WHERE (core_debtor.full_name, core_debtor.address_line1, core_debtor.city, core_debtor.state, core_debtor.zip)
        IS DISTINCT FROM (excluded.full_name, excluded.address_line1, excluded.city, excluded.state, excluded.zip)
    """,
    """
    INSERT INTO core_contactpoint (agency_id, created_at, debtor_id, kind, value, source, status, time_zones,
        consent_source, is_primary)
    SELECT %(agency)s, now(), d.id, 'phone', s.phone, 'file', 'active', s.phone_zones, '', true
    FROM imports_staging s JOIN core_debtor d ON d.agency_id = %(agency)s AND d.external_ref = s.debtor_ref
    UNION ALL
    SELECT %(agency)s, now(), d.id, 'email', s.email, 'file', 'active', '{}', '', true
    FROM imports_staging s JOIN core_debtor d ON d.agency_id = %(agency)s AND d.external_ref = s.debtor_ref
    ON CONFLICT (debtor_id, kind, value) DO NOTHING
    """,
    """
    INSERT INTO core_account (agency_id, created_at, updated_at, debtor_id, creditor_id, external_ref,
        original_amount, status, priority, account_type, due_date, particulars, next_action, closed_reason,
        last_import_job, calling_group)
    SELECT %(agency)s, now(), now(), d.id, %(creditor)s, s.ref, s.amount, 'new', 0, coalesce(s.account_type, ''),
        s.due_date, coalesce(s.particulars, '{}'), '', '', %(job)s, core_calling_group_number(d.time_zones)
    FROM imports_staging s JOIN core_debtor d ON d.agency_id = %(agency)s AND d.external_ref = s.debtor_ref
    ON CONFLICT (agency_id, external_ref) DO UPDATE SET account_type = excluded.account_type,
        due_date = excluded.due_date, particulars = excluded.particulars, last_import_job = excluded.last_import_job
    WHERE (core_account.original_amount, core_account.account_type, core_account.due_date, core_account.particulars)
        IS DISTINCT FROM (excluded.original_amount, excluded.account_type, excluded.due_date, excluded.particulars)
    """,
    """
    INSERT INTO core_activity (agency_id, created_at, account_id, kind, body, data)
    SELECT %(agency)s, now(), a.id, 'import', 'Imported, line ' || s.line, '{}'
    FROM imports_staging s JOIN core_account a ON a.agency_id = %(agency)s AND a.external_ref = s.ref
    WHERE a.last_import_job = %(job)s
    """,
    """
    INSERT INTO imports_importedrecord (agency_id, created_at, job_id, line_number, account_id, external_ref, outcome,
        errors, changes)
    SELECT %(agency)s, now(), %(job)s, s.line, a.id, '',
        CASE WHEN a.last_import_job = %(job)s THEN 'created' ELSE 'unchanged' END, '[]', '{}'
    FROM imports_staging s JOIN core_account a ON a.agency_id = %(agency)s AND a.external_ref = s.ref
    """,
)


def validated(file: Path) -> list[bytes]:
    """The file's rows, checked and written down for COPY beforehand."""
    with file.open("rb") as content, formats.opened(content, "csv") as document:
        preparation = importer.read(document, NOTHING).preparation(default_creditor=False)
        return [batch.copy for batch in preparation.batches(document.table().records, 0)]


def apply(cursor: Any, copies: list[bytes], facts: dict[str, Any]) -> None:
    """Everything in the caller's transaction."""
    cursor.execute(staging.STAGING)
    with cursor.copy(staging.copy_into_staging(batches.COLUMNS)) as copy:
        for data in copies:
            copy.write(data)
    cursor.execute("ANALYZE imports_staging")
    for upsert in UPSERTS:
        cursor.execute(upsert, facts)
