
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

from govsocial.web.operations import AddConstraint, AddField, AddTrigger, CreateModel


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_register'),
    ]

    operations = [
        CreateModel(
            name='SpendingCap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('platform', models.CharField(max_length=20, unique=True, verbose_name='platform')),
                ('monthly', models.DecimalField(decimal_places=2, max_digits=10, verbose_name='monthly cap')),
                ('kept', models.DecimalField(decimal_places=2, default=0, max_digits=10, verbose_name='kept for publishing')),
                ('set_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'spending cap',
                'verbose_name_plural': 'spending caps',
            },
        ),
        CreateModel(
            name='PlatformSpending',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('platform', models.CharField(max_length=20, verbose_name='platform')),
                ('month', models.DateField(verbose_name='month')),
                ('item', models.CharField(blank=True, max_length=60, verbose_name='item')),
                ('count', models.BigIntegerField(verbose_name='count')),
                ('amount', models.DecimalField(decimal_places=6, max_digits=14, verbose_name='amount')),
            ],
            options={
                'verbose_name': 'spending on a platform',
                'verbose_name_plural': 'spending on platforms',
                'constraints': [models.UniqueConstraint(fields=('platform', 'month', 'item'), name='platform_spending_once'), models.CheckConstraint(condition=models.Q(('amount__gte', 0), ('count__gte', 0), ('month__day', 1)), name='platform_spending_is_sane')],
            },
        ),
        AddTrigger(
            model_name='platformspending',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='6ce3022fcf7d54ae248bc3e45058e825c6234d72', operation='DELETE', pgid='pgtrigger_never_deleted_53965', table='accounts_platformspending', when='BEFORE')),
        ),
        AddField(
            model_name='spendingcap',
            name='set_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        AddConstraint(
            model_name='spendingcap',
            constraint=models.CheckConstraint(condition=models.Q(('kept__gte', 0), ('monthly__gte', models.F('kept'))), name='spending_cap_is_sane'),
        ),
        AddTrigger(
            model_name='spendingcap',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='0a5a201427282675ce5fb369a06a9b06df520ceb', operation='DELETE', pgid='pgtrigger_never_deleted_7634a', table='accounts_spendingcap', when='BEFORE')),
        ),
    ]
