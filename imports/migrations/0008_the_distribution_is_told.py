"""What automatic distribution did with the new accounts of a job."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('imports', '0007_a_lost_trial_is_found'),
    ]

    operations = [
        migrations.AddField(
            model_name='sftpimportjob',
            name='distribution',
            field=models.JSONField(db_default=models.Value({}, output_field=models.JSONField()), default=dict, editable=False),
        ),
    ]
