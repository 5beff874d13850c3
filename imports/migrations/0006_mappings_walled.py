"""Mappings and uploads behind the wall; a mapping is never changed; a feed in trouble is due again soon."""

from django.db import migrations

from core.migration_operations import EnableAgencyWall, KeyWithinAgency, ReferredToWithinAgency

KEYS = (
    ("mapping", "feed_id", "imports_sftpfeed"),
    ("sftpfeed", "mapping_id", "imports_mapping"),
    ("sftpimportjob", "mapping_id", "imports_mapping"),
    ("upload", "creditor_id", "core_creditor"),
    ("upload", "job_id", "imports_sftpimportjob"),
)
NEVER_CHANGED = """
CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON imports_mapping
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""
CHANGEABLE = "DROP TRIGGER never_changed ON imports_mapping"

DUE_AT = """
CREATE OR REPLACE FUNCTION imports_feeds_due_at()
RETURNS TABLE (agency_id uuid, feed_id uuid, due_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT feed.agency_id, feed.id,
        least(feed.retry_at, feed.last_polled_at
            + make_interval(secs => coalesce((agency.settings ->> 'poll_every_seconds')::double precision, 900)))
    FROM imports_sftpfeed AS feed JOIN core_agency AS agency ON agency.id = feed.agency_id
    WHERE feed.is_active AND agency.is_active
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("imports", "0005_mappings_and_uploads")]
    operations = [
        EnableAgencyWall("imports_mapping"),
        EnableAgencyWall("imports_upload"),
        ReferredToWithinAgency("imports_mapping"),
        *(KeyWithinAgency(f"imports_{table}", column, to) for table, column, to in KEYS),
        migrations.RunSQL(NEVER_CHANGED, CHANGEABLE),
        migrations.RunSQL(DUE_AT, migrations.RunSQL.noop),
    ]
