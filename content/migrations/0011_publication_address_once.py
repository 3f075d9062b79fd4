from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('content', '0010_one_publication_an_address'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='publication',
            constraint=models.UniqueConstraint(condition=models.Q(('permalink', ''), _negated=True), fields=('official_account', 'permalink'), name='publication_address_once'),
        ),
    ]
