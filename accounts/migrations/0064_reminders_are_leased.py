"""Reminders are leased like other letters: a sender that dies leaves them to the next one."""

import datetime

import django.db.models.expressions
import django.utils.timezone
import pgtrigger.compiler
from django.db import migrations, models

from govsocial.web.operations import AddConstraint, AddField, AddIndex, AddTrigger, RemoveConstraint, RemoveField, RemoveTrigger

# What was claimed and is not known to have left is not sent again.
SETTLE = """
    UPDATE accounts_reminder SET
        created_at = COALESCE(claimed_at, day::timestamptz),
        next_try_at = COALESCE(claimed_at, day::timestamptz),
        outcome = CASE
            WHEN sent_at IS NOT NULL THEN 'sent'
            WHEN claimed_at IS NOT NULL THEN 'given_up'
            WHEN day < (now() AT TIME ZONE 'Etc/GMT+12')::date THEN 'not_needed'
            ELSE 'waiting'
        END,
        settled_at = CASE
            WHEN sent_at IS NOT NULL THEN sent_at
            WHEN claimed_at IS NOT NULL THEN claimed_at
            WHEN day < (now() AT TIME ZONE 'Etc/GMT+12')::date THEN now()
        END
"""
# The other way nothing is sent twice either.
CLAIM = """
    UPDATE accounts_reminder SET
        claimed_at = CASE
            WHEN outcome <> 'waiting' OR in_doubt > 0 THEN COALESCE(settled_at, now())
        END,
        sent_at = CASE WHEN outcome = 'sent' THEN settled_at END
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0063_handed_over_by_who_began'),
    ]

    operations = [
        RemoveTrigger(model_name='reminder', name='sent_is_sent'),
        migrations.RemoveIndex(model_name='reminder', name='reminder_to_send'),
        RemoveConstraint(model_name='reminder', name='reminder_sent_by_who_claimed_it'),
        AddField('reminder', 'outcome', models.CharField(choices=[('waiting', 'To be sent'), ('sent', 'Sent'), ('not_needed', 'No longer needed'), ('given_up', 'Given up')], default='waiting', max_length=10)),
        AddField('reminder', 'in_doubt', models.PositiveSmallIntegerField(default=0)),
        AddField('reminder', 'next_try_at', models.DateTimeField(default=django.utils.timezone.now), preserve_default=False),
        AddField('reminder', 'claimed_until', models.DateTimeField(editable=False, null=True)),
        AddField('reminder', 'last_error', models.CharField(blank=True, default='', max_length=40), preserve_default=False),
        AddField('reminder', 'created_at', models.DateTimeField(auto_now_add=True, default=django.utils.timezone.now), preserve_default=False),
        AddField('reminder', 'settled_at', models.DateTimeField(null=True)),
        migrations.RunSQL(SETTLE, CLAIM),
        RemoveField('reminder', 'claimed_at'),
        RemoveField('reminder', 'sent_at'),
        AddIndex(
            model_name='reminder',
            index=models.Index(condition=models.Q(('settled_at', None)), fields=['next_try_at'], name='reminder_due'),
        ),
        AddTrigger(
            model_name='reminder',
            trigger=pgtrigger.compiler.Trigger(name='settled_is_settled', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."settled_at" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='61502c434a7ec757b7e92e235206b2e190c4b454', operation='UPDATE', pgid='pgtrigger_settled_is_settled_ddb95', table='accounts_reminder', when='BEFORE')),
        ),
        AddConstraint(
            model_name='reminder',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['waiting', 'sent', 'not_needed', 'given_up'])), name='reminder_outcome_is_known'),
        ),
        AddConstraint(
            model_name='reminder',
            constraint=models.CheckConstraint(condition=models.Q(('attempts__lte', 1000), ('in_doubt__lte', models.F('attempts'))), name='reminder_tried_so_often'),
        ),
        AddConstraint(
            model_name='reminder',
            constraint=models.CheckConstraint(condition=models.Q(('next_try_at__gte', django.db.models.expressions.CombinedExpression(models.F('created_at'), '-', models.Value(datetime.timedelta(days=3650)))), ('next_try_at__lte', django.db.models.expressions.CombinedExpression(models.F('created_at'), '+', models.Value(datetime.timedelta(days=3650))))), name='reminder_due_some_day'),
        ),
        AddConstraint(
            model_name='reminder',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'waiting'), ('settled_at', None)), models.Q(models.Q(('outcome', 'waiting'), _negated=True), ('settled_at__isnull', False)), _connector='OR'), name='reminder_settled_is_dated'),
        ),
    ]
