"""An outcome belongs to channels and directions; a promise comes of a conversation."""

import core.models.contacts
import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0014_broken_promises'),
    ]

    operations = [
        migrations.AddField(
            model_name='disposition',
            name='channels',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('call', 'Call'), ('email', 'E-mail'), ('letter', 'Letter'), ('in_person', 'In person')], max_length=12), default=core.models.contacts.every_channel),
        ),
        migrations.AddField(
            model_name='disposition',
            name='directions',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('out', 'Outgoing'), ('in', 'Incoming')], max_length=4), default=core.models.contacts.both_directions),
        ),
        migrations.AddConstraint(
            model_name='disposition',
            constraint=models.CheckConstraint(condition=models.Q(('channels__contained_by', ['call', 'email', 'letter', 'in_person']), ('channels__len__gt', 0)), name='disposition_channels_are_known'),
        ),
        migrations.AddConstraint(
            model_name='disposition',
            constraint=models.CheckConstraint(condition=models.Q(('directions__contained_by', ['out', 'in']), ('directions__len__gt', 0)), name='disposition_directions_are_known'),
        ),
        migrations.AddConstraint(
            model_name='disposition',
            constraint=models.CheckConstraint(condition=models.Q(('asks_promise', False), ('conversation', True), _connector='OR'), name='disposition_promise_comes_of_conversation'),
        ),
    ]
