"""The search over everything finds campaigns, ideas and texts of the message bank."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.conf import settings
from django.db import migrations, models

from govsocial.web.operations import AddIndex


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0064_reminders_are_leased'),
        ('content', '0054_one_post_a_form'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndex(
            model_name='banktext',
            index=django.contrib.postgres.indexes.GinIndex(models.Func(models.F('title'), models.F('purpose'), models.F('text'), function='content_lexemes', output_field=django.contrib.postgres.search.SearchVectorField()), name='bank_text_words'),
        ),
        AddIndex(
            model_name='campaign',
            index=django.contrib.postgres.indexes.GinIndex(models.Func(models.F('name'), models.F('code'), models.F('purpose'), models.F('services'), models.F('voice'), models.F('cut_budget'), models.F('conclusion'), function='content_lexemes', output_field=django.contrib.postgres.search.SearchVectorField()), name='campaign_words'),
        ),
        AddIndex(
            model_name='idea',
            index=django.contrib.postgres.indexes.GinIndex(models.Func(models.F('title'), models.F('note'), function='content_lexemes', output_field=django.contrib.postgres.search.SearchVectorField()), name='idea_words'),
        ),
    ]
