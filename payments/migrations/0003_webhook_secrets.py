"""Whose webhook is it? Asked by `core.crossings` before any agency is known; the secrets come encrypted.

The function is the owner's (SECURITY DEFINER), so row-level security does not bind it.
"""

from django.db import migrations

SQL = """
CREATE FUNCTION payments_webhook_secrets(only_processor uuid)
RETURNS TABLE (agency_id uuid, processor_id uuid, secrets text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT processor.agency_id, processor.id, processor.webhook_secrets
    FROM payments_paymentprocessor AS processor JOIN core_agency AS agency ON agency.id = processor.agency_id
    WHERE processor.kind = 'stripe' AND processor.webhook_secrets <> '' AND agency.is_active
      AND (only_processor IS NULL OR processor.id = only_processor)
    ORDER BY processor.id
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_walled")]
    operations = [migrations.RunSQL(SQL, "DROP FUNCTION payments_webhook_secrets(uuid)")]
