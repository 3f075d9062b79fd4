
import django.db.models.deletion
import pgtrigger.compiler
from django.db import migrations, models

from govsocial.web.operations import AddConstraint, AddTrigger, CreateModel


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0008_attestation_and_handover'),
    ]

    operations = [
        CreateModel(
            name='PublicListing',
            fields=[
                ('official_account', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='listing', serialize=False, to='accounts.officialaccount')),
                ('code', models.CharField(max_length=12, unique=True)),
                ('listed_at', models.DateTimeField()),
            ],
        ),
        CreateModel(
            name='RegisterVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.BigIntegerField()),
                ('changed_at', models.DateTimeField()),
                ('changed_in', models.BigIntegerField()),
            ],
        ),
        AddTrigger(
            model_name='officialaccount',
            trigger=pgtrigger.compiler.Trigger(name='listed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."status" = \'active\')', func="\n    INSERT INTO accounts_publiclisting (official_account_id, code, listed_at)\n    VALUES (NEW.id, substr(replace(gen_random_uuid()::text, '-', ''), 1, 12), clock_timestamp())\n    ON CONFLICT (official_account_id) DO NOTHING;\n    RETURN NULL;\n", hash='a2e7d6b6c3cdf22b052e0ac914fc5d2e64ec1563', operation='INSERT OR UPDATE OF "status"', pgid='pgtrigger_listed_a981c', table='accounts_officialaccount', when='AFTER')),
        ),
        AddTrigger(
            model_name='officialaccount',
            trigger=pgtrigger.compiler.Trigger(name='register_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."closed_on" IS DISTINCT FROM (NEW."closed_on") OR OLD."decree_date" IS DISTINCT FROM (NEW."decree_date") OR OLD."decree_number" IS DISTINCT FROM (NEW."decree_number") OR OLD."display_name" IS DISTINCT FROM (NEW."display_name") OR OLD."handle" IS DISTINCT FROM (NEW."handle") OR OLD."host" IS DISTINCT FROM (NEW."host") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."opened_on" IS DISTINCT FROM (NEW."opened_on") OR OLD."platform" IS DISTINCT FROM (NEW."platform") OR OLD."platform_id" IS DISTINCT FROM (NEW."platform_id") OR OLD."purpose" IS DISTINCT FROM (NEW."purpose") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."unit_id" IS DISTINCT FROM (NEW."unit_id") OR OLD."url" IS DISTINCT FROM (NEW."url"))', constraint='CONSTRAINT', func='\n    INSERT INTO accounts_registerversion (id, number, changed_at, changed_in)\n    VALUES (1, 1, clock_timestamp(), txid_current())\n    ON CONFLICT (id) DO UPDATE SET\n        number = accounts_registerversion.number + 1,\n        changed_at = EXCLUDED.changed_at,\n        changed_in = EXCLUDED.changed_in\n    WHERE accounts_registerversion.changed_in <> EXCLUDED.changed_in;\n    RETURN NULL;\n', hash='b27faea5c933549605e05385cc90e5cd5e2493e1', operation='UPDATE', pgid='pgtrigger_register_changed_ff82f', table='accounts_officialaccount', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
        AddTrigger(
            model_name='unit',
            trigger=pgtrigger.compiler.Trigger(name='register_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."parent_id" IS DISTINCT FROM (NEW."parent_id") OR OLD."short_name" IS DISTINCT FROM (NEW."short_name"))', constraint='CONSTRAINT', func='\n    INSERT INTO accounts_registerversion (id, number, changed_at, changed_in)\n    VALUES (1, 1, clock_timestamp(), txid_current())\n    ON CONFLICT (id) DO UPDATE SET\n        number = accounts_registerversion.number + 1,\n        changed_at = EXCLUDED.changed_at,\n        changed_in = EXCLUDED.changed_in\n    WHERE accounts_registerversion.changed_in <> EXCLUDED.changed_in;\n    RETURN NULL;\n', hash='fae1016b8523731a5f842e687588c11f60b08a4b', operation='UPDATE', pgid='pgtrigger_register_changed_9bc46', table='accounts_unit', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
        AddTrigger(
            model_name='publiclisting',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='0cab28edef07a128017afdf435415b8526d1901a', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_db95e', table='accounts_publiclisting', when='BEFORE')),
        ),
        AddTrigger(
            model_name='publiclisting',
            trigger=pgtrigger.compiler.Trigger(name='register_changed', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func='\n    INSERT INTO accounts_registerversion (id, number, changed_at, changed_in)\n    VALUES (1, 1, clock_timestamp(), txid_current())\n    ON CONFLICT (id) DO UPDATE SET\n        number = accounts_registerversion.number + 1,\n        changed_at = EXCLUDED.changed_at,\n        changed_in = EXCLUDED.changed_in\n    WHERE accounts_registerversion.changed_in <> EXCLUDED.changed_in;\n    RETURN NULL;\n', hash='d45114ffe910843456233b8762314323aa896ba8', operation='INSERT', pgid='pgtrigger_register_changed_eef13', table='accounts_publiclisting', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
        AddConstraint(
            model_name='registerversion',
            constraint=models.CheckConstraint(condition=models.Q(('pk', 1)), name='register_has_one_version'),
        ),
    ]
