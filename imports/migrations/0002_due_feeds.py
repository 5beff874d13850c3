"""Which feeds are due, in all agencies: asked by `core.crossings` before any agency is known, hence ids only.

The functions are the owner's (SECURITY DEFINER), so row-level security does not bind them.
"""

from django.db import migrations

SQL = """
CREATE FUNCTION imports_feeds_due_at()
RETURNS TABLE (agency_id uuid, feed_id uuid, due_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT feed.agency_id, feed.id,
        feed.last_polled_at
        + make_interval(secs => coalesce((agency.settings ->> 'poll_every_seconds')::double precision, 900))
    FROM imports_sftpfeed AS feed JOIN core_agency AS agency ON agency.id = feed.agency_id
    WHERE feed.is_active AND agency.is_active
$$;

CREATE FUNCTION imports_due_feeds()
RETURNS TABLE (agency_id uuid, feed_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT agency_id, feed_id FROM imports_feeds_due_at()
    WHERE due_at IS NULL OR due_at <= now() ORDER BY due_at NULLS FIRST
$$;

CREATE FUNCTION imports_seconds_to_next_feed()
RETURNS double precision
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT greatest(0, extract(epoch FROM min(coalesce(due_at, now())) - now()))::double precision
    FROM imports_feeds_due_at()
$$;
"""
BACK = """
DROP FUNCTION imports_seconds_to_next_feed();
DROP FUNCTION imports_due_feeds();
DROP FUNCTION imports_feeds_due_at();
"""


class Migration(migrations.Migration):
    dependencies = [("imports", "0001_tables")]
    operations = [migrations.RunSQL(SQL, BACK)]
