"""Sums of facts, at several levels, and the changes that are not folded into them yet."""

import core.tenancy
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('core', '0022_floor_of_a_settlement'),
    ]

    operations = [
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('subject', models.CharField(max_length=20)),
                ('level', models.CharField(choices=[('change', 'Change'), ('all', 'All'), ('creditor', 'Creditor'), ('collector', 'Collector'), ('pair', 'Pair')], max_length=10)),
                ('day', models.DateField(help_text="In the agency's zone", null=True)),
                ('creditor_id', models.UUIDField(null=True)),
                ('collector_id', models.UUIDField(help_text='None: nobody, or a level that does not tell', null=True)),
                ('detail', models.CharField(db_default='', default='', max_length=20)),
                ('number', models.BigIntegerField()),
                ('amount', models.DecimalField(decimal_places=2, max_digits=16)),
                ('agency', models.ForeignKey(db_constraint=False, db_index=False, default=core.tenancy.current_agency_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.agency')),
            ],
            options={
                'verbose_name_plural': 'tallies',
                'indexes': [models.Index(models.F('agency'), models.F('subject'), condition=models.Q(('level', 'change')), name='tally_changes')],
                'constraints': [models.UniqueConstraint(models.F('agency'), models.F('subject'), models.F('level'), models.F('creditor_id'), models.F('day'), models.F('collector_id'), models.F('detail'), condition=models.Q(('level', 'change'), _negated=True), name='tally_one_row_a_key', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('level__in', ['change', 'all', 'creditor', 'collector', 'pair'])), name='tally_level_is_known')],
            },
        ),
    ]
