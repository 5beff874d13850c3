"""Broken promises are found without looking at every promise."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0013_search_spellings'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='promise',
            index=models.Index(models.F('agency'), models.F('account'), condition=models.Q(('status__in', ['broken', 'partial'])), name='promise_broken'),
        ),
    ]
