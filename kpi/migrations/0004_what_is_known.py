"""Where reading the list goes on, up to when it is known, and what a day's figures mean.

Days that are stored already come right by themselves: they have no zone noted, so the next pull of
their account rebuilds them.
"""

from django.db import migrations, models

from govsocial.web.operations import AddField


class Migration(migrations.Migration):

    dependencies = [
        ('kpi', '0003_month_partitions'),
    ]

    operations = [
        AddField(
            model_name='accountday',
            name='definition',
            field=models.CharField(blank=True, max_length=40),
        ),
        AddField(
            model_name='accountday',
            name='redefined',
            field=models.BooleanField(default=False),
        ),
        AddField(
            model_name='pullstate',
            name='list_cursors',
            field=models.JSONField(default=list),
        ),
        AddField(
            model_name='pullstate',
            name='posts_known_at',
            field=models.DateTimeField(null=True),
        ),
        AddField(
            model_name='pullstate',
            name='zone',
            field=models.CharField(blank=True, max_length=63),
        ),
        migrations.AlterField(
            model_name='accountday',
            name='posts',
            field=models.PositiveIntegerField(null=True),
        ),
    ]
