
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

from govsocial.web.operations import AddConstraint, AddField, AddIndex, AddTrigger, CreateModel, RemoveConstraint


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_official_account_once'),
    ]

    operations = [
        CreateModel(
            name='Administrator',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('decree', models.CharField(blank=True, max_length=120, verbose_name='decree')),
                ('starts_on', models.DateField(verbose_name='from')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='until')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': 'administrator of an account',
                'verbose_name_plural': 'administrators of accounts',
                'ordering': ['starts_on', 'pk'],
            },
        ),
        CreateModel(
            name='Document',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64)),
                ('name', models.CharField(max_length=150, verbose_name='file name')),
                ('media_type', models.CharField(max_length=40)),
                ('size', models.PositiveIntegerField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': 'document',
                'verbose_name_plural': 'documents',
            },
        ),
        RemoveConstraint(
            model_name='officialaccount',
            name='official_account_once',
        ),
        RemoveConstraint(
            model_name='officialaccount',
            name='official_account_platform_is_known',
        ),
        RemoveConstraint(
            model_name='officialaccount',
            name='official_account_bluesky_handle_once',
        ),
        RemoveConstraint(
            model_name='officialaccount',
            name='official_account_bluesky_id_once',
        ),
        RemoveConstraint(
            model_name='officialaccount',
            name='official_account_mastodon_id_once',
        ),
        AddField(
            model_name='officialaccount',
            name='audiences',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('g2c', 'Citizens (G2C)'), ('g2b', 'Businesses (G2B)'), ('g2g', 'Other agencies (G2G)'), ('g2e', 'Own employees, the internal public (G2E)')], max_length=5), blank=True, default=list, size=None, verbose_name='audiences'),
        ),
        AddField(
            model_name='officialaccount',
            name='channel_kind',
            field=models.CharField(blank=True, choices=[('blog', 'Blog (one way)'), ('wiki', 'Wiki (written together)'), ('networking', 'Social networking and media sharing'), ('microblog', 'Microblogging'), ('mashup', 'Mashup (combined data and services)')], max_length=20, verbose_name='kind of channel'),
        ),
        AddField(
            model_name='officialaccount',
            name='closed_on',
            field=models.DateField(blank=True, null=True, verbose_name='closed on'),
        ),
        AddField(
            model_name='officialaccount',
            name='closed_reason',
            field=models.CharField(blank=True, max_length=500, verbose_name='reason of closing'),
        ),
        AddField(
            model_name='officialaccount',
            name='decree_date',
            field=models.DateField(blank=True, null=True, verbose_name='date of the decree'),
        ),
        AddField(
            model_name='officialaccount',
            name='decree_number',
            field=models.CharField(blank=True, max_length=120, verbose_name='number of the decree'),
        ),
        AddField(
            model_name='officialaccount',
            name='media_kinds',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('social_network', 'Social network'), ('blog', 'Blog'), ('microblog', 'Microblog'), ('media_sharing', 'Media sharing'), ('bookmarking', 'Social bookmarking'), ('wiki', 'Wiki')], max_length=20), blank=True, default=list, size=None, verbose_name='kinds of media'),
        ),
        AddField(
            model_name='officialaccount',
            name='opened_on',
            field=models.DateField(blank=True, null=True, verbose_name='opened on'),
        ),
        AddField(
            model_name='officialaccount',
            name='person_in_charge',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='accounts_in_charge_of', to=settings.AUTH_USER_MODEL, verbose_name='person in charge'),
        ),
        AddField(
            model_name='officialaccount',
            name='recovery_email_holder',
            field=models.CharField(blank=True, max_length=150, verbose_name='holder of the recovery e-mail'),
        ),
        AddField(
            model_name='officialaccount',
            name='recovery_phone_holder',
            field=models.CharField(blank=True, max_length=150, verbose_name='holder of the recovery phone'),
        ),
        AddField(
            model_name='officialaccount',
            name='two_step',
            field=models.CharField(choices=[('on', 'On'), ('off', 'Off'), ('unknown', 'Not known')], default='unknown', max_length=10, verbose_name='two-step sign-in'),
        ),
        AddField(
            model_name='officialaccount',
            name='two_step_checked_on',
            field=models.DateField(blank=True, null=True, verbose_name='checked on'),
        ),
        AddField(
            model_name='officialaccount',
            name='verified',
            field=models.BooleanField(blank=True, null=True, verbose_name='verified badge'),
        ),
        migrations.AlterField(
            model_name='officialaccount',
            name='host',
            field=models.CharField(blank=True, max_length=200, verbose_name='server'),
        ),
        migrations.AlterField(
            model_name='officialaccount',
            name='platform',
            field=models.CharField(choices=[('instagram', 'Instagram'), ('facebook', 'Facebook'), ('x', 'X'), ('youtube', 'YouTube'), ('tiktok', 'TikTok'), ('threads', 'Threads'), ('bluesky', 'Bluesky'), ('mastodon', 'Mastodon'), ('feed', 'Website or blog'), ('whatsapp', 'WhatsApp channel'), ('telegram', 'Telegram'), ('linkedin', 'LinkedIn'), ('wiki', 'Wiki'), ('other', 'Another platform')], max_length=20, verbose_name='platform'),
        ),
        migrations.AlterField(
            model_name='officialaccount',
            name='status',
            field=models.CharField(choices=[('proposed', 'Proposed'), ('active', 'Active'), ('suspended', 'Suspended'), ('closed', 'Closed'), ('released', 'Handle released')], default='proposed', max_length=10, verbose_name='status'),
        ),
        AddTrigger(
            model_name='officialaccount',
            trigger=pgtrigger.compiler.Trigger(name='moves', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{proposed:active,proposed:closed,active:suspended,active:closed,suspended:active,suspended:closed,closed:active,closed:released}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='65180e880c0a0d7fac905fa4287af71754bf13d3', operation='UPDATE', pgid='pgtrigger_moves_323ab', table='accounts_officialaccount', when='BEFORE')),
        ),
        AddField(
            model_name='administrator',
            name='assigned_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        AddField(
            model_name='administrator',
            name='official_account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='administrators', to='accounts.officialaccount'),
        ),
        AddField(
            model_name='administrator',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='administrations', to=settings.AUTH_USER_MODEL, verbose_name='administrator'),
        ),
        AddField(
            model_name='document',
            name='uploaded_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        AddField(
            model_name='administrator',
            name='minutes',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.document', verbose_name='handover minutes'),
        ),
        AddField(
            model_name='officialaccount',
            name='decree_file',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.document', verbose_name='file of the decree'),
        ),
        AddIndex(
            model_name='officialaccount',
            index=models.Index(fields=['unit', 'status'], name='official_account_by_unit'),
        ),
        # Closed before the register asked for it; the trail has the words of that time.
        migrations.RunSQL(
            "UPDATE accounts_officialaccount SET closed_on = current_date, "
            "closed_reason = 'Lihat jejak audit' WHERE status = 'closed'",
            migrations.RunSQL.noop,
        ),
        AddConstraint(
            model_name='officialaccount',
            constraint=models.UniqueConstraint(models.F('platform'), django.db.models.functions.text.Lower('host'), django.db.models.functions.text.Lower('handle'), condition=models.Q(('status', 'released'), _negated=True), name='official_account_once'),
        ),
        AddConstraint(
            model_name='officialaccount',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('handle'), condition=models.Q(('platform', 'bluesky'), models.Q(('status', 'released'), _negated=True)), name='official_account_bluesky_handle_once'),
        ),
        AddConstraint(
            model_name='officialaccount',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('host'), models.F('platform_id'), condition=models.Q(('platform', 'mastodon'), models.Q(('platform_id', ''), _negated=True), models.Q(('status', 'released'), _negated=True)), name='official_account_mastodon_id_once'),
        ),
        AddConstraint(
            model_name='officialaccount',
            constraint=models.UniqueConstraint(models.F('platform'), models.F('platform_id'), condition=models.Q(models.Q(('platform', 'mastodon'), _negated=True), models.Q(('platform_id', ''), _negated=True), models.Q(('status', 'released'), _negated=True)), name='official_account_platform_id_once'),
        ),
        AddConstraint(
            model_name='officialaccount',
            constraint=models.CheckConstraint(condition=models.Q(('platform__in', ['instagram', 'facebook', 'x', 'youtube', 'tiktok', 'threads', 'bluesky', 'mastodon', 'feed', 'whatsapp', 'telegram', 'linkedin', 'wiki', 'other'])), name='official_account_platform_is_known'),
        ),
        AddConstraint(
            model_name='officialaccount',
            constraint=models.CheckConstraint(condition=models.Q(('closed_on', None), ('opened_on', None), ('closed_on__gte', models.F('opened_on')), _connector='OR'), name='official_account_closed_after_opened'),
        ),
        AddConstraint(
            model_name='officialaccount',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['closed', 'released']), _negated=True), models.Q(('closed_on__isnull', False), models.Q(('closed_reason', ''), _negated=True)), _connector='OR'), name='official_account_closed_with_a_reason'),
        ),
        AddConstraint(
            model_name='officialaccount',
            constraint=models.CheckConstraint(condition=models.Q(('two_step', 'unknown'), ('two_step_checked_on__isnull', False), _connector='OR'), name='official_account_two_step_is_dated'),
        ),
        AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(('sha256__regex', '^[0-9a-f]{64}$')), name='document_sha256_is_hex'),
        ),
        AddTrigger(
            model_name='document',
            trigger=pgtrigger.compiler.Trigger(name='immutable', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='04ff43025c7cfc1f7a7282b343edafc5a944a917', operation='UPDATE OR DELETE', pgid='pgtrigger_immutable_eb2e5', table='accounts_document', when='BEFORE')),
        ),
        AddConstraint(
            model_name='administrator',
            constraint=models.UniqueConstraint(condition=models.Q(('ends_on', None)), fields=('official_account', 'user'), name='administrator_once_at_a_time'),
        ),
        AddConstraint(
            model_name='administrator',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='administrator_ends_after_it_starts'),
        ),
        AddTrigger(
            model_name='administrator',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='f57dccde401a248c5efc2a76f13fedc6fa29f8d3', operation='DELETE', pgid='pgtrigger_never_deleted_94004', table='accounts_administrator', when='BEFORE')),
        ),
        AddTrigger(
            model_name='administrator',
            trigger=pgtrigger.compiler.Trigger(name='stays_itself', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."official_account_id" IS DISTINCT FROM (NEW."official_account_id") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id") OR OLD."starts_on" IS DISTINCT FROM (NEW."starts_on") OR OLD."assigned_by_id" IS DISTINCT FROM (NEW."assigned_by_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='927600dd2fbe2b948c9fa196cad4e4b021a6333f', operation='UPDATE', pgid='pgtrigger_stays_itself_63692', table='accounts_administrator', when='BEFORE')),
        ),
    ]
