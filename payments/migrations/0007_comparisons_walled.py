"""Comparisons behind the wall; the credits there are already, worked out from the entries."""

from django.db import migrations

from core.migration_operations import EnableAgencyWall, KeyWithinAgency

CREDITS = """
UPDATE payments_payment p SET credit = due.credit
FROM (
    SELECT q.id, greatest(q.amount - q.refunded_amount - q.charged_back_amount, 0) + coalesce(sum(e.amount), 0) AS credit
    FROM payments_payment q LEFT JOIN core_balanceentry e ON e.payment = q.id
    WHERE q.status IN ('completed', 'refunded') GROUP BY q.id
) due WHERE due.id = p.id AND due.credit <> p.credit
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0006_credits_and_comparisons")]
    operations = [
        EnableAgencyWall("payments_dailycomparison"),
        KeyWithinAgency("payments_dailycomparison", "processor_id", "payments_paymentprocessor"),
        migrations.RunSQL(CREDITS, migrations.RunSQL.noop),
    ]
