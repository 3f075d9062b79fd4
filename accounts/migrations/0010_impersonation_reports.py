
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

from govsocial.web.operations import AddConstraint, AddIndex, AddTrigger, CreateModel


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0009_public_register'),
    ]

    operations = [
        CreateModel(
            name='ImpersonationReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=12, unique=True, verbose_name='reference number')),
                ('platform', models.CharField(blank=True, choices=[('instagram', 'Instagram'), ('facebook', 'Facebook'), ('x', 'X'), ('youtube', 'YouTube'), ('tiktok', 'TikTok'), ('threads', 'Threads'), ('bluesky', 'Bluesky'), ('mastodon', 'Mastodon'), ('feed', 'Website or blog'), ('whatsapp', 'WhatsApp channel'), ('telegram', 'Telegram'), ('linkedin', 'LinkedIn'), ('wiki', 'Wiki'), ('other', 'Another platform')], max_length=20, verbose_name='platform')),
                ('suspect', models.CharField(max_length=300, verbose_name='suspect account')),
                ('suspect_key', models.CharField(max_length=300)),
                ('status', models.CharField(choices=[('new', 'New'), ('checking', 'Being checked'), ('reported', 'Reported to the platform'), ('taken_down', 'Taken down'), ('not_imitation', 'Not an imitation'), ('refused', 'Refused by the platform'), ('dismissed', 'Set aside')], default='new', max_length=15, verbose_name='status')),
                ('opened_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='reported')),
                ('checking_at', models.DateTimeField(null=True)),
                ('reported_at', models.DateTimeField(null=True)),
                ('settled_at', models.DateTimeField(null=True)),
                ('ticket', models.CharField(blank=True, max_length=120, verbose_name='ticket number at the platform')),
                ('assigned_to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='assigned to')),
                ('official_account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='impersonations', to='accounts.officialaccount', verbose_name='imitated account')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.unit', verbose_name='unit')),
            ],
            options={
                'verbose_name': 'impersonation report',
                'verbose_name_plural': 'impersonation reports',
                'ordering': ['-opened_at', '-pk'],
            },
        ),
        CreateModel(
            name='ImpersonationNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(blank=True, choices=[('new', 'New'), ('checking', 'Being checked'), ('reported', 'Reported to the platform'), ('taken_down', 'Taken down'), ('not_imitation', 'Not an imitation'), ('refused', 'Refused by the platform'), ('dismissed', 'Set aside')], max_length=15)),
                ('text', models.TextField(max_length=2000, verbose_name='remark')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='accounts.impersonationreport')),
            ],
            options={
                'verbose_name': 'remark on an impersonation',
                'verbose_name_plural': 'remarks on impersonations',
                'ordering': ['-created_at', '-pk'],
            },
        ),
        CreateModel(
            name='ImpersonationStatement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('public', 'From the public'), ('staff', 'From staff')], max_length=10, verbose_name='channel')),
                ('happened', models.TextField(max_length=2000, verbose_name='what happened')),
                ('reporter_name', models.CharField(blank=True, max_length=150, verbose_name='name')),
                ('reporter_email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('code_sha256', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('erased_at', models.DateTimeField(null=True)),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='accounts.impersonationreport')),
                ('reported_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'statement about an impersonation',
                'verbose_name_plural': 'statements about impersonations',
                'ordering': ['created_at', 'pk'],
            },
        ),
        CreateModel(
            name='ImpersonationEvidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.document')),
                ('statement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='accounts.impersonationstatement')),
            ],
            options={
                'verbose_name': 'evidence of an impersonation',
                'verbose_name_plural': 'evidence of impersonations',
            },
        ),
        AddIndex(
            model_name='impersonationreport',
            index=models.Index(fields=['unit', 'status'], name='impersonation_by_unit'),
        ),
        AddConstraint(
            model_name='impersonationreport',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['new', 'checking', 'reported'])), fields=('suspect_key',), name='impersonation_open_once'),
        ),
        AddConstraint(
            model_name='impersonationreport',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['new', 'checking', 'reported', 'taken_down', 'not_imitation', 'refused', 'dismissed'])), name='impersonation_status_is_known'),
        ),
        AddConstraint(
            model_name='impersonationreport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['reported', 'refused']), _negated=True), ('reported_at__isnull', False), _connector='OR'), name='impersonation_reported_is_dated'),
        ),
        AddConstraint(
            model_name='impersonationreport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', True), ('status__in', ['new', 'checking', 'reported'])), models.Q(('settled_at__isnull', False), ('status__in', ['taken_down', 'not_imitation', 'refused', 'dismissed'])), _connector='OR'), name='impersonation_settled_is_dated'),
        ),
        AddTrigger(
            model_name='impersonationreport',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='e49321e480e2d07c17690a57d3be5fdfab965891', operation='DELETE', pgid='pgtrigger_never_deleted_c272f', table='accounts_impersonationreport', when='BEFORE')),
        ),
        AddTrigger(
            model_name='impersonationreport',
            trigger=pgtrigger.compiler.Trigger(name='stays_itself', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."platform" IS DISTINCT FROM (NEW."platform") OR OLD."suspect" IS DISTINCT FROM (NEW."suspect") OR OLD."suspect_key" IS DISTINCT FROM (NEW."suspect_key") OR OLD."opened_at" IS DISTINCT FROM (NEW."opened_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='7b4766a7e1fcccec491b5aa7c22ce61fe3596165', operation='UPDATE', pgid='pgtrigger_stays_itself_1b436', table='accounts_impersonationreport', when='BEFORE')),
        ),
        AddTrigger(
            model_name='impersonationreport',
            trigger=pgtrigger.compiler.Trigger(name='moves', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{new:checking,new:dismissed,checking:reported,checking:taken_down,checking:not_imitation,checking:dismissed,reported:taken_down,reported:refused,refused:reported,not_imitation:checking,dismissed:checking}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='498e8aa28518724e2012dcbf9dd71ef1b2c0bac1', operation='UPDATE', pgid='pgtrigger_moves_97b6d', table='accounts_impersonationreport', when='BEFORE')),
        ),
        AddTrigger(
            model_name='impersonationnote',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a098ceccaed01c85f28377c3311771220295ca79', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_9a175', table='accounts_impersonationnote', when='BEFORE')),
        ),
        AddConstraint(
            model_name='impersonationstatement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('channel', 'public'), ('reported_by', None)), models.Q(('channel', 'staff'), ('reported_by__isnull', False)), _connector='OR'), name='statement_of_staff_names_who'),
        ),
        AddConstraint(
            model_name='impersonationstatement',
            constraint=models.CheckConstraint(condition=models.Q(('erased_at', None), models.Q(('reporter_email', ''), ('reporter_name', '')), _connector='OR'), name='statement_erased_holds_no_reporter'),
        ),
        AddTrigger(
            model_name='impersonationstatement',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='3e9a07222bc05957fcbe4c881c0cde42424fc330', operation='DELETE', pgid='pgtrigger_never_deleted_cc52a', table='accounts_impersonationstatement', when='BEFORE')),
        ),
        AddTrigger(
            model_name='impersonationstatement',
            trigger=pgtrigger.compiler.Trigger(name='stays_itself', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."report_id" IS DISTINCT FROM (NEW."report_id") OR OLD."channel" IS DISTINCT FROM (NEW."channel") OR OLD."reported_by_id" IS DISTINCT FROM (NEW."reported_by_id") OR OLD."happened" IS DISTINCT FROM (NEW."happened") OR OLD."code_sha256" IS DISTINCT FROM (NEW."code_sha256") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='8565cc82c2bc4ffa665c36f0c46916c75b9c2041', operation='UPDATE', pgid='pgtrigger_stays_itself_f19d1', table='accounts_impersonationstatement', when='BEFORE')),
        ),
        AddTrigger(
            model_name='impersonationevidence',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='67d3fff2ed3fd0f61f23bf40d2b94b5f32765d8d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_15e06', table='accounts_impersonationevidence', when='BEFORE')),
        ),
    ]
