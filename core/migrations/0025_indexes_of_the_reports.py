"""The lists behind the reports, and what waits for a manager, are found by index (deploy/performance.md)."""
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0024_broken_promises_that_wait'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='account',
            index=models.Index(models.F('agency'), models.F('due_date'), models.F('id'), condition=models.Q(('status__in', ['assigned', 'disputed', 'in_contact', 'negotiating', 'new', 'payment_plan'])), name='account_due_date'),
        ),
        migrations.AddIndex(
            model_name='account',
            index=models.Index(models.F('agency'), models.F('creditor'), models.F('created_at'), models.F('id'), name='account_creditor'),
        ),
        migrations.AddIndex(
            model_name='account',
            index=models.Index(models.F('agency'), models.F('created_at'), models.F('id'), condition=models.Q(('status__in', ['assigned', 'disputed', 'in_contact', 'negotiating', 'new', 'payment_plan']), ('broken_promise_at__isnull', False)), name='account_broken_promise'),
        ),
        migrations.AddIndex(
            model_name='balanceentry',
            index=models.Index(models.F('agency'), models.F('created_at'), models.F('id'), condition=models.Q(('kind__in', ['payment', 'refund', 'chargeback'])), name='balance_entry_money'),
        ),
        migrations.AddIndex(
            model_name='contactattempt',
            index=models.Index(models.F('agency'), models.F('at'), models.F('id'), name='contact_attempt_agency'),
        ),
        migrations.AddIndex(
            model_name='hold',
            index=models.Index(models.F('agency'), models.F('placed_at'), condition=models.Q(('kind', 'dispute'), ('lifted_at__isnull', True)), name='hold_open_dispute'),
        ),
        migrations.AddIndex(
            model_name='promise',
            index=models.Index(models.F('agency'), models.F('created_at'), models.F('id'), name='promise_made'),
        ),
        migrations.AddIndex(
            model_name='promise',
            index=models.Index(models.F('agency'), models.F('due_date'), models.F('id'), name='promise_due'),
        ),
    ]
