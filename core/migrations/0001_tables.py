"""The ground (extensions, the application's role, the fold of the name search) and the kernel's tables.

Triggers, partitions and policies follow, one idea a file.
"""

import core.encryption
import core.models.agencies
import core.tenancy
import django.contrib.auth.models
import django.contrib.auth.validators
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.db.models.functions.uuid
import django.utils.timezone
import django_fsm
from decimal import Decimal
from django.conf import settings
from django.contrib.postgres.operations import BtreeGinExtension, TrigramExtension, UnaccentExtension
from django.db import migrations, models

from core.database_role import CREATE_ROLE


FOLD = """
CREATE FUNCTION core_fold(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$ SELECT lower(public.unaccent('public.unaccent'::regdictionary, words)) $$
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
    ]

    operations = [
        TrigramExtension(),
        BtreeGinExtension(),
        UnaccentExtension(),
        migrations.RunSQL(CREATE_ROLE, migrations.RunSQL.noop),
        migrations.RunSQL(FOLD, "DROP FUNCTION core_fold(text)"),
        migrations.CreateModel(
            name='Agency',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('name', models.CharField(max_length=200, unique=True)),
                ('license_number', models.CharField(blank=True, max_length=100, null=True, unique=True)),
                ('timezone', models.CharField(default='America/New_York', max_length=64, validators=[core.models.agencies.valid_timezone])),
                ('currency', models.CharField(choices=[('USD', 'US dollar')], default='USD', max_length=3)),
                ('settings', models.JSONField(blank=True, default=dict, validators=[core.models.agencies.valid_settings])),
                ('is_active', models.BooleanField(default=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'verbose_name_plural': 'agencies',
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='agency_name_unique_ignoring_case')],
            },
        ),
        migrations.CreateModel(
            name='Account',
            fields=[
                ('status', django_fsm.FSMField(choices=[('new', 'New'), ('assigned', 'Assigned'), ('in_contact', 'In contact'), ('negotiating', 'Negotiating'), ('payment_plan', 'Payment plan'), ('settled', 'Settled'), ('closed', 'Closed'), ('disputed', 'Disputed')], default='new', max_length=20, protected=True)),
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('external_ref', models.CharField(max_length=100)),
                ('original_amount', models.DecimalField(decimal_places=2, max_digits=12, validators=[django.core.validators.MinValueValidator(Decimal('0.01'))])),
                ('current_balance', models.DecimalField(db_default=Decimal('0'), decimal_places=2, editable=False, max_digits=12)),
                ('balance_cents', models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Cast(django.db.models.expressions.CombinedExpression(models.F('current_balance'), '*', models.Value(100)), models.BigIntegerField()), output_field=models.BigIntegerField())),
                ('priority', models.PositiveSmallIntegerField(choices=[(0, 'Low'), (1, 'Normal'), (2, 'High'), (3, 'Urgent')], default=0)),
                ('account_type', models.CharField(blank=True, default='', max_length=50)),
                ('due_date', models.DateField(blank=True, null=True)),
                ('particulars', models.JSONField(blank=True, default=dict, help_text='Columns of the file that we have no name for')),
                ('last_contact_at', models.DateTimeField(blank=True, null=True)),
                ('next_action_at', models.DateTimeField(blank=True, null=True)),
                ('next_action', models.CharField(blank=True, default='', max_length=200)),
                ('closed_reason', models.CharField(blank=True, choices=[('paid', 'Paid or settled'), ('recalled', 'Recalled by the creditor'), ('bankrupt', 'Bankruptcy'), ('deceased', 'Deceased'), ('uncollectible', 'Uncollectible'), ('time_barred', 'Time-barred'), ('error', 'Placed in error'), ('dispute_upheld', 'Dispute upheld')], default='', max_length=20)),
                ('assigned_at', models.DateTimeField(blank=True, null=True)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('last_import_job', models.UUIDField(blank=True, editable=False, null=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('agency', models.ForeignKey(db_index=False, default=core.tenancy.current_agency_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.agency')),
            ],
            bases=(django_fsm.ConcurrentTransitionMixin, models.Model),
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                ('role', models.CharField(blank=True, choices=[('agency_admin', 'Agency admin'), ('collector', 'Collector'), ('readonly', 'Read-only')], max_length=20)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='users', to='core.agency')),
            ],
            managers=[
                ('objects', django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='BalanceEntry',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('kind', models.CharField(choices=[('placement', 'Placement'), ('payment', 'Payment'), ('refund', 'Refund'), ('chargeback', 'Chargeback'), ('adjustment', 'Adjustment'), ('interest', 'Interest'), ('fee', 'Fee'), ('waiver', 'Waiver')], max_length=12)),
                ('bucket', models.CharField(choices=[('principal', 'Principal'), ('interest', 'Interest'), ('fees', 'Fees'), ('costs', 'Costs')], db_default='principal', default='principal', max_length=12)),
                ('amount', models.DecimalField(decimal_places=2, help_text='Positive: the debtor owes more', max_digits=12)),
                ('reason', models.CharField(blank=True, db_default='', default='', max_length=255)),
                ('account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='balance_entries', to='core.account')),
                ('actor', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('agency', models.ForeignKey(db_index=False, default=core.tenancy.current_agency_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.agency')),
            ],
            options={
                'verbose_name_plural': 'balance entries',
                'ordering': ['created_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Collector',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('commission_rate', models.DecimalField(decimal_places=4, default=Decimal('0.1000'), help_text='Share of each payment, 0.10 is ten percent.', max_digits=5, validators=[django.core.validators.MinValueValidator(Decimal('0')), django.core.validators.MaxValueValidator(Decimal('1'))])),
                ('is_active', models.BooleanField(default=True)),
                ('max_accounts', models.PositiveIntegerField(default=200)),
                ('agency', models.ForeignKey(db_index=False, default=core.tenancy.current_agency_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.agency')),
                ('user', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='collector', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['user__first_name', 'user__last_name', 'id'],
            },
        ),
        migrations.AddField(
            model_name='account',
            name='assigned_to',
            field=models.ForeignKey(db_constraint=False, blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='accounts', to='core.collector'),
        ),
        migrations.CreateModel(
            name='Creditor',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('name', models.CharField(max_length=200)),
                ('external_ref', models.CharField(blank=True, max_length=100)),
                ('contact_name', models.CharField(blank=True, max_length=200)),
                ('contact_email', models.EmailField(blank=True, max_length=254)),
                ('contact_phone', models.CharField(blank=True, max_length=40)),
                ('contingency_rate', models.DecimalField(decimal_places=4, default=Decimal('0.2500'), help_text="The agency's share of what it collects, 0.25 is twenty-five percent.", max_digits=5, validators=[django.core.validators.MinValueValidator(Decimal('0')), django.core.validators.MaxValueValidator(Decimal('1'))])),
                ('is_active', models.BooleanField(default=True)),
                ('agency', models.ForeignKey(db_index=False, default=core.tenancy.current_agency_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.agency')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.AddField(
            model_name='account',
            name='creditor',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='accounts', to='core.creditor'),
        ),
        migrations.CreateModel(
            name='Debtor',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('external_ref', models.CharField(max_length=120)),
                ('full_name', models.CharField(max_length=255)),
                ('search_name', models.GeneratedField(db_persist=True, expression=models.Func(models.F('full_name'), function='core_fold'), output_field=models.CharField(max_length=512))),
                ('ssn_last4', core.encryption.EncryptedTextField(blank=True, default='')),
                ('date_of_birth', core.encryption.EncryptedTextField(blank=True, default='', help_text='ISO date, YYYY-MM-DD')),
                ('address_line1', models.CharField(blank=True, default='', max_length=255)),
                ('city', models.CharField(blank=True, default='', max_length=100)),
                ('state', models.CharField(blank=True, default='', max_length=2)),
                ('zip', models.CharField(blank=True, default='', max_length=10)),
                ('language', models.CharField(blank=True, default='', max_length=8)),
                ('time_zones', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), blank=True, default=list)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('agency', models.ForeignKey(db_index=False, default=core.tenancy.current_agency_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.agency')),
            ],
        ),
        migrations.CreateModel(
            name='ContactPoint',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('kind', models.CharField(choices=[('phone', 'Phone'), ('email', 'E-mail')], max_length=8)),
                ('value', models.CharField(help_text='E.164 for phones, lower case for e-mail addresses', max_length=320)),
                ('source', models.CharField(choices=[('file', "Creditor's file"), ('debtor', 'Debtor'), ('collector', 'Collector'), ('vendor', 'Vendor')], default='file', max_length=12)),
                ('status', models.CharField(choices=[('active', 'Active'), ('invalid', 'Invalid'), ('opted_out', 'Opted out')], default='active', max_length=12)),
                ('is_primary', models.BooleanField(default=False)),
                ('time_zones', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), blank=True, default=list)),
                ('consent_given_at', models.DateTimeField(blank=True, null=True)),
                ('consent_source', models.CharField(blank=True, default='', max_length=200)),
                ('consent_revoked_at', models.DateTimeField(blank=True, null=True)),
                ('agency', models.ForeignKey(db_index=False, default=core.tenancy.current_agency_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.agency')),
                ('debtor', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='contact_points', to='core.debtor')),
            ],
            options={
                'ordering': ['-is_primary', 'kind', 'id'],
            },
        ),
        migrations.AddField(
            model_name='account',
            name='debtor',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='accounts', to='core.debtor'),
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('kind', models.CharField(choices=[('dispute', 'Dispute'), ('cease', 'Cease communication'), ('attorney', 'Represented by an attorney'), ('bankruptcy', 'Bankruptcy'), ('deceased', 'Deceased'), ('fraud', 'Fraud or identity theft'), ('military', 'Military service'), ('recall', 'Recall pending')], max_length=12)),
                ('reason', models.CharField(blank=True, default='', max_length=500)),
                ('placed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('lifted_at', models.DateTimeField(blank=True, null=True)),
                ('account', models.ForeignKey(db_constraint=False, blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='core.account')),
                ('agency', models.ForeignKey(db_index=False, default=core.tenancy.current_agency_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.agency')),
                ('debtor', models.ForeignKey(db_constraint=False, blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='core.debtor')),
                ('lifted_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('placed_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-placed_at'],
            },
        ),
        migrations.CreateModel(
            name='Activity',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('kind', models.CharField(choices=[('note', 'Note'), ('status', 'Status'), ('assignment', 'Assignment'), ('contact', 'Contact'), ('payment', 'Payment'), ('promise', 'Promise'), ('import', 'Import'), ('balance', 'Balance'), ('hold', 'Hold'), ('system', 'System')], max_length=12)),
                ('body', models.TextField(blank=True, db_default='', default='')),
                ('data', models.JSONField(db_default=models.Value('{}', output_field=models.JSONField()), default=dict)),
                ('account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='activities', to='core.account')),
                ('actor', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('agency', models.ForeignKey(db_index=False, default=core.tenancy.current_agency_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.agency')),
            ],
            options={
                'verbose_name_plural': 'activities',
                'ordering': ['-created_at', '-id'],
                'indexes': [models.Index(models.F('account'), models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='activity_timeline')],
            },
        ),
        migrations.CreateModel(
            name='AccountTally',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('collector_id', models.UUIDField(null=True)),
                ('status', models.CharField(max_length=20)),
                ('accounts', models.BigIntegerField()),
                ('balance', models.DecimalField(decimal_places=2, max_digits=16)),
                ('agency', models.ForeignKey(db_index=False, default=core.tenancy.current_agency_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.agency')),
            ],
            options={
                'verbose_name_plural': 'account tallies',
                'indexes': [models.Index(models.F('agency'), models.F('collector_id'), models.F('status'), name='account_tally_key')],
            },
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='user_email_unique_ignoring_case'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('username'), name='user_username_unique_ignoring_case'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('agency', None), ('is_superuser', True), ('role', '')), models.Q(('agency__isnull', False), ('is_superuser', False), ('role__in', ['agency_admin', 'collector', 'readonly'])), _connector='OR'), name='user_has_agency_and_role_or_is_superuser'),
        ),
        migrations.AddIndex(
            model_name='balanceentry',
            index=models.Index(models.F('account'), models.F('created_at'), name='balance_entry_account'),
        ),
        migrations.AddConstraint(
            model_name='balanceentry',
            constraint=models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='balance_entry_not_zero'),
        ),
        migrations.AddConstraint(
            model_name='balanceentry',
            constraint=models.UniqueConstraint(models.F('account'), condition=models.Q(('kind', 'placement')), name='balance_entry_one_placement'),
        ),
        migrations.AddIndex(
            model_name='collector',
            index=models.Index(fields=['agency'], name='collector_agency'),
        ),
        migrations.AddConstraint(
            model_name='collector',
            constraint=models.CheckConstraint(condition=models.Q(('commission_rate__gte', 0), ('commission_rate__lte', 1)), name='collector_rate_is_a_share'),
        ),
        migrations.AddConstraint(
            model_name='creditor',
            constraint=models.UniqueConstraint(models.F('agency'), django.db.models.functions.text.Lower('name'), name='creditor_name_unique_in_agency'),
        ),
        migrations.AddConstraint(
            model_name='creditor',
            constraint=models.CheckConstraint(condition=models.Q(('contingency_rate__gte', 0), ('contingency_rate__lte', 1)), name='creditor_rate_is_a_share'),
        ),
        migrations.AddIndex(
            model_name='debtor',
            index=django.contrib.postgres.indexes.GinIndex(models.F('agency'), django.contrib.postgres.indexes.OpClass('search_name', name='gin_trgm_ops'), name='debtor_name_search'),
        ),
        migrations.AddConstraint(
            model_name='debtor',
            constraint=models.UniqueConstraint(models.F('agency'), models.F('external_ref'), name='debtor_ref_unique_in_agency'),
        ),
        migrations.AddIndex(
            model_name='contactpoint',
            index=models.Index(models.F('agency'), models.F('value'), name='contact_point_value'),
        ),
        migrations.AddConstraint(
            model_name='contactpoint',
            constraint=models.UniqueConstraint(models.F('debtor'), models.F('kind'), models.F('value'), name='contact_point_unique_for_debtor'),
        ),
        migrations.AddConstraint(
            model_name='contactpoint',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['phone', 'email'])), name='contact_point_kind_is_known'),
        ),
        migrations.AddIndex(
            model_name='account',
            index=models.Index(models.F('agency'), models.F('status'), models.F('created_at'), name='account_status_created'),
        ),
        migrations.AddIndex(
            model_name='account',
            index=models.Index(models.F('agency'), models.F('created_at'), models.F('id'), name='account_created'),
        ),
        migrations.AddIndex(
            model_name='account',
            index=models.Index(models.F('agency'), models.F('priority'), models.F('balance_cents'), models.F('id'), condition=models.Q(('status__in', ['assigned', 'disputed', 'in_contact', 'negotiating', 'new', 'payment_plan'])), name='account_worklist_agency'),
        ),
        migrations.AddIndex(
            model_name='account',
            index=models.Index(models.F('agency'), models.F('assigned_to'), models.F('priority'), models.F('balance_cents'), models.F('id'), name='account_worklist_collector'),
        ),
        migrations.AddIndex(
            model_name='account',
            index=models.Index(models.F('agency'), models.F('next_action_at'), models.F('id'), condition=models.Q(('status__in', ['assigned', 'disputed', 'in_contact', 'negotiating', 'new', 'payment_plan']), ('next_action_at__isnull', False)), name='account_due'),
        ),
        migrations.AddIndex(
            model_name='account',
            index=models.Index(models.F('agency'), models.F('assigned_to'), models.F('next_action_at'), models.F('id'), condition=models.Q(('status__in', ['assigned', 'disputed', 'in_contact', 'negotiating', 'new', 'payment_plan']), ('next_action_at__isnull', False)), name='account_due_collector'),
        ),
        migrations.AddIndex(
            model_name='account',
            index=models.Index(models.F('agency'), models.F('balance_cents'), models.F('id'), condition=models.Q(('status__in', ['assigned', 'disputed', 'in_contact', 'negotiating', 'new', 'payment_plan'])), name='account_balance'),
        ),
        migrations.AddIndex(
            model_name='account',
            index=models.Index(models.F('agency'), models.F('last_contact_at'), models.F('id'), condition=models.Q(('status__in', ['assigned', 'disputed', 'in_contact', 'negotiating', 'new', 'payment_plan'])), name='account_last_contact'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.UniqueConstraint(models.F('agency'), models.F('external_ref'), name='account_ref_unique_in_agency'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('current_balance__gte', 0)), name='account_balance_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('original_amount__gt', 0)), name='account_amount_positive'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('priority__lte', 3)), name='account_priority_0_to_3'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['new', 'assigned', 'in_contact', 'negotiating', 'payment_plan', 'settled', 'closed', 'disputed'])), name='account_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('account__isnull', False), ('debtor__isnull', True)), models.Q(('account__isnull', True), ('debtor__isnull', False)), _connector='OR'), name='hold_is_on_an_account_or_a_debtor'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.UniqueConstraint(models.F('account'), models.F('kind'), condition=models.Q(('lifted_at__isnull', True)), name='hold_once_per_account'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.UniqueConstraint(models.F('debtor'), models.F('kind'), condition=models.Q(('lifted_at__isnull', True)), name='hold_once_per_debtor'),
        ),
    ]
