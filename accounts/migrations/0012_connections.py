
import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import uuid
from django.conf import settings
from django.db import migrations, models

from govsocial.web.operations import AddConstraint, AddField, AddIndex, AddTrigger, CreateModel


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0011_list_known_accounts'),
    ]

    operations = [
        CreateModel(
            name='Revocation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('host', models.CharField(blank=True, max_length=200)),
                ('sealed', models.TextField(editable=False)),
                ('key_version', models.PositiveIntegerField(editable=False)),
                ('outcome', models.CharField(choices=[('waiting', 'The platform is being told'), ('revoked', 'Revoked at the platform'), ('not_offered', 'The platform has no call for this'), ('shared', 'Left standing: other accounts are connected by the same consent'), ('unanswered', 'The platform did not answer')], default='waiting', max_length=12)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('next_try_at', models.DateTimeField()),
                ('last_error', models.CharField(blank=True, max_length=40)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('settled_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'revocation',
                'verbose_name_plural': 'revocations',
                'ordering': ['-created_at'],
            },
        ),
        AddField(
            model_name='credential',
            name='access_expires_at',
            field=models.DateTimeField(null=True),
        ),
        AddField(
            model_name='credential',
            name='expires_at',
            field=models.DateTimeField(null=True),
        ),
        AddField(
            model_name='credential',
            name='last_error',
            field=models.CharField(blank=True, max_length=40),
        ),
        AddField(
            model_name='credential',
            name='last_error_at',
            field=models.DateTimeField(null=True),
        ),
        AddField(
            model_name='credential',
            name='last_error_words',
            field=models.CharField(blank=True, max_length=300),
        ),
        AddField(
            model_name='credential',
            name='last_success_at',
            field=models.DateTimeField(null=True),
        ),
        AddField(
            model_name='credential',
            name='missing_scopes',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), default=list, size=None),
        ),
        AddField(
            model_name='credential',
            name='refresh_started_at',
            field=models.DateTimeField(null=True),
        ),
        AddField(
            model_name='credential',
            name='renew_after',
            field=models.DateTimeField(null=True),
        ),
        AddField(
            model_name='credential',
            name='scopes',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), default=list, size=None),
        ),
        CreateModel(
            name='ConnectionWarning',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('days', models.PositiveSmallIntegerField()),
                ('about', models.DateTimeField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('letters', models.PositiveIntegerField(default=0)),
                ('credential', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='warnings', to='accounts.credential')),
            ],
            options={
                'verbose_name': 'warning about a connection',
                'verbose_name_plural': 'warnings about connections',
            },
        ),
        CreateModel(
            name='PlatformApp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('platform', models.CharField(choices=[('instagram', 'Instagram'), ('facebook', 'Facebook'), ('x', 'X'), ('youtube', 'YouTube'), ('tiktok', 'TikTok'), ('threads', 'Threads'), ('bluesky', 'Bluesky'), ('mastodon', 'Mastodon'), ('feed', 'Website or blog'), ('whatsapp', 'WhatsApp channel'), ('telegram', 'Telegram'), ('linkedin', 'LinkedIn'), ('wiki', 'Wiki'), ('other', 'Another platform')], max_length=20, verbose_name='platform')),
                ('host', models.CharField(blank=True, max_length=200, verbose_name='server')),
                ('client_id', models.CharField(max_length=300, verbose_name='client ID')),
                ('sealed', models.TextField(editable=False)),
                ('key_version', models.PositiveIntegerField(editable=False)),
                ('redirect_uri', models.CharField(blank=True, max_length=300, verbose_name='redirect address')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('changed_at', models.DateTimeField()),
                ('removed_at', models.DateTimeField(null=True)),
                ('changed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'application at a platform',
                'verbose_name_plural': 'applications at platforms',
            },
        ),
        CreateModel(
            name='ConsentRequest',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('state_sha256', models.CharField(editable=False, max_length=64, unique=True)),
                ('browser_sha256', models.CharField(editable=False, max_length=64)),
                ('redirect_uri', models.CharField(max_length=300)),
                ('sealed', models.TextField(editable=False)),
                ('key_version', models.PositiveIntegerField(editable=False)),
                ('status', models.CharField(choices=[('waiting', 'Waiting for the platform'), ('answered', 'Answered'), ('choosing', 'Waiting for a choice'), ('connected', 'Connected'), ('refused', 'Refused')], default='waiting', max_length=10)),
                ('reason', models.CharField(blank=True, max_length=40)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('expires_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(null=True)),
                ('official_account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.officialaccount')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('app', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.platformapp')),
            ],
            options={
                'verbose_name': 'request for consent',
                'verbose_name_plural': 'requests for consent',
            },
        ),
        AddField(
            model_name='credential',
            name='app',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='credentials', to='accounts.platformapp'),
        ),
        AddIndex(
            model_name='credential',
            index=models.Index(condition=models.Q(('status', 'good')), fields=['expires_at'], name='credential_that_ends'),
        ),
        AddConstraint(
            model_name='credential',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('last_error', ''), ('last_error_at', None)), models.Q(models.Q(('last_error', ''), _negated=True), ('last_error_at__isnull', False)), _connector='OR'), name='credential_error_is_dated'),
        ),
        AddField(
            model_name='revocation',
            name='app',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.platformapp'),
        ),
        AddField(
            model_name='revocation',
            name='official_account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='revocations', to='accounts.officialaccount'),
        ),
        AddField(
            model_name='revocation',
            name='requested_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        AddConstraint(
            model_name='connectionwarning',
            constraint=models.UniqueConstraint(fields=('credential', 'days', 'about'), name='connection_warning_once'),
        ),
        AddTrigger(
            model_name='connectionwarning',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='88c030c6bcc63c05d90d9a249f3473e1daa76822', operation='DELETE', pgid='pgtrigger_never_deleted_09d0a', table='accounts_connectionwarning', when='BEFORE')),
        ),
        AddConstraint(
            model_name='platformapp',
            constraint=models.UniqueConstraint(fields=('platform', 'host'), name='platform_app_once'),
        ),
        AddConstraint(
            model_name='platformapp',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('removed_at__isnull', False), ('sealed', '')), models.Q(('removed_at', None), models.Q(('sealed', ''), _negated=True)), _connector='OR'), name='platform_app_removed_holds_no_secret'),
        ),
        AddTrigger(
            model_name='platformapp',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='32be553214bfa3eefa89dbe1cb7e60d035c988d2', operation='DELETE', pgid='pgtrigger_never_deleted_d6efe', table='accounts_platformapp', when='BEFORE')),
        ),
        AddTrigger(
            model_name='platformapp',
            trigger=pgtrigger.compiler.Trigger(name='stays_itself', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."platform" IS DISTINCT FROM (NEW."platform") OR OLD."host" IS DISTINCT FROM (NEW."host") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='de0a07f7d1eeed4cb69d38cc21ab23d7edd07527', operation='UPDATE', pgid='pgtrigger_stays_itself_87f43', table='accounts_platformapp', when='BEFORE')),
        ),
        AddIndex(
            model_name='consentrequest',
            index=models.Index(condition=models.Q(('settled_at', None)), fields=['expires_at'], name='consent_request_open'),
        ),
        AddConstraint(
            model_name='consentrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', False), ('status__in', ['connected', 'refused'])), models.Q(models.Q(('status__in', ['connected', 'refused']), _negated=True), ('settled_at', None)), _connector='OR'), name='consent_request_settled_is_dated'),
        ),
        AddConstraint(
            model_name='consentrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['waiting', 'choosing']), models.Q(('sealed', ''), _negated=True)), models.Q(models.Q(('status__in', ['waiting', 'choosing']), _negated=True), ('sealed', '')), _connector='OR'), name='consent_request_settled_holds_no_secret'),
        ),
        AddTrigger(
            model_name='consentrequest',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='d0b8e394610eb601c2806c35bf08eb805c778580', operation='DELETE', pgid='pgtrigger_never_deleted_2962d', table='accounts_consentrequest', when='BEFORE')),
        ),
        AddTrigger(
            model_name='consentrequest',
            trigger=pgtrigger.compiler.Trigger(name='stays_itself', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."official_account_id" IS DISTINCT FROM (NEW."official_account_id") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id") OR OLD."app_id" IS DISTINCT FROM (NEW."app_id") OR OLD."state_sha256" IS DISTINCT FROM (NEW."state_sha256") OR OLD."browser_sha256" IS DISTINCT FROM (NEW."browser_sha256"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='1733e36afe11cb2d371974544397e47fe9fe3d9f', operation='UPDATE', pgid='pgtrigger_stays_itself_563f4', table='accounts_consentrequest', when='BEFORE')),
        ),
        AddIndex(
            model_name='revocation',
            index=models.Index(condition=models.Q(('settled_at', None)), fields=['next_try_at'], name='revocation_to_do'),
        ),
        AddConstraint(
            model_name='revocation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'waiting'), ('settled_at', None), models.Q(('sealed', ''), _negated=True)), models.Q(models.Q(('outcome', 'waiting'), _negated=True), ('sealed', ''), ('settled_at__isnull', False)), _connector='OR'), name='revocation_settled_holds_no_secret'),
        ),
        AddTrigger(
            model_name='revocation',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='49595754baf3f5ddfea00279af2ca4c352d6d1a3', operation='DELETE', pgid='pgtrigger_never_deleted_9e7d5', table='accounts_revocation', when='BEFORE')),
        ),
    ]
