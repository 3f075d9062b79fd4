import django.db.models.functions.comparison
from django.db import migrations, models

from govsocial.web.operations import AddIndex


class Migration(migrations.Migration):

    dependencies = [
        ('content', '0011_publication_address_once'),
    ]

    operations = [
        AddIndex(
            model_name='publication',
            index=models.Index(models.OrderBy(django.db.models.functions.comparison.Coalesce('published_at', 'scheduled_for'), descending=True, nulls_last=True), models.OrderBy(models.F('id'), descending=True), name='publication_by_time'),
        ),
    ]
