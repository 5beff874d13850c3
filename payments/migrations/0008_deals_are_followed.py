"""Missed instalments are told once, copies are sent once, offers say why and are listed by status."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0022_floor_of_a_settlement'),
        ('payments', '0007_comparisons_walled'),
    ]

    operations = [
        migrations.AddField(
            model_name='instalment',
            name='missed_at',
            field=models.DateTimeField(blank=True, help_text='When its collector was told so', null=True),
        ),
        migrations.AddField(
            model_name='paymentplan',
            name='copy_due',
            field=models.BooleanField(db_default=False, default=False, help_text='A copy for the debtor is to be sent'),
        ),
        migrations.AddField(
            model_name='settlementoffer',
            name='note',
            field=models.CharField(blank=True, db_default='', default='', help_text='Why so little', max_length=255),
        ),
        migrations.AddIndex(
            model_name='settlementoffer',
            index=models.Index(models.F('agency'), models.F('status'), models.F('created_at'), models.F('id'), name='settlement_status'),
        ),
    ]
