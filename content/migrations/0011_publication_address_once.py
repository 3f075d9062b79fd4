from django.db import migrations, models

from govsocial.web.operations import AddConstraint


class Migration(migrations.Migration):

    dependencies = [
        ('content', '0010_one_publication_an_address'),
    ]

    operations = [
        AddConstraint(
            model_name='publication',
            constraint=models.UniqueConstraint(condition=models.Q(('permalink', ''), _negated=True), fields=('official_account', 'permalink'), name='publication_address_once'),
        ),
    ]
