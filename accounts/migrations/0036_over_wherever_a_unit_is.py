import pgtrigger.compiler
from django.db import migrations

from govsocial.web.operations import AddTrigger, RemoveTrigger


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0035_who_signs_and_closes'),
    ]

    operations = [
        RemoveTrigger(
            model_name='administrator',
            name='over_is_over',
        ),
        AddTrigger(
            model_name='administrator',
            trigger=pgtrigger.compiler.Trigger(name='over_is_over', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."ends_on" IS DISTINCT FROM NEW."ends_on" AND ( OLD."ends_on" < (now() AT TIME ZONE \'Etc/GMT+12\')::date OR OLD."ends_on" < OLD."starts_on"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='1b046c2ce96d1c1dfe366de49dc95637e3bcb2a8', operation='UPDATE', pgid='pgtrigger_over_is_over_e6794', table='accounts_administrator', when='BEFORE')),
        ),
    ]
