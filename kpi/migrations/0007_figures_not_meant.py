from django.db import migrations, models

from govsocial.web.operations import AddField


class Migration(migrations.Migration):

    dependencies = [
        ('kpi', '0006_feeds_without_their_query'),
    ]

    operations = [
        AddField(
            model_name='collectionrun',
            name='not_meant',
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        AddField(
            model_name='pullstate',
            name='not_meant',
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
    ]
