
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.core.serializers.json
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

from govsocial.web.operations import AddConstraint, AddIndex, AddTrigger, CreateModel


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_imports'),
    ]

    operations = [
        CreateModel(
            name='AttestationPeriod',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('starts_on', models.DateField(verbose_name='first day')),
                ('due_on', models.DateField(verbose_name='due on')),
                ('remind_days_before', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), default=list, size=None, verbose_name='remind, days before')),
                ('escalate_after_days', models.PositiveSmallIntegerField(default=14, verbose_name='tell administrators after')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.unit', verbose_name='unit')),
            ],
            options={
                'verbose_name': 'attestation period',
                'verbose_name_plural': 'attestation periods',
                'ordering': ['-starts_on'],
            },
        ),
        CreateModel(
            name='Attestation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('still_ours', models.BooleanField()),
                ('still_needed', models.BooleanField()),
                ('administrators_right', models.BooleanField()),
                ('two_step_on', models.BooleanField()),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='note')),
                ('problem', models.CharField(blank=True, max_length=500, verbose_name='what is wrong')),
                ('snapshot', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('snapshot_sha256', models.CharField(max_length=64)),
                ('confirmed_at', models.DateTimeField(auto_now_add=True)),
                ('confirmed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('official_account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attestations', to='accounts.officialaccount')),
                ('person_in_charge', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('supersedes', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='accounts.attestation')),
                ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attestations', to='accounts.attestationperiod')),
            ],
            options={
                'verbose_name': 'attestation',
                'verbose_name_plural': 'attestations',
                'ordering': ['-pk'],
            },
        ),
        CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('question', models.CharField(choices=[('still_ours', 'Is the account still ours?'), ('still_needed', 'Is the account still needed?'), ('administrators_right', 'Are its administrators the right ones?'), ('two_step_on', 'Is two-step sign-in on?')], max_length=30)),
                ('opened_at', models.DateTimeField(auto_now_add=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(blank=True, max_length=500, verbose_name='what was done')),
                ('attestation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='accounts.attestation')),
                ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('official_account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='accounts.officialaccount')),
            ],
            options={
                'verbose_name': 'finding about an account',
                'verbose_name_plural': 'findings about accounts',
                'ordering': ['-opened_at', '-pk'],
            },
        ),
        CreateModel(
            name='Handover',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('moves_charge', models.BooleanField(default=False, verbose_name='the person in charge changes too')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('decree', models.CharField(blank=True, max_length=120, verbose_name='decree')),
                ('due_on', models.DateField(verbose_name='due on')),
                ('state', models.CharField(choices=[('started', 'Started'), ('outgoing_signed', 'Handed over'), ('incoming_signed', 'Taken over'), ('completed', 'Completed'), ('cancelled', 'Cancelled')], default='started', max_length=20, verbose_name='state')),
                ('checklist', models.PositiveSmallIntegerField()),
                ('started_at', models.DateTimeField(auto_now_add=True)),
                ('outgoing_signed_at', models.DateTimeField(null=True)),
                ('in_place_reason', models.CharField(blank=True, max_length=300)),
                ('incoming_signed_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('cancelled_reason', models.CharField(blank=True, max_length=300)),
                ('snapshot', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, null=True)),
                ('snapshot_sha256', models.CharField(blank=True, max_length=64)),
                ('assignment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.administrator')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('incoming', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='handovers_in', to=settings.AUTH_USER_MODEL, verbose_name='takes over')),
                ('incoming_signed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('official_account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='handovers', to='accounts.officialaccount')),
                ('outgoing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='handovers_out', to=settings.AUTH_USER_MODEL, verbose_name='hands over')),
                ('outgoing_signed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('started_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'handover',
                'verbose_name_plural': 'handovers',
                'ordering': ['due_on', 'pk'],
            },
        ),
        CreateModel(
            name='HandoverItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=30)),
                ('state', models.CharField(choices=[('open', 'Not yet'), ('done', 'Done'), ('not_needed', 'Does not apply')], default='open', max_length=12)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('checked_at', models.DateTimeField(null=True)),
                ('checked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('handover', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='accounts.handover')),
            ],
            options={
                'verbose_name': 'item of a handover',
                'verbose_name_plural': 'items of handovers',
                'ordering': ['pk'],
            },
        ),
        CreateModel(
            name='HandoverScan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('added_at', models.DateTimeField(auto_now_add=True)),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.document')),
                ('handover', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scans', to='accounts.handover')),
            ],
            options={
                'verbose_name': 'scan of handover minutes',
                'verbose_name_plural': 'scans of handover minutes',
                'ordering': ['-pk'],
            },
        ),
        CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('attestation', 'Accounts to confirm'), ('escalation', 'Accounts that nobody confirmed'), ('handover', 'Handovers that are late')], max_length=12)),
                ('slot', models.DateField()),
                ('day', models.DateField()),
                ('claimed_at', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'reminder',
                'verbose_name_plural': 'reminders',
                'ordering': ['-pk'],
            },
        ),
        AddConstraint(
            model_name='attestationperiod',
            constraint=models.CheckConstraint(condition=models.Q(('due_on__gt', models.F('starts_on'))), name='attestation_period_due_after_its_start'),
        ),
        AddConstraint(
            model_name='attestationperiod',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func('starts_on', 'due_on', models.Value('[]'), function='DATERANGE', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='attestation_periods_do_not_overlap'),
        ),
        AddTrigger(
            model_name='attestationperiod',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='c256a055fb82303921cb0687dc039aac9e3d7c6f', operation='DELETE', pgid='pgtrigger_never_deleted_995ef', table='accounts_attestationperiod', when='BEFORE')),
        ),
        AddTrigger(
            model_name='attestationperiod',
            trigger=pgtrigger.compiler.Trigger(name='stays_itself', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."unit_id" IS DISTINCT FROM (NEW."unit_id") OR OLD."starts_on" IS DISTINCT FROM (NEW."starts_on") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='38e744f546d92bd82e7ff37eb739a1bb2eb380d0', operation='UPDATE', pgid='pgtrigger_stays_itself_6af5d', table='accounts_attestationperiod', when='BEFORE')),
        ),
        AddConstraint(
            model_name='attestation',
            constraint=models.UniqueConstraint(condition=models.Q(('supersedes', None)), fields=('period', 'official_account'), name='attestation_once_in_a_period'),
        ),
        AddConstraint(
            model_name='attestation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('administrators_right', True), ('still_needed', True), ('still_ours', True), ('two_step_on', True)), models.Q(('problem', ''), _negated=True), _connector='OR'), name='attestation_no_says_what_is_wrong'),
        ),
        AddConstraint(
            model_name='attestation',
            constraint=models.CheckConstraint(condition=models.Q(('supersedes', None), models.Q(('note', ''), _negated=True), _connector='OR'), name='attestation_correction_says_why'),
        ),
        AddConstraint(
            model_name='attestation',
            constraint=models.CheckConstraint(condition=models.Q(('snapshot_sha256__regex', '^[0-9a-f]{64}$')), name='attestation_sha256_is_hex'),
        ),
        AddTrigger(
            model_name='attestation',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='0239dc614c11e4cca3da385c7c350e61fea742c1', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_d3e7a', table='accounts_attestation', when='BEFORE')),
        ),
        AddTrigger(
            model_name='attestation',
            trigger=pgtrigger.compiler.Trigger(name='by_who_may', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE about accounts_officialaccount%ROWTYPE;', func="\n                    SELECT * INTO about FROM accounts_officialaccount\n                        WHERE id = NEW.official_account_id;\n                    IF about.person_in_charge_id IS DISTINCT FROM NEW.person_in_charge_id THEN\n                        RAISE EXCEPTION 'Somebody else is in charge of this account.'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    IF NEW.confirmed_by_id <> NEW.person_in_charge_id AND NOT EXISTS (\n                        SELECT 1 FROM accounts_roles_of(NEW.confirmed_by_id) held\n                        WHERE held.unit_id = about.unit_id\n                        AND held.role IN ('administrator')\n                    ) THEN\n                        RAISE EXCEPTION 'Only the person in charge or an administrator confirms.'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    IF NEW.supersedes_id IS NOT NULL AND NOT EXISTS (\n                        SELECT 1 FROM accounts_attestation earlier\n                        WHERE earlier.id = NEW.supersedes_id\n                        AND earlier.period_id = NEW.period_id\n                        AND earlier.official_account_id = NEW.official_account_id\n                    ) THEN\n                        RAISE EXCEPTION 'A correction is about the same account and period.'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='3dbcd85c80e3b72599eb31a1eaaea99cf9530626', operation='INSERT', pgid='pgtrigger_by_who_may_f7c56', table='accounts_attestation', when='BEFORE')),
        ),
        AddConstraint(
            model_name='finding',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('official_account', 'question'), name='finding_open_once'),
        ),
        AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(('question__in', ['still_ours', 'still_needed', 'administrators_right', 'two_step_on'])), name='finding_question_is_known'),
        ),
        AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('closed_by', None), ('outcome', '')), models.Q(('closed_at__isnull', False), ('closed_by__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='finding_closed_with_words'),
        ),
        AddTrigger(
            model_name='finding',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='0b5bec398906b094c6ddff49e32f4880b59d3984', operation='DELETE', pgid='pgtrigger_never_deleted_971e2', table='accounts_finding', when='BEFORE')),
        ),
        AddTrigger(
            model_name='finding',
            trigger=pgtrigger.compiler.Trigger(name='stays_itself', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."official_account_id" IS DISTINCT FROM (NEW."official_account_id") OR OLD."question" IS DISTINCT FROM (NEW."question") OR OLD."attestation_id" IS DISTINCT FROM (NEW."attestation_id") OR OLD."opened_at" IS DISTINCT FROM (NEW."opened_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='03f08813bfc554e904715ee4510428da591ce3fa', operation='UPDATE', pgid='pgtrigger_stays_itself_8c232', table='accounts_finding', when='BEFORE')),
        ),
        AddTrigger(
            model_name='finding',
            trigger=pgtrigger.compiler.Trigger(name='closed_is_closed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."closed_at" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='05becc80674bf3ea40f8691205e64969dc551fa3', operation='UPDATE', pgid='pgtrigger_closed_is_closed_cc10f', table='accounts_finding', when='BEFORE')),
        ),
        AddConstraint(
            model_name='handover',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('started', 'outgoing_signed', 'incoming_signed'))), fields=('official_account',), name='handover_open_once_per_account'),
        ),
        AddConstraint(
            model_name='handover',
            constraint=models.CheckConstraint(condition=models.Q(('outgoing', models.F('incoming')), _negated=True), name='handover_between_two_people'),
        ),
        AddConstraint(
            model_name='handover',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outgoing_signed_at', None), ('outgoing_signed_by', None)), models.Q(('in_place_reason', ''), ('outgoing_signed_by', models.F('outgoing'))), models.Q(('outgoing_signed_by__isnull', False), models.Q(('in_place_reason', ''), _negated=True)), _connector='OR'), name='handover_outgoing_signs_or_is_stood_in_for'),
        ),
        AddConstraint(
            model_name='handover',
            constraint=models.CheckConstraint(condition=models.Q(('incoming_signed_by', None), ('incoming_signed_by', models.F('incoming')), _connector='OR'), name='handover_incoming_signs_in_person'),
        ),
        AddConstraint(
            model_name='handover',
            constraint=models.CheckConstraint(condition=models.Q(('outgoing_signed_by', None), models.Q(('outgoing_signed_by', models.F('incoming')), _negated=True), _connector='OR'), name='handover_signed_by_two_people'),
        ),
        AddConstraint(
            model_name='handover',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['outgoing_signed', 'incoming_signed', 'completed']), _negated=True), models.Q(('outgoing_signed_at__isnull', False), ('outgoing_signed_by__isnull', False)), _connector='OR'), name='handover_signed_by_who_hands_over'),
        ),
        AddConstraint(
            model_name='handover',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['incoming_signed', 'completed']), _negated=True), models.Q(('incoming_signed_at__isnull', False), ('incoming_signed_by__isnull', False)), _connector='OR'), name='handover_signed_by_who_takes_over'),
        ),
        AddConstraint(
            model_name='handover',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['completed', 'cancelled']), _negated=True), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False)), _connector='OR'), name='handover_end_has_a_name'),
        ),
        AddConstraint(
            model_name='handover',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'cancelled'), _negated=True), models.Q(('cancelled_reason', ''), _negated=True), _connector='OR'), name='handover_cancelled_with_a_reason'),
        ),
        AddTrigger(
            model_name='handover',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='07fdf55e609af7de7cd85dbbb1fc5b3b4662022f', operation='DELETE', pgid='pgtrigger_never_deleted_88325', table='accounts_handover', when='BEFORE')),
        ),
        AddTrigger(
            model_name='handover',
            trigger=pgtrigger.compiler.Trigger(name='moves', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{started:outgoing_signed,outgoing_signed:incoming_signed,incoming_signed:completed,started:cancelled,outgoing_signed:cancelled,incoming_signed:cancelled}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='6fe489909f1f01e285202fc1a942692bddf57171', operation='UPDATE', pgid='pgtrigger_moves_71db1', table='accounts_handover', when='BEFORE')),
        ),
        AddTrigger(
            model_name='handover',
            trigger=pgtrigger.compiler.Trigger(name='stays_itself', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."official_account_id" IS DISTINCT FROM (NEW."official_account_id") OR OLD."outgoing_id" IS DISTINCT FROM (NEW."outgoing_id") OR OLD."incoming_id" IS DISTINCT FROM (NEW."incoming_id") OR OLD."moves_charge" IS DISTINCT FROM (NEW."moves_charge") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."decree" IS DISTINCT FROM (NEW."decree") OR OLD."checklist" IS DISTINCT FROM (NEW."checklist") OR OLD."started_by_id" IS DISTINCT FROM (NEW."started_by_id") OR OLD."started_at" IS DISTINCT FROM (NEW."started_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='fe12760694c10f28711beb54dc40db9db1b21fb1', operation='UPDATE', pgid='pgtrigger_stays_itself_6afe6', table='accounts_handover', when='BEFORE')),
        ),
        AddTrigger(
            model_name='handover',
            trigger=pgtrigger.compiler.Trigger(name='frozen_when_over', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" IN (\'completed\', \'cancelled\'))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='4786faec3bafe900003622fddc8614da5ee344be', operation='UPDATE', pgid='pgtrigger_frozen_when_over_a855f', table='accounts_handover', when='BEFORE')),
        ),
        AddConstraint(
            model_name='handoveritem',
            constraint=models.UniqueConstraint(fields=('handover', 'key'), name='handover_item_once'),
        ),
        AddConstraint(
            model_name='handoveritem',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'open'), models.Q(('checked_at__isnull', False), ('checked_by__isnull', False)), _connector='OR'), name='handover_item_checked_by_somebody'),
        ),
        AddConstraint(
            model_name='handoveritem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'not_needed'), _negated=True), models.Q(('note', ''), _negated=True), _connector='OR'), name='handover_item_not_needed_says_why'),
        ),
        AddTrigger(
            model_name='handoveritem',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='31c64cff6732984a9fc9cea6ae93ef046690598a', operation='DELETE', pgid='pgtrigger_never_deleted_e57a8', table='accounts_handoveritem', when='BEFORE')),
        ),
        AddTrigger(
            model_name='handoveritem',
            trigger=pgtrigger.compiler.Trigger(name='stays_itself', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."handover_id" IS DISTINCT FROM (NEW."handover_id") OR OLD."key" IS DISTINCT FROM (NEW."key"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='b78213f408d08f9e1729ce5025263c32f8cbcef8', operation='UPDATE', pgid='pgtrigger_stays_itself_5a7aa', table='accounts_handoveritem', when='BEFORE')),
        ),
        AddTrigger(
            model_name='handoveritem',
            trigger=pgtrigger.compiler.Trigger(name='frozen_when_over', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF EXISTS (\n                        SELECT 1 FROM accounts_handover one WHERE one.id = NEW.handover_id\n                        AND one.state IN ('completed', 'cancelled')\n                    ) THEN\n                        RAISE EXCEPTION 'The handover is over.' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='b97a223f51da3fd27627241213432af1ca897819', operation='UPDATE OR INSERT', pgid='pgtrigger_frozen_when_over_c3c6f', table='accounts_handoveritem', when='BEFORE')),
        ),
        AddTrigger(
            model_name='handoverscan',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='964b1a3fb049c08a7962f70ee4c5d2435dd4364c', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_07d82', table='accounts_handoverscan', when='BEFORE')),
        ),
        AddIndex(
            model_name='reminder',
            index=models.Index(condition=models.Q(('claimed_at', None)), fields=['day'], name='reminder_to_send'),
        ),
        AddConstraint(
            model_name='reminder',
            constraint=models.UniqueConstraint(fields=('kind', 'person', 'slot'), name='reminder_once_a_slot'),
        ),
        AddConstraint(
            model_name='reminder',
            constraint=models.UniqueConstraint(fields=('kind', 'person', 'day'), name='reminder_once_a_day'),
        ),
        AddConstraint(
            model_name='reminder',
            constraint=models.CheckConstraint(condition=models.Q(('sent_at', None), ('claimed_at__isnull', False), _connector='OR'), name='reminder_sent_by_who_claimed_it'),
        ),
        AddTrigger(
            model_name='reminder',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='57485ce15d75290e099c62a45a219801e18f5535', operation='DELETE', pgid='pgtrigger_never_deleted_4c924', table='accounts_reminder', when='BEFORE')),
        ),
        AddTrigger(
            model_name='reminder',
            trigger=pgtrigger.compiler.Trigger(name='stays_itself', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."person_id" IS DISTINCT FROM (NEW."person_id") OR OLD."slot" IS DISTINCT FROM (NEW."slot") OR OLD."day" IS DISTINCT FROM (NEW."day"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='b9de57904b144250475b6c5d025999a44bbfde15', operation='UPDATE', pgid='pgtrigger_stays_itself_2ee9f', table='accounts_reminder', when='BEFORE')),
        ),
        AddTrigger(
            model_name='reminder',
            trigger=pgtrigger.compiler.Trigger(name='sent_is_sent', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."sent_at" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='d862dee735f0ac18aca578a3f6bde1718a909759', operation='UPDATE', pgid='pgtrigger_sent_is_sent_8e0da', table='accounts_reminder', when='BEFORE')),
        ),
    ]
