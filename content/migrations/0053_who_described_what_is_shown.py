"""Who described what is shown, since when each rule of who wrote what holds, and who wrote a version.

A decision that was made before a rule held stands: nobody knew of it then.
"""

from importlib import import_module

import pgtrigger.compiler
from django.db import migrations

from govsocial.web.operations import AddTrigger

_BEFORE = import_module("content.migrations.0047_who_wrote_what_it_began_with")
_IS_APPROVED: str = import_module("content.migrations.0037_what_was_withdrawn").IS_APPROVED

# Those of ideas and of the message bank hold since the migration that brought them.
SINCE = """
-- Tables are changed below: nothing may be left to check.
SET CONSTRAINTS ALL IMMEDIATE;
INSERT INTO content_writingrule (name, since)
    SELECT rule.name, COALESCE(
        (SELECT max(m.applied) FROM django_migrations m
            WHERE m.app = 'content' AND m.name = rule.brought_by), clock_timestamp())
    FROM (VALUES
        ('idea', '0047_who_wrote_what_it_began_with'),
        ('bank', '0047_who_wrote_what_it_began_with'),
        ('library', '')
    ) AS rule (name, brought_by);
"""
# The trail has who changed a text, when, and a mark of it: twelve digits of its SHA-256. The text
# itself is the present one of the record, or stands in a version. Where it does in neither, nobody
# can take it from the library any more.
ALTS = r"""
WITH told AS (
    SELECT e.id, e.at, e.actor_id, e.data, r.media_id, r.alt,
        1 + row_number() OVER (PARTITION BY e.target_id ORDER BY e.id) AS edition
    FROM audit_entry e JOIN content_mediarecord r ON r.id::text = e.target_id
    WHERE e.target_type = 'content.mediarecord' AND e.event = 'content.media.described'
), line AS (
    SELECT id AS entry, max(version) OVER (ORDER BY at) AS newest FROM (
        SELECT id, at, NULL::bigint AS version FROM told
        UNION ALL SELECT NULL, created_at, id FROM content_postversion
    ) AS moments
), known(media_id, alt) AS (
    SELECT media_id, alt FROM content_mediarecord
    UNION
    SELECT u.media_id, named.alt #>> '{}' FROM content_mediause u
    JOIN content_postversion v ON v.id = u.version_id
    CROSS JOIN LATERAL jsonb_path_query(
        v.document, 'lax $.**.alt ? (@.type() == "string")') AS named (alt)
)
INSERT INTO content_mediaalt (media_id, edition, alt, editor_id, after_version, written_at)
    SELECT told.media_id, told.edition, known.alt, told.actor_id, COALESCE(line.newest, 0), told.at
    FROM told JOIN line ON line.entry = told.id
    JOIN known ON known.media_id = told.media_id AND known.alt ~ '[^[:space:]]'
    WHERE told.data -> 'changed' ? 'alt'
    AND told.data -> 'after' ? left(encode(sha256(convert_to(known.alt, 'UTF8')), 'hex'), 12)
    ORDER BY told.id;
"""
# What of a version a person wrote, by the rules that held when somebody decided on it. Its
# versions, those of what its post corrects, continues or was copied from; the idea that one of these
# began with as it stood then; what they took over from the message bank, with what that replaced;
# and what it shows: an alternative text of the library that stands in it and was there before it,
# and the file. Most of what is asked about has none of these: what is found at once is asked first.
HOW_THEN = r"""
CREATE FUNCTION content_wrote_how(person bigint, version bigint, decided timestamptz)
RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    posts bigint[];
    earlier bigint[];
    is_editor boolean;
    is_nobodys boolean;
    how text;
BEGIN
    SELECT EXISTS (SELECT 1 FROM content_postversion one
            WHERE one.post_id = p.id AND one.number <= v.number AND one.editor_id = person),
        p.follows_id IS NULL AND p.copied_from_id IS NULL
        AND NOT EXISTS (SELECT 1 FROM content_ideapost w WHERE w.post_id = p.id)
        AND NOT EXISTS (SELECT 1 FROM content_mediause u
            JOIN content_mediafile f ON f.id = u.media_id WHERE u.version_id = v.id
            AND (f.uploaded_by_id = person OR EXISTS (SELECT 1 FROM content_mediaalt w
                WHERE w.media_id = f.id AND w.editor_id = person)))
        AND NOT EXISTS (SELECT 1 FROM content_postversion one
            JOIN content_bankuse u ON u.version_id = one.id WHERE one.post_id = p.id)
        INTO is_editor, is_nobodys
        FROM content_postversion v JOIN content_post p ON p.id = v.post_id WHERE v.id = version;
    IF is_editor THEN
        RETURN 'words';
    ELSIF is_nobodys THEN
        RETURN '';
    END IF;
    WITH RECURSIVE parts(post_id, last) AS (
        SELECT v.post_id, v.number FROM content_postversion v WHERE v.id = version
        UNION
        SELECT f.post_id, f.number FROM parts
        JOIN content_post p ON p.id = parts.post_id
        LEFT JOIN content_post o ON o.id = p.follows_id
        JOIN content_postversion f ON f.id IN (o.current_version_id, p.copied_from_id)
    )
    SELECT array_agg(DISTINCT one.post_id), array_agg(one.id), bool_or(one.editor_id = person)
        INTO posts, earlier, is_editor
        FROM parts JOIN content_postversion one
        ON one.post_id = parts.post_id AND one.number <= parts.last;
    IF is_editor THEN
        RETURN 'words';
    END IF;
    IF EXISTS (
        SELECT 1 FROM content_ideapost w JOIN content_idea i ON i.id = w.idea_id
        WHERE w.post_id = ANY (posts) AND (i.author_id = person OR EXISTS (
            SELECT 1 FROM content_ideaedition e WHERE e.idea_id = i.id
            AND e.edition <= w.edition AND e.editor_id = person))
    ) AND NOT EXISTS (
        SELECT 1 FROM content_writingrule r WHERE r.name = 'idea' AND r.since > decided) THEN
        RETURN 'idea';
    END IF;
    IF EXISTS (SELECT 1 FROM content_bankuse u WHERE u.version_id = ANY (earlier)) THEN
        WITH RECURSIVE texts(id) AS (
            SELECT u.text_id FROM content_bankuse u WHERE u.version_id = ANY (earlier)
            UNION
            SELECT t.replaces_id FROM texts JOIN content_banktext t ON t.id = texts.id
                WHERE t.replaces_id IS NOT NULL
        )
        SELECT max(t.kind) INTO how FROM texts JOIN content_banktext t ON t.id = texts.id
            WHERE t.made_by_id = person;
        IF how IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM content_writingrule r WHERE r.name = 'bank' AND r.since > decided) THEN
            RETURN how;
        END IF;
    END IF;
    IF EXISTS (
        SELECT 1 FROM content_writingrule r WHERE r.name = 'library' AND r.since > decided) THEN
        RETURN '';
    END IF;
    IF EXISTS (
        SELECT 1 FROM content_mediause u
        JOIN content_mediaalt w ON w.media_id = u.media_id AND w.editor_id = person
        WHERE u.version_id = version AND w.after_version < (
            SELECT min(v.id) FROM content_postversion v WHERE v.id = ANY (earlier) AND EXISTS (
                SELECT 1 FROM jsonb_path_query(
                    v.document, 'lax $.**.alt ? (@.type() == "string")') AS said (alt)
                WHERE strpos(regexp_replace(btrim(said.alt #>> '{}'), '\s+', ' ', 'g'),
                    regexp_replace(btrim(w.alt), '\s+', ' ', 'g')) > 0))
    ) THEN
        RETURN 'alt';
    END IF;
    IF EXISTS (
        SELECT 1 FROM content_mediause u JOIN content_mediafile f ON f.id = u.media_id
        WHERE u.version_id = version AND f.uploaded_by_id = person) THEN
        RETURN 'picture';
    END IF;
    RETURN '';
END
$$
"""
HOW = """
CREATE OR REPLACE FUNCTION content_wrote_how(person bigint, version bigint) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN content_wrote_how(person, version, 'infinity');
END
$$
"""
WROTE = """
CREATE OR REPLACE FUNCTION content_wrote(person bigint, version bigint) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN content_wrote_how(person, version, 'infinity') <> '';
END
$$
"""
WROTE_THEN = """
CREATE FUNCTION content_wrote_then(person bigint, version bigint, decided timestamptz)
RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN content_wrote_how(person, version, decided) <> '';
END
$$
"""
IS_APPROVED = _IS_APPROVED.replace(
    "content_wrote(d.decider_id, version)",
    "content_wrote_then(d.decider_id, version, d.decided_at)",
)


class Migration(migrations.Migration):

    dependencies = [
        ('content', '0052_what_a_library_says'),
        ('audit', '0001_initial'),
    ]

    operations = [
        migrations.RunSQL(SINCE, "DELETE FROM content_writingrule"),
        migrations.RunSQL(ALTS, "DELETE FROM content_mediaalt"),
        migrations.RunSQL(
            HOW_THEN, "DROP FUNCTION content_wrote_how(bigint, bigint, timestamptz)"
        ),
        migrations.RunSQL(HOW, _BEFORE.WROTE_HOW.replace("CREATE FUNC", "CREATE OR REPLACE FUNC")),
        migrations.RunSQL(WROTE, _BEFORE.WROTE),
        migrations.RunSQL(
            WROTE_THEN, "DROP FUNCTION content_wrote_then(bigint, bigint, timestamptz)"
        ),
        migrations.RunSQL(IS_APPROVED, _IS_APPROVED),
        AddTrigger(
            model_name='mediarecord',
            trigger=pgtrigger.compiler.Trigger(name='alt_is_of_somebody', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    -- Under these levels a rule reads what was true when the transaction began, and nothing of what\n    -- was committed since: a role that was taken away, an item that was opened again.\n    IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN\n        RAISE EXCEPTION 'This rule asks what is committed by now: write at READ COMMITTED.'\n            USING ERRCODE = 'invalid_transaction_state';\n    END IF;\n\n                    IF NEW.alt ~ '[^[:space:]]' AND (TG_OP = 'INSERT' OR NEW.alt <> OLD.alt)\n                        AND NOT EXISTS (\n                        SELECT 1 FROM content_mediaalt w WHERE w.media_id = NEW.media_id\n                        AND w.edition = NEW.edition AND w.alt = NEW.alt) THEN\n                        RAISE EXCEPTION 'Whoever writes an alternative text says so.'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='d1fd58e62af1ad7d8f80546e7cfb5c815892d42d', operation='INSERT OR UPDATE OF "alt"', pgid='pgtrigger_alt_is_of_somebody_bf02d', table='content_mediarecord', when='BEFORE')),
        ),
        AddTrigger(
            model_name='writingrule',
            trigger=pgtrigger.compiler.Trigger(name='written_by_migrations', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot insert or update or delete rows from % table', TG_TABLE_NAME;", hash='5100ec02760bc455a17d0bff05b62d887837585e', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_written_by_migrations_10fc4', table='content_writingrule', when='BEFORE')),
        ),
        AddTrigger(
            model_name='mediaalt',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='145a53015e5d949ad162b560f663aa36e7e38bda', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_b416f', table='content_mediaalt', when='BEFORE')),
        ),
        AddTrigger(
            model_name='mediaalt',
            trigger=pgtrigger.compiler.Trigger(name='counts_up', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    -- Under these levels a rule reads what was true when the transaction began, and nothing of what\n    -- was committed since: a role that was taken away, an item that was opened again.\n    IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN\n        RAISE EXCEPTION 'This rule asks what is committed by now: write at READ COMMITTED.'\n            USING ERRCODE = 'invalid_transaction_state';\n    END IF;\n\n                    PERFORM 1 FROM content_mediarecord r WHERE r.media_id = NEW.media_id\n                        AND r.edition + 1 = NEW.edition FOR UPDATE;\n                    IF NOT FOUND THEN\n                        RAISE EXCEPTION 'A text is of the next edition of its record.'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    NEW.after_version := COALESCE((SELECT max(id) FROM content_postversion), 0);\n                    NEW.written_at := clock_timestamp();\n                    RETURN NEW;\n                ", hash='7a6ecd625f57b42c5eff6db89a9e02d7879e6851', operation='INSERT', pgid='pgtrigger_counts_up_30850', table='content_mediaalt', when='BEFORE')),
        ),
    ]
