"""What was done to many accounts at once, for as long as it can be undone."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.uuid
from django.conf import settings
from django.db import migrations, models

import core.tenancy
from core.migration_operations import EnableAgencyWall


class Migration(migrations.Migration):

    dependencies = [
        ('worklist', '0002_agency_wall'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BulkAct',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('kind', models.CharField(choices=[('assignment', 'Assignment'), ('priority', 'Priority')], max_length=12)),
                ('done_at', models.DateTimeField()),
                ('accounts', models.JSONField(default=list)),
                ('undone', models.PositiveIntegerField(null=True)),
                ('agency', models.ForeignKey(db_index=False, default=core.tenancy.current_agency_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.agency')),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(models.F('agency'), models.F('owner'), models.F('done_at'), name='bulk_act_owner')],
            },
        ),
        EnableAgencyWall("worklist_bulkact"),
    ]
