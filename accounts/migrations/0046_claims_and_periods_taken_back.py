
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

from govsocial.web.operations import AddConstraint, AddField, AddTrigger, RemoveConstraint, RemoveTrigger


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0045_lists_servers_and_days_of_the_register'),
    ]

    operations = [
        RemoveTrigger(
            model_name='attestation',
            name='by_who_may',
        ),
        RemoveConstraint(
            model_name='attestationperiod',
            name='attestation_periods_do_not_overlap',
        ),
        AddField(
            model_name='attestationperiod',
            name='withdrawn_at',
            field=models.DateTimeField(null=True),
        ),
        AddField(
            model_name='attestationperiod',
            name='withdrawn_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        AddField(
            model_name='impersonationreport',
            name='claimed_from',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.unit'),
        ),
        AddTrigger(
            model_name='attestation',
            trigger=pgtrigger.compiler.Trigger(name='in_a_standing_period', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE gone timestamptz;', func="\n    -- Under these levels a rule reads what was true when the transaction began, and nothing of what\n    -- was committed since: a role that was taken away, an item that was opened again.\n    IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN\n        RAISE EXCEPTION 'This rule asks what is committed by now: write at READ COMMITTED.'\n            USING ERRCODE = 'invalid_transaction_state';\n    END IF;\n\n        -- Nobody withdraws it until this is committed.\n        SELECT withdrawn_at INTO gone FROM accounts_attestationperiod\n            WHERE id = NEW.period_id FOR SHARE;\n        IF gone IS NOT NULL THEN\n            RAISE EXCEPTION 'This period is withdrawn.' USING ERRCODE = 'check_violation';\n        END IF;\n        RETURN NEW;\n    ", hash='faef614977020b876d46182d904f225ce8d1b73e', operation='INSERT', pgid='pgtrigger_in_a_standing_period_1e45c', table='accounts_attestation', when='BEFORE')),
        ),
        AddTrigger(
            model_name='attestation',
            trigger=pgtrigger.compiler.Trigger(name='by_who_may', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE about accounts_officialaccount%ROWTYPE; begun date;', func="\n    -- Under these levels a rule reads what was true when the transaction began, and nothing of what\n    -- was committed since: a role that was taken away, an item that was opened again.\n    IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN\n        RAISE EXCEPTION 'This rule asks what is committed by now: write at READ COMMITTED.'\n            USING ERRCODE = 'invalid_transaction_state';\n    END IF;\n\n                    -- Nobody closes it until this is committed.\n                    SELECT * INTO about FROM accounts_officialaccount\n                        WHERE id = NEW.official_account_id FOR SHARE;\n                    IF about.status NOT IN ('active', 'suspended') THEN\n                        RAISE EXCEPTION 'The account is not in use.'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    SELECT starts_on INTO begun FROM accounts_attestationperiod\n                        WHERE id = NEW.period_id;\n                    -- The zones of agencies are ahead of UTC, by less than a day.\n                    IF begun > (clock_timestamp() AT TIME ZONE 'UTC')::date + 1 OR EXISTS (\n                        SELECT 1 FROM accounts_attestationperiod later\n                        WHERE later.starts_on > begun AND later.withdrawn_at IS NULL\n                        AND later.starts_on <= (clock_timestamp() AT TIME ZONE 'UTC')::date\n                    ) THEN\n                        RAISE EXCEPTION 'This is not the current period.'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    IF about.person_in_charge_id IS DISTINCT FROM NEW.person_in_charge_id THEN\n                        RAISE EXCEPTION 'Somebody else is in charge of this account.'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    IF NOT (EXISTS (SELECT 1 FROM accounts_roles_of(NEW.confirmed_by_id) held WHERE held.unit_id = about.unit_id AND held.role IN ('administrator')) OR (NEW.confirmed_by_id = about.person_in_charge_id AND EXISTS (SELECT 1 FROM accounts_roles_of(NEW.confirmed_by_id) held WHERE held.unit_id = about.unit_id AND held.role IN ('administrator', 'drafter', 'reviewer', 'approver', 'publisher', 'leadership', 'risk_manager', 'stoc_assessor', 'auditor')))) THEN\n                        RAISE EXCEPTION 'Only the person in charge or an administrator confirms.'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    IF NEW.supersedes_id IS NOT NULL AND NOT EXISTS (\n                        SELECT 1 FROM accounts_attestation earlier\n                        WHERE earlier.id = NEW.supersedes_id\n                        AND earlier.period_id = NEW.period_id\n                        AND earlier.official_account_id = NEW.official_account_id\n                    ) THEN\n                        RAISE EXCEPTION 'A correction is about the same account and period.'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    IF NOT (NEW.snapshot ->> 'platform' IS NOT DISTINCT FROM about.platform::text AND NEW.snapshot ->> 'handle' IS NOT DISTINCT FROM about.handle::text AND NEW.snapshot ->> 'status' IS NOT DISTINCT FROM about.status::text AND NEW.snapshot ->> 'two_step' IS NOT DISTINCT FROM about.two_step::text AND NEW.snapshot #>> '{person_in_charge,0}' IS NOT DISTINCT FROM about.person_in_charge_id::text)\n                        OR NEW.snapshot_sha256 <> accounts_digest_of(NEW.snapshot)\n                    THEN\n                        RAISE EXCEPTION 'That is not what the register says, or not its digest.'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='f4e8cff4d0d311693d54aa675d69b2ddeda4717a', operation='INSERT', pgid='pgtrigger_by_who_may_f7c56', table='accounts_attestation', when='BEFORE')),
        ),
        AddTrigger(
            model_name='attestationperiod',
            trigger=pgtrigger.compiler.Trigger(name='withdrawn_unanswered', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."withdrawn_at" IS NOT NULL)', func="\n    -- Under these levels a rule reads what was true when the transaction began, and nothing of what\n    -- was committed since: a role that was taken away, an item that was opened again.\n    IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN\n        RAISE EXCEPTION 'This rule asks what is committed by now: write at READ COMMITTED.'\n            USING ERRCODE = 'invalid_transaction_state';\n    END IF;\n\n        IF OLD.withdrawn_at IS NOT NULL THEN\n            RAISE EXCEPTION 'This period is withdrawn.' USING ERRCODE = 'check_violation';\n        END IF;\n        -- Who answers meanwhile holds a lock on this row until it can be seen here.\n        IF EXISTS (SELECT 1 FROM accounts_attestation WHERE period_id = NEW.id) THEN\n            RAISE EXCEPTION 'Somebody has answered in this period.'\n                USING ERRCODE = 'check_violation';\n        END IF;\n        IF NOT EXISTS (SELECT 1 FROM accounts_roles_of(NEW.withdrawn_by_id) held WHERE held.unit_id = NEW.unit_id AND held.role IN ('administrator')) THEN\n            RAISE EXCEPTION 'Who keeps the accounts of the whole agency withdraws a period.'\n                USING ERRCODE = 'check_violation';\n        END IF;\n        NEW.withdrawn_at := clock_timestamp();\n        RETURN NEW;\n    ", hash='af4b296bc918e2f4e02255e5280bfc35f1bc0e82', operation='UPDATE', pgid='pgtrigger_withdrawn_unanswered_d55ae', table='accounts_attestationperiod', when='BEFORE')),
        ),
        AddTrigger(
            model_name='attestationperiod',
            trigger=pgtrigger.compiler.Trigger(name='stays_withdrawn', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."withdrawn_at" IS NULL AND OLD."withdrawn_at" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='d2715bcb1877bb53db606c04b5719cf4d2ad27a2', operation='UPDATE', pgid='pgtrigger_stays_withdrawn_e5b24', table='accounts_attestationperiod', when='BEFORE')),
        ),
        AddTrigger(
            model_name='attestationperiod',
            trigger=pgtrigger.compiler.Trigger(name='begins_standing', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."withdrawn_at" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot insert rows from % table', TG_TABLE_NAME;", hash='4a5bfe0edd08d106836efa37f9461ad4fc3e8aab', operation='INSERT', pgid='pgtrigger_begins_standing_3a939', table='accounts_attestationperiod', when='BEFORE')),
        ),
        AddTrigger(
            model_name='handover',
            trigger=pgtrigger.compiler.Trigger(name='completed_by_another', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NEW.state = 'completed' AND OLD.state <> 'completed' AND NEW.in_place_reason <> '' AND NEW.ended_by_id = NEW.outgoing_signed_by_id)", func="\n                    RAISE EXCEPTION 'Who signed in the place of another does not complete it.'\n                        USING ERRCODE = 'check_violation';\n                ", hash='6e09aeb701734110138f5d1790a5052fcb3655c5', operation='UPDATE', pgid='pgtrigger_completed_by_another_f4cbf', table='accounts_handover', when='BEFORE')),
        ),
        AddConstraint(
            model_name='attestationperiod',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at', None), ('withdrawn_by', None)), models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), _connector='OR'), name='attestation_period_withdrawn_by_somebody'),
        ),
        AddConstraint(
            model_name='attestationperiod',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('withdrawn_at', None)), expressions=[(models.Func('starts_on', 'due_on', models.Value('[]'), function='DATERANGE', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='attestation_periods_do_not_overlap'),
        ),
    ]
