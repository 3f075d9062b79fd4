"""What lists and the search go by, and views of lists that people saved."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

from govsocial.web.operations import AddConstraint, AddField, AddIndex, AddTrigger, CreateModel


# Without accents and styled alphabets; what is typed either way finds the same. The paths are said
# here, before migrate would: an index is built without any.
FOLDED = r"""
CREATE FUNCTION content_folded(said text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT regexp_replace(normalize(said, NFKD), '[\u0300-\u036f]', '', 'g')
$$
"""

# The stems of all words, and the words themselves. A tsvector holds one megabyte: no text of any
# alphabet comes near it with so many signs.
LEXEMES = r"""
CREATE FUNCTION content_lexemes(VARIADIC said text[]) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT to_tsvector('pg_catalog.indonesian', one.folded)
        || to_tsvector('pg_catalog.simple', one.folded)
    FROM (
        SELECT left(content_folded(left(array_to_string(said, E'\n'), 60000)), 60000)
    ) AS one (folded)
$$
"""

# Each text once: most accounts get the same. Whatever a document holds, nothing here fails.
SAID = r"""
CREATE FUNCTION content_said(document jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT COALESCE(string_agg(once.said, E'\n' ORDER BY once.place, once.said), '') FROM (
        SELECT every.said, min(every.place) FROM (
            SELECT jsonb_path_query(document, 'lax $.text ? (@.type() == "string")') #>> '{}', 1
            UNION ALL SELECT jsonb_path_query(
                document, 'lax $.variants.*.text ? (@.type() == "string")') #>> '{}', 2
            UNION ALL SELECT jsonb_path_query(
                document, 'lax $.headline ? (@.type() == "string")') #>> '{}', 3
            UNION ALL SELECT jsonb_path_query(
                document, 'lax $.media[*].alt ? (@.type() == "string")') #>> '{}', 4
            UNION ALL SELECT jsonb_path_query(
                document, 'lax $.film.alt ? (@.type() == "string")') #>> '{}', 5
        ) AS every (said, place) WHERE every.said <> '' GROUP BY every.said
    ) AS once (said, place)
$$
"""

LISTED = r"""
CREATE FUNCTION content_listed(version bigint) RETURNS TABLE (
    title text, sensitivity text, classes text[], accounts bigint[], words tsvector)
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT
        COALESCE(v.title, ''),
        COALESCE(left(v.document #>> '{facets,sensitivity}', 10), 'ordinary'),
        ARRAY(
            SELECT DISTINCT left(one #>> '{}', 20) FROM jsonb_path_query(
                v.document, 'lax $.facets.classes[*] ? (@.type() == "string")') AS one
        ),
        ARRAY(
            SELECT (one #>> '{}')::bigint FROM jsonb_path_query(
                v.document, 'lax $.variants.keyvalue().key', '{}', true) AS one
            WHERE one #>> '{}' ~ '^[1-9][0-9]{0,17}$'
        ),
        setweight(content_lexemes(v.title), 'A')
            || setweight(content_lexemes(content_said(v.document)), 'B')
    FROM (SELECT version) AS asked (id)
    LEFT JOIN content_postversion v ON v.id = asked.id
$$
"""

# What is there already. Nothing may wait to be checked when the table is altered next.
FILL = """
INSERT INTO content_postsearch (post_id, unit_id, author_id, status, title, sensitivity, classes,
    accounts, planned_at, updated_at, words)
SELECT p.id, p.unit_id, p.author_id, p.status, found.title, found.sensitivity, found.classes,
    found.accounts, p.planned_at, p.updated_at, found.words
FROM content_post p CROSS JOIN LATERAL content_listed(p.current_version_id) AS found;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0064_reminders_are_leased'),
        ('content', '0034_opened_and_whole'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(FOLDED, "DROP FUNCTION content_folded(text)"),
        migrations.RunSQL(LEXEMES, "DROP FUNCTION content_lexemes(text[])"),
        migrations.RunSQL(SAID, "DROP FUNCTION content_said(jsonb)"),
        migrations.RunSQL(LISTED, "DROP FUNCTION content_listed(bigint)"),
        CreateModel(
            name='PostSearch',
            fields=[
                ('post', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='listed', serialize=False, to='content.post')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('submitted', 'Submitted'), ('approved', 'Approved'), ('scheduled', 'Scheduled'), ('live', 'Live'), ('corrected', 'Corrected'), ('withdrawn', 'Withdrawn'), ('archived', 'Archived'), ('rejected', 'Rejected')], max_length=10)),
                ('title', models.CharField(max_length=200)),
                ('sensitivity', models.CharField(max_length=10)),
                ('classes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=None)),
                ('accounts', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('planned_at', models.DateTimeField(null=True)),
                ('updated_at', models.DateTimeField()),
                ('words', django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                'verbose_name': 'post in lists',
                'verbose_name_plural': 'posts in lists',
                'ordering': ['-updated_at', '-post'],
            },
        ),
        CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.CharField(choices=[('posts', 'Content'), ('publications', 'Publications'), ('reviews', 'Review')], max_length=20)),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('query', models.CharField(blank=True, max_length=2000)),
                ('is_default', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': 'saved view',
                'verbose_name_plural': 'saved views',
                'ordering': ['place', 'name', 'pk'],
            },
        ),
        AddIndex(
            model_name='comment',
            index=django.contrib.postgres.indexes.GinIndex(models.Func(models.F('text'), function='content_lexemes', output_field=django.contrib.postgres.search.SearchVectorField()), name='comment_words'),
        ),
        AddIndex(
            model_name='decision',
            index=django.contrib.postgres.indexes.GinIndex(models.Func(models.F('note'), function='content_lexemes', output_field=django.contrib.postgres.search.SearchVectorField()), name='decision_words'),
        ),
        AddIndex(
            model_name='mediarecord',
            index=django.contrib.postgres.indexes.GinIndex(models.Func(models.F('title'), models.F('description'), models.F('alt'), models.F('source'), models.F('owner'), function='content_lexemes', output_field=django.contrib.postgres.search.SearchVectorField()), name='media_record_words'),
        ),
        AddField(
            model_name='postsearch',
            name='author',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        AddField(
            model_name='postsearch',
            name='unit',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.unit'),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        AddField(
            model_name='savedview',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='saved_views', to=settings.AUTH_USER_MODEL),
        ),
        AddIndex(
            model_name='postsearch',
            index=models.Index(fields=['-updated_at', '-post'], include=('unit', 'status', 'author', 'sensitivity', 'planned_at'), name='listed_by_change'),
        ),
        AddIndex(
            model_name='postsearch',
            index=models.Index(fields=['title', 'post'], include=('unit', 'status'), name='listed_by_title'),
        ),
        AddIndex(
            model_name='postsearch',
            index=models.Index(fields=['unit', 'status', '-updated_at', '-post'], name='listed_by_unit'),
        ),
        AddIndex(
            model_name='postsearch',
            index=models.Index(fields=['author', '-updated_at', '-post'], name='listed_by_author'),
        ),
        AddIndex(
            model_name='postsearch',
            index=models.Index(condition=models.Q(('planned_at__isnull', False)), fields=['planned_at', 'post'], name='listed_by_plan'),
        ),
        AddIndex(
            model_name='postsearch',
            index=django.contrib.postgres.indexes.GinIndex(fields=['words'], name='listed_words'),
        ),
        AddIndex(
            model_name='postsearch',
            index=django.contrib.postgres.indexes.GinIndex(fields=['accounts'], name='listed_accounts'),
        ),
        AddIndex(
            model_name='postsearch',
            index=django.contrib.postgres.indexes.GinIndex(fields=['classes'], name='listed_classes'),
        ),
        AddTrigger(
            model_name='postsearch',
            trigger=pgtrigger.compiler.Trigger(name='written_by_the_database', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (pg_trigger_depth() = 0)', func="RAISE EXCEPTION 'pgtrigger: Cannot insert or update or delete rows from % table', TG_TABLE_NAME;", hash='35236df2a05d4a7167a60264c4d56ebed5b188ab', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_written_by_the_database_831ff', table='content_postsearch', when='BEFORE')),
        ),
        AddConstraint(
            model_name='savedview',
            constraint=models.UniqueConstraint(models.F('user'), models.F('place'), django.db.models.functions.text.Lower('name'), name='saved_view_name_once_a_list'),
        ),
        AddConstraint(
            model_name='savedview',
            constraint=models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('user', 'place'), name='saved_view_one_default'),
        ),
        AddConstraint(
            model_name='savedview',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), ('name', django.db.models.functions.text.Trim('name'))), name='saved_view_has_a_name'),
        ),
        AddConstraint(
            model_name='savedview',
            constraint=models.CheckConstraint(condition=models.Q(('place__in', ['posts', 'publications', 'reviews'])), name='saved_view_of_a_list'),
        ),
        AddTrigger(
            model_name='savedview',
            trigger=pgtrigger.compiler.Trigger(name='stays_of_its_person', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."user_id" IS DISTINCT FROM (NEW."user_id") OR OLD."place" IS DISTINCT FROM (NEW."place") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='80c6158966c31cca0fd9689d80f3dc630a244ed0', operation='UPDATE', pgid='pgtrigger_stays_of_its_person_edbb5', table='content_savedview', when='BEFORE')),
        ),
        AddTrigger(
            model_name='post',
            trigger=pgtrigger.compiler.Trigger(name='is_listed', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    -- Under these levels a rule reads what was true when the transaction began, and nothing of what\n    -- was committed since: a role that was taken away, an item that was opened again.\n    IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN\n        RAISE EXCEPTION 'This rule asks what is committed by now: write at READ COMMITTED.'\n            USING ERRCODE = 'invalid_transaction_state';\n    END IF;\n\n            IF TG_OP = 'UPDATE' THEN\n                IF NEW.current_version_id IS NOT DISTINCT FROM OLD.current_version_id THEN\n                    UPDATE content_postsearch SET status = NEW.status,\n                        planned_at = NEW.planned_at, updated_at = NEW.updated_at\n                        WHERE post_id = NEW.id;\n                    RETURN NULL;\n                END IF;\n            END IF;\n            INSERT INTO content_postsearch (post_id, unit_id, author_id, status, title, sensitivity,\n                classes, accounts, planned_at, updated_at, words)\n            SELECT NEW.id, NEW.unit_id, NEW.author_id, NEW.status, found.title, found.sensitivity,\n                found.classes, found.accounts, NEW.planned_at, NEW.updated_at, found.words\n            FROM content_listed(NEW.current_version_id) AS found\n            ON CONFLICT (post_id) DO UPDATE SET status = excluded.status, title = excluded.title,\n                sensitivity = excluded.sensitivity, classes = excluded.classes,\n                accounts = excluded.accounts, planned_at = excluded.planned_at,\n                updated_at = excluded.updated_at, words = excluded.words;\n            RETURN NULL;\n        ", hash='ca95c64ba2177e452fd84c1ef5b0f14beda96d1c', operation='INSERT OR UPDATE', pgid='pgtrigger_is_listed_0283c', table='content_post', when='AFTER')),
        ),
    ]
