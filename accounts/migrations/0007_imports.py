
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

from govsocial.web.operations import AddTrigger, CreateModel


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_platform_spending'),
    ]

    operations = [
        CreateModel(
            name='ImportBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_name', models.CharField(max_length=150, verbose_name='file name')),
                ('sha256', models.CharField(max_length=64)),
                ('columns', models.JSONField(default=list)),
                ('rows', models.JSONField(default=list)),
                ('good', models.PositiveIntegerField()),
                ('bad', models.PositiveIntegerField()),
                ('status', models.CharField(choices=[('waiting', 'Waiting'), ('done', 'Imported')], default='waiting', max_length=10)),
                ('imported', models.PositiveIntegerField(null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('expires_at', models.DateTimeField()),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'import of official accounts',
                'verbose_name_plural': 'imports of official accounts',
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['owner', 'expires_at'], name='import_batch_of_owner')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('imported', None), ('status', 'waiting')), models.Q(('imported__isnull', False), ('status', 'done')), _connector='OR'), name='import_batch_done_says_how_many')],
            },
        ),
        AddTrigger(
            model_name='importbatch',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='c4fcf7dd33b1f61d8e1e0258cafdfe7b0c49e978', operation='DELETE', pgid='pgtrigger_never_deleted_7b0fa', table='accounts_importbatch', when='BEFORE')),
        ),
        AddTrigger(
            model_name='importbatch',
            trigger=pgtrigger.compiler.Trigger(name='done_once', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{waiting:done}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='0126bf01087649802590bca1dd5acf72773bae8d', operation='UPDATE', pgid='pgtrigger_done_once_9c30e', table='accounts_importbatch', when='BEFORE')),
        ),
    ]
