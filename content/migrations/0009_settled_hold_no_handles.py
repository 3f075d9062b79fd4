from django.db import migrations, models

from govsocial.web.operations import AddConstraint, RemoveField


class Migration(migrations.Migration):

    dependencies = [
        ('content', '0008_seal_handles'),
    ]

    operations = [
        RemoveField(
            model_name='attempt',
            name='handles',
        ),
        AddConstraint(
            model_name='publication',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['published', 'withdrawn', 'cancelled']), _negated=True), ('sealed', ''), _connector='OR'), name='publication_settled_holds_no_handles'),
        ),
    ]
