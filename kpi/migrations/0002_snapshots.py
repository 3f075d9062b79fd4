"""The two tables of snapshots, partitioned by month of ``captured_at``.

Each has a default partition, so that a row of a month without a partition is kept as well;
``kpi.partitions`` makes the partitions of months and moves such rows over.
"""

import django.db.models.deletion
from django.db import migrations, models

from govsocial.web.operations import AddIndex, CreateModel

ACCOUNT_SNAPSHOT = """
    CREATE TABLE kpi_accountsnapshot (
        official_account_id bigint NOT NULL
            CONSTRAINT account_snapshot_account REFERENCES accounts_officialaccount (id),
        captured_at timestamptz NOT NULL,
        followers bigint,
        following bigint,
        posts bigint,
        definition varchar(40) NOT NULL,
        source varchar(10) NOT NULL,
        raw jsonb NOT NULL,
        PRIMARY KEY (official_account_id, captured_at)
    ) PARTITION BY RANGE (captured_at);
    CREATE TABLE kpi_accountsnapshot_default PARTITION OF kpi_accountsnapshot DEFAULT;
"""

POST_SNAPSHOT = """
    CREATE TABLE kpi_postsnapshot (
        platform_post_id bigint NOT NULL
            CONSTRAINT post_snapshot_post REFERENCES kpi_platformpost (id),
        official_account_id bigint NOT NULL,
        captured_at timestamptz NOT NULL,
        likes bigint,
        comments bigint,
        shares bigint,
        quotes bigint,
        saves bigint,
        views bigint,
        reach bigint,
        link_clicks bigint,
        definition varchar(40) NOT NULL,
        source varchar(10) NOT NULL,
        raw jsonb NOT NULL,
        PRIMARY KEY (platform_post_id, captured_at)
    ) PARTITION BY RANGE (captured_at);
    CREATE TABLE kpi_postsnapshot_default PARTITION OF kpi_postsnapshot DEFAULT;
    CREATE INDEX post_snapshot_by_account ON kpi_postsnapshot (official_account_id, captured_at);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('kpi', '0001_initial'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(ACCOUNT_SNAPSHOT, 'DROP TABLE kpi_accountsnapshot'),
                migrations.RunSQL(POST_SNAPSHOT, 'DROP TABLE kpi_postsnapshot'),
            ],
            state_operations=[
                CreateModel(
                    name='AccountSnapshot',
                    fields=[
                        ('pk', models.CompositePrimaryKey('official_account_id', 'captured_at', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('captured_at', models.DateTimeField()),
                        ('followers', models.BigIntegerField(null=True)),
                        ('following', models.BigIntegerField(null=True)),
                        ('posts', models.BigIntegerField(null=True)),
                        ('definition', models.CharField(blank=True, max_length=40)),
                        ('source', models.CharField(choices=[('api', 'Platform'), ('manual', 'Entered by hand')], default='api', max_length=10)),
                        ('raw', models.JSONField(default=dict)),
                        ('official_account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.officialaccount')),
                    ],
                    options={
                        'verbose_name': 'account snapshot',
                        'verbose_name_plural': 'account snapshots',
                        'ordering': ['official_account', 'captured_at'],
                    },
                ),
                CreateModel(
                    name='PostSnapshot',
                    fields=[
                        ('pk', models.CompositePrimaryKey('platform_post_id', 'captured_at', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('captured_at', models.DateTimeField()),
                        ('likes', models.BigIntegerField(null=True)),
                        ('comments', models.BigIntegerField(null=True)),
                        ('shares', models.BigIntegerField(null=True)),
                        ('quotes', models.BigIntegerField(null=True)),
                        ('saves', models.BigIntegerField(null=True)),
                        ('views', models.BigIntegerField(null=True)),
                        ('reach', models.BigIntegerField(null=True)),
                        ('link_clicks', models.BigIntegerField(null=True)),
                        ('definition', models.CharField(blank=True, max_length=40)),
                        ('source', models.CharField(choices=[('api', 'Platform'), ('manual', 'Entered by hand')], default='api', max_length=10)),
                        ('raw', models.JSONField(default=dict)),
                        ('official_account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.officialaccount')),
                        ('platform_post', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kpi.platformpost')),
                    ],
                    options={
                        'verbose_name': 'post snapshot',
                        'verbose_name_plural': 'post snapshots',
                        'ordering': ['platform_post', 'captured_at'],
                    },
                ),
                AddIndex(
                    model_name='postsnapshot',
                    index=models.Index(fields=['official_account', 'captured_at'], name='post_snapshot_by_account'),
                ),
            ],
        ),
    ]
