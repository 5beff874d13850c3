"""What `/metrics` tells, of all agencies: counts alone. The function is the owner's (SECURITY DEFINER)."""

from django.db import migrations

SQL = """
CREATE FUNCTION payments_metrics() RETURNS TABLE (name text, labels text[], value double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT 'accounts', ARRAY[status::text], sum(accounts)::double precision FROM core_accounttally GROUP BY status
    UNION ALL
    SELECT 'payments_day', ARRAY[p.status::text, p.method::text], count(*)::double precision
    FROM core_agency a JOIN payments_payment p ON p.agency_id = a.id AND p.created_at > now() - interval '1 day'
    GROUP BY p.status, p.method
    UNION ALL
    SELECT 'payments_undecided', ARRAY[p.status::text, p.waits_for::text], count(*)::double precision
    FROM payments_payment p WHERE p.status IN ('pending', 'unknown') GROUP BY p.status, p.waits_for
    UNION ALL
    SELECT 'webhook_events_waiting', ARRAY[e.agency_id::text, e.processor_id::text], count(*)::double precision
    FROM payments_webhookevent e WHERE e.processed_at IS NULL GROUP BY e.agency_id, e.processor_id
    UNION ALL
    SELECT 'breaker_open', ARRAY[p.agency_id::text, p.id::text],
           CASE h.state WHEN 'open' THEN 1 WHEN 'half_open' THEN 0.5 ELSE 0 END
    FROM payments_paymentprocessor p LEFT JOIN payments_gatewayhealth h ON h.processor_id = p.id
    WHERE p.kind = 'stripe' AND p.is_active
    UNION ALL
    SELECT 'queue_waiting', ARRAY[]::text[], count(*)::double precision FROM django_q_ormq WHERE lock <= now()
    UNION ALL
    SELECT 'queue_oldest_seconds', ARRAY[]::text[],
           coalesce(extract(epoch FROM now() - min(lock)), 0)::double precision FROM django_q_ormq WHERE lock <= now()
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0004_settlements_paid_once"), ("core", "0006_tallies"), ("django_q", "0019_alter_task_options_alter_ormq_key_alter_ormq_lock_and_more")]
    operations = [migrations.RunSQL(SQL, "DROP FUNCTION payments_metrics()")]
