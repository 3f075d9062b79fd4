"""What people say about a post, and what they are told of."""

import datetime
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
import django.db.models.lookups
import django.utils.timezone
import pgtrigger.compiler
import uuid
from django.conf import settings
from django.db import migrations, models

from govsocial.web.operations import AddConstraint, AddField, AddIndex, AddTrigger, CreateModel


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0064_reminders_are_leased'),
        ('content', '0021_known_contacts_election_windows_and_links'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModel(
            name='Comment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(blank=True)),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('written_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'comment',
                'verbose_name_plural': 'comments',
                'ordering': ['pk'],
            },
        ),
        CreateModel(
            name='NoticeChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('submitted', 'A post waits for your decision'), ('stage', 'A post reached the next stage'), ('approved', 'Your post was approved'), ('changes', 'Changes were asked for'), ('rejected', 'Your post was rejected'), ('comment', 'A comment on your post or in your conversation'), ('mention', 'Somebody mentioned you'), ('failed', 'A publication failed'), ('unconfirmed', 'A publication must be confirmed'), ('reminder', 'A post has been waiting for your decision'), ('escalation', 'A post waits too long for a decision'), ('retrospective', 'A retrospective review is open'), ('freeze_begun', 'A freeze began'), ('freeze_lifted', 'A freeze was lifted')], max_length=20)),
                ('way', models.CharField(choices=[('at_once', 'E-mail at once'), ('daily', 'Daily e-mail'), ('app', 'Only in the application')], max_length=10)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'choice of notifications',
                'verbose_name_plural': 'choices of notifications',
            },
        ),
        CreateModel(
            name='NoticeLetter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('waiting', 'To be sent'), ('sent', 'Sent'), ('not_needed', 'No longer needed'), ('given_up', 'Given up')], default='waiting', max_length=10)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('in_doubt', models.PositiveSmallIntegerField(default=0)),
                ('next_try_at', models.DateTimeField()),
                ('claimed_until', models.DateTimeField(editable=False, null=True)),
                ('last_error', models.CharField(blank=True, max_length=40)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('settled_at', models.DateTimeField(null=True)),
                ('day', models.DateField(null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'letter of notifications',
                'verbose_name_plural': 'letters of notifications',
                'ordering': ['-pk'],
            },
        ),
        CreateModel(
            name='Notification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('submitted', 'A post waits for your decision'), ('stage', 'A post reached the next stage'), ('approved', 'Your post was approved'), ('changes', 'Changes were asked for'), ('rejected', 'Your post was rejected'), ('comment', 'A comment on your post or in your conversation'), ('mention', 'Somebody mentioned you'), ('failed', 'A publication failed'), ('unconfirmed', 'A publication must be confirmed'), ('reminder', 'A post has been waiting for your decision'), ('escalation', 'A post waits too long for a decision'), ('retrospective', 'A retrospective review is open'), ('freeze_begun', 'A freeze began'), ('freeze_lifted', 'A freeze was lifted')], max_length=20)),
                ('facts', models.JSONField(default=dict)),
                ('way', models.CharField(choices=[('at_once', 'E-mail at once'), ('daily', 'Daily e-mail'), ('app', 'Only in the application')], max_length=10)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('read_at', models.DateTimeField(null=True)),
                ('comment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='content.comment')),
                ('letter', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='content.noticeletter')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('post', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='content.post')),
                ('publication', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='content.publication')),
                ('review', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='content.review')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.unit')),
            ],
            options={
                'verbose_name': 'notification',
                'verbose_name_plural': 'notifications',
                'ordering': ['-pk'],
            },
        ),
        CreateModel(
            name='ReviewNudge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(choices=[('remind', 'Reminded'), ('soon', 'Reminded, for the planned time is near'), ('escalate', 'Escalated')], max_length=10)),
                ('waited', models.DurationField()),
                ('people', models.PositiveIntegerField()),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('first', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='content.review')),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='nudges', to='content.review')),
            ],
            options={
                'verbose_name': 'reminder of a review',
                'verbose_name_plural': 'reminders of reviews',
                'ordering': ['pk'],
            },
        ),
        CreateModel(
            name='Thread',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.CharField(blank=True, max_length=40)),
                ('quote', models.CharField(blank=True, max_length=300)),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('resolved_at', models.DateTimeField(null=True)),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='threads', to='content.post')),
                ('resolved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('started_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='threads', to='content.postversion')),
            ],
            options={
                'verbose_name': 'thread of comments',
                'verbose_name_plural': 'threads of comments',
                'ordering': ['-pk'],
            },
        ),
        AddField(
            model_name='comment',
            name='thread',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='content.thread'),
        ),
        CreateModel(
            name='Mention',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('comment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mentions', to='content.comment')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'mention',
                'verbose_name_plural': 'mentions',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('comment', 'person'), name='mention_once_a_comment')],
            },
        ),
        AddTrigger(
            model_name='mention',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a574cc51543df47f51bf5eb4e43d32bf78e7f85a', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_4fb53', table='content_mention', when='BEFORE')),
        ),
        AddConstraint(
            model_name='noticechoice',
            constraint=models.UniqueConstraint(fields=('person', 'kind'), name='notice_choice_once_a_kind'),
        ),
        AddConstraint(
            model_name='noticechoice',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['submitted', 'stage', 'approved', 'changes', 'rejected', 'comment', 'mention', 'failed', 'unconfirmed', 'reminder', 'escalation', 'retrospective', 'freeze_begun', 'freeze_lifted'])), name='notice_choice_kind_is_known'),
        ),
        AddConstraint(
            model_name='noticechoice',
            constraint=models.CheckConstraint(condition=models.Q(('way__in', ['at_once', 'daily', 'app'])), name='notice_choice_way_is_known'),
        ),
        AddIndex(
            model_name='noticeletter',
            index=models.Index(condition=models.Q(('settled_at', None)), fields=['next_try_at'], name='notice_letter_due'),
        ),
        AddConstraint(
            model_name='noticeletter',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['waiting', 'sent', 'not_needed', 'given_up'])), name='noticeletter_outcome_is_known'),
        ),
        AddConstraint(
            model_name='noticeletter',
            constraint=models.CheckConstraint(condition=models.Q(('attempts__lte', 1000), ('in_doubt__lte', models.F('attempts'))), name='noticeletter_tried_so_often'),
        ),
        AddConstraint(
            model_name='noticeletter',
            constraint=models.CheckConstraint(condition=models.Q(('next_try_at__gte', django.db.models.expressions.CombinedExpression(models.F('created_at'), '-', models.Value(datetime.timedelta(days=3650)))), ('next_try_at__lte', django.db.models.expressions.CombinedExpression(models.F('created_at'), '+', models.Value(datetime.timedelta(days=3650))))), name='noticeletter_due_some_day'),
        ),
        AddConstraint(
            model_name='noticeletter',
            constraint=models.UniqueConstraint(fields=('person', 'day'), name='notice_letter_once_a_day'),
        ),
        AddConstraint(
            model_name='noticeletter',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'waiting'), ('settled_at', None)), models.Q(models.Q(('outcome', 'waiting'), _negated=True), ('settled_at__isnull', False)), _connector='OR'), name='notice_letter_settled_is_dated'),
        ),
        AddTrigger(
            model_name='noticeletter',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='8f6bf4a1b5b195b9db8089f4e4469fae1702109e', operation='DELETE', pgid='pgtrigger_never_deleted_78027', table='content_noticeletter', when='BEFORE')),
        ),
        AddTrigger(
            model_name='noticeletter',
            trigger=pgtrigger.compiler.Trigger(name='stays_itself', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."person_id" IS DISTINCT FROM (NEW."person_id") OR OLD."day" IS DISTINCT FROM (NEW."day"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='766b7c0ce6bf4c2c0f0f06288e11208e84ad3d72', operation='UPDATE', pgid='pgtrigger_stays_itself_560a8', table='content_noticeletter', when='BEFORE')),
        ),
        AddTrigger(
            model_name='noticeletter',
            trigger=pgtrigger.compiler.Trigger(name='settled_is_settled', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."settled_at" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='3368c45e44a5f88998afa6456c77f8582cdbe716', operation='UPDATE', pgid='pgtrigger_settled_is_settled_6e29a', table='content_noticeletter', when='BEFORE')),
        ),
        AddIndex(
            model_name='notification',
            index=models.Index(fields=['person', '-id'], name='notification_of_person'),
        ),
        AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('read_at__isnull', True)), fields=['person', 'kind'], name='notification_unread'),
        ),
        AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('letter__isnull', True), ('way__in', ['at_once', 'daily'])), fields=['way', 'person'], name='notification_to_be_sent'),
        ),
        AddConstraint(
            model_name='notification',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['submitted', 'stage', 'approved', 'changes', 'rejected', 'comment', 'mention', 'failed', 'unconfirmed', 'reminder', 'escalation', 'retrospective', 'freeze_begun', 'freeze_lifted'])), name='notification_kind_is_known'),
        ),
        AddConstraint(
            model_name='notification',
            constraint=models.CheckConstraint(condition=models.Q(('way__in', ['at_once', 'daily', 'app'])), name='notification_way_is_known'),
        ),
        AddConstraint(
            model_name='notification',
            constraint=models.CheckConstraint(condition=models.Q(('letter__isnull', True), models.Q(('way', 'app'), _negated=True), _connector='OR'), name='notification_sent_as_wanted'),
        ),
        AddTrigger(
            model_name='notification',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='f35e5f739676b6b44181a13e22d29127386dc81d', operation='DELETE', pgid='pgtrigger_never_deleted_3839a', table='content_notification', when='BEFORE')),
        ),
        AddTrigger(
            model_name='notification',
            trigger=pgtrigger.compiler.Trigger(name='stays_itself', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."person_id" IS DISTINCT FROM (NEW."person_id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."unit_id" IS DISTINCT FROM (NEW."unit_id") OR OLD."post_id" IS DISTINCT FROM (NEW."post_id") OR OLD."review_id" IS DISTINCT FROM (NEW."review_id") OR OLD."publication_id" IS DISTINCT FROM (NEW."publication_id") OR OLD."comment_id" IS DISTINCT FROM (NEW."comment_id") OR OLD."facts" IS DISTINCT FROM (NEW."facts") OR OLD."way" IS DISTINCT FROM (NEW."way") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='d1d1c5565b1aef1aec9e6e243c6d005578d56a16', operation='UPDATE', pgid='pgtrigger_stays_itself_97dc5', table='content_notification', when='BEFORE')),
        ),
        AddTrigger(
            model_name='notification',
            trigger=pgtrigger.compiler.Trigger(name='in_one_letter', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."letter_id" IS NOT NULL AND NEW."letter_id" IS DISTINCT FROM (OLD."letter_id"))', func='RAISE EXCEPTION \'pgtrigger: Cannot update of "letter_id" rows from % table\', TG_TABLE_NAME;', hash='ed6de94f0a561599c996e30ad7a7d43a0f355385', operation='UPDATE OF "letter_id"', pgid='pgtrigger_in_one_letter_1f09c', table='content_notification', when='BEFORE')),
        ),
        AddConstraint(
            model_name='reviewnudge',
            constraint=models.UniqueConstraint(fields=('review', 'step'), name='nudge_once_a_review'),
        ),
        AddConstraint(
            model_name='reviewnudge',
            constraint=models.UniqueConstraint(fields=('first', 'step'), name='nudge_once_a_wait'),
        ),
        AddConstraint(
            model_name='reviewnudge',
            constraint=models.CheckConstraint(condition=models.Q(('step__in', ['remind', 'soon', 'escalate'])), name='nudge_step_is_known'),
        ),
        AddTrigger(
            model_name='reviewnudge',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='0714e706d0a810f3f0be7ec17f9cfd0f882bfa00', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_377eb', table='content_reviewnudge', when='BEFORE')),
        ),
        AddIndex(
            model_name='thread',
            index=models.Index(condition=models.Q(('resolved_at__isnull', True)), fields=['post'], name='thread_open'),
        ),
        AddConstraint(
            model_name='thread',
            constraint=models.CheckConstraint(condition=models.Q(('place__regex', '^(|title|text|text:[1-9][0-9]*|picture:[1-9][0-9]*|planned_at)$')), name='thread_is_about_a_place'),
        ),
        AddConstraint(
            model_name='thread',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('resolved_at__isnull', True), ('resolved_by__isnull', True)), models.Q(('resolved_at__isnull', False), ('resolved_by__isnull', False)), _connector='OR'), name='thread_resolved_by_somebody'),
        ),
        AddTrigger(
            model_name='thread',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='f1e93686b9d23c12cd07578a0dbcb740c6164f52', operation='DELETE', pgid='pgtrigger_never_deleted_c3f33', table='content_thread', when='BEFORE')),
        ),
        AddTrigger(
            model_name='thread',
            trigger=pgtrigger.compiler.Trigger(name='stays_itself', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."post_id" IS DISTINCT FROM (NEW."post_id") OR OLD."version_id" IS DISTINCT FROM (NEW."version_id") OR OLD."place" IS DISTINCT FROM (NEW."place") OR OLD."quote" IS DISTINCT FROM (NEW."quote") OR OLD."started_by_id" IS DISTINCT FROM (NEW."started_by_id") OR OLD."started_at" IS DISTINCT FROM (NEW."started_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='443a596c068d7c83c100c0c7059ba192f2ba76e2', operation='UPDATE', pgid='pgtrigger_stays_itself_2f7bf', table='content_thread', when='BEFORE')),
        ),
        AddTrigger(
            model_name='thread',
            trigger=pgtrigger.compiler.Trigger(name='about_a_version_by_who_may', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE here bigint; who bigint;', func="\n    -- Under these levels a rule reads what was true when the transaction began, and nothing of what\n    -- was committed since: a role that was taken away, an item that was opened again.\n    IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN\n        RAISE EXCEPTION 'This rule asks what is committed by now: write at READ COMMITTED.'\n            USING ERRCODE = 'invalid_transaction_state';\n    END IF;\n\n                    SELECT p.unit_id INTO here FROM content_post p\n                        JOIN content_postversion v ON v.post_id = p.id\n                        WHERE p.id = NEW.post_id AND v.id = NEW.version_id;\n                    IF here IS NULL THEN\n                        RAISE EXCEPTION 'A thread is about a version of its post.'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    IF TG_OP = 'INSERT' AND NEW.resolved_at IS NOT NULL THEN\n                        RAISE EXCEPTION 'A thread begins open.' USING ERRCODE = 'check_violation';\n                    END IF;\n                    IF TG_OP = 'INSERT' THEN\n                        NEW.started_at := clock_timestamp();\n                        who := NEW.started_by_id;\n                    ELSE\n                        -- Who opens it again is not kept in the row; the trail has them.\n                        who := NEW.resolved_by_id;\n                    END IF;\n                    IF who IS NOT NULL AND NOT EXISTS (SELECT 1 FROM accounts_roles_of(who) held WHERE held.unit_id = here AND held.role IN ('drafter', 'reviewer', 'approver')) THEN\n                        RAISE EXCEPTION 'Who may comment on the post starts and resolves threads.' USING ERRCODE = 'check_violation', CONSTRAINT = 'by_who_may';\n                    END IF;\n                    RETURN NEW;\n                ", hash='96b455188b405a3ff34f93a270fc88f73b412c7e', operation='INSERT OR UPDATE OF "resolved_by_id", "resolved_at"', pgid='pgtrigger_about_a_version_by_who_may_12851', table='content_thread', when='BEFORE')),
        ),
        AddConstraint(
            model_name='comment',
            constraint=models.UniqueConstraint(fields=('author', 'key'), name='comment_said_once'),
        ),
        AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), models.Q(('text', ''), _negated=True)), models.Q(('text', ''), ('withdrawn_at__isnull', False)), _connector='OR'), name='comment_has_words_or_was_withdrawn'),
        ),
        AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(condition=django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length('text'), 2000), name='comment_is_no_book'),
        ),
        AddTrigger(
            model_name='comment',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='edf27f427eca39ee7e449644dada945f48ce28cf', operation='DELETE', pgid='pgtrigger_never_deleted_25527', table='content_comment', when='BEFORE')),
        ),
        AddTrigger(
            model_name='comment',
            trigger=pgtrigger.compiler.Trigger(name='stays_itself', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."thread_id" IS DISTINCT FROM (NEW."thread_id") OR OLD."author_id" IS DISTINCT FROM (NEW."author_id") OR OLD."key" IS DISTINCT FROM (NEW."key") OR OLD."written_at" IS DISTINCT FROM (NEW."written_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='13cf4d10ab4012957974c0ef08e55394c660105b', operation='UPDATE', pgid='pgtrigger_stays_itself_05b78', table='content_comment', when='BEFORE')),
        ),
        AddTrigger(
            model_name='comment',
            trigger=pgtrigger.compiler.Trigger(name='said_by_who_may', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE here bigint;', func="\n    -- Under these levels a rule reads what was true when the transaction began, and nothing of what\n    -- was committed since: a role that was taken away, an item that was opened again.\n    IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN\n        RAISE EXCEPTION 'This rule asks what is committed by now: write at READ COMMITTED.'\n            USING ERRCODE = 'invalid_transaction_state';\n    END IF;\n\n                    SELECT p.unit_id INTO here FROM content_thread t\n                        JOIN content_post p ON p.id = t.post_id WHERE t.id = NEW.thread_id;\n                    IF NEW.withdrawn_at IS NOT NULL THEN\n                        RAISE EXCEPTION 'A comment begins with words.'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    NEW.written_at := clock_timestamp();\n                    IF NOT EXISTS (SELECT 1 FROM accounts_roles_of(NEW.author_id) held WHERE held.unit_id = here AND held.role IN ('drafter', 'reviewer', 'approver')) THEN\n                        RAISE EXCEPTION 'Who may comment on the post comments on it.' USING ERRCODE = 'check_violation', CONSTRAINT = 'by_who_may';\n                    END IF;\n                    RETURN NEW;\n                ", hash='cd11334d9559dc1284320530fda0ec2e27ea7468', operation='INSERT', pgid='pgtrigger_said_by_who_may_d7028', table='content_comment', when='BEFORE')),
        ),
        AddTrigger(
            model_name='comment',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL\n                        OR OLD.written_at\n                            < clock_timestamp() - interval '900 seconds'\n                    THEN\n                        RAISE EXCEPTION 'What was said stays said.'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    NEW.withdrawn_at := clock_timestamp();\n                    RETURN NEW;\n                ", hash='1ebc43d9ae9d0392ae9045ef135bec6c8b1603a9', operation='UPDATE OF "text", "withdrawn_at"', pgid='pgtrigger_append_only_62c3e', table='content_comment', when='BEFORE')),
        ),
    ]
