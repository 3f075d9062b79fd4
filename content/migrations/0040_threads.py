"""What follows a post on an account: a thread, or a first comment."""

import pgtrigger.compiler
from django.db import migrations, models

from govsocial.web.operations import AddConstraint, AddTrigger, RemoveConstraint, RemoveTrigger


# What is searched has what follows a post as well.
SAID = r"""
CREATE OR REPLACE FUNCTION content_said(document jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT COALESCE(string_agg(once.said, E'\n' ORDER BY once.place, once.said), '') FROM (
        SELECT every.said, min(every.place) FROM (
            SELECT jsonb_path_query(document, 'lax $.text ? (@.type() == "string")') #>> '{}', 1
            UNION ALL SELECT jsonb_path_query(
                document, 'lax $.variants.*.text ? (@.type() == "string")') #>> '{}', 2
            UNION ALL SELECT jsonb_path_query(
                document, 'lax $.thread[*] ? (@.type() == "string")') #>> '{}', 3
            UNION ALL SELECT jsonb_path_query(
                document, 'lax $.first_comment ? (@.type() == "string")') #>> '{}', 4
            UNION ALL SELECT jsonb_path_query(
                document, 'lax $.headline ? (@.type() == "string")') #>> '{}', 5
            UNION ALL SELECT jsonb_path_query(
                document, 'lax $.media[*].alt ? (@.type() == "string")') #>> '{}', 6
            UNION ALL SELECT jsonb_path_query(
                document, 'lax $.film.alt ? (@.type() == "string")') #>> '{}', 7
        ) AS every (said, place) WHERE every.said <> '' GROUP BY every.said
    ) AS once (said, place)
$$
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0064_reminders_are_leased'),
        ('content', '0039_publications_that_are_frozen'),
    ]

    operations = [
        migrations.RunSQL(SAID, migrations.RunSQL.noop),
        RemoveTrigger(
            model_name='publication',
            name='stays_itself',
        ),
        RemoveTrigger(
            model_name='publication',
            name='gate',
        ),
        RemoveConstraint(
            model_name='publication',
            name='publication_once_per_version',
        ),
        RemoveConstraint(
            model_name='publication',
            name='publication_at_most_once',
        ),
        migrations.AddField(
            model_name='publication',
            name='part',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        AddTrigger(
            model_name='publication',
            trigger=pgtrigger.compiler.Trigger(name='stays_itself', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."post_id" IS DISTINCT FROM (NEW."post_id") OR OLD."version_id" IS DISTINCT FROM (NEW."version_id") OR OLD."official_account_id" IS DISTINCT FROM (NEW."official_account_id") OR OLD."part" IS DISTINCT FROM (NEW."part") OR OLD."digest" IS DISTINCT FROM (NEW."digest") OR OLD."key" IS DISTINCT FROM (NEW."key") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='ceb89734c4b5beba55967faa29eeb720028dc13f', operation='UPDATE', pgid='pgtrigger_stays_itself_09069', table='content_publication', when='BEFORE')),
        ),
        AddTrigger(
            model_name='publication',
            trigger=pgtrigger.compiler.Trigger(name='gate', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    -- Under these levels a rule reads what was true when the transaction began, and nothing of what\n    -- was committed since: a role that was taken away, an item that was opened again.\n    IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN\n        RAISE EXCEPTION 'This rule asks what is committed by now: write at READ COMMITTED.'\n            USING ERRCODE = 'invalid_transaction_state';\n    END IF;\n\n                    IF TG_OP = 'INSERT' AND NEW.status NOT IN ('scheduled', 'frozen') THEN\n                        RAISE EXCEPTION 'A publication starts as scheduled.'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    IF NEW.status IN ('scheduled', 'sending') THEN\n                        -- A freeze that begins holds its accounts: it sees this row, or is seen.\n                        PERFORM 1 FROM accounts_officialaccount\n                            WHERE id = NEW.official_account_id FOR SHARE;\n                    END IF;\n                    IF NEW.status IN ('scheduled', 'sending') AND (\n                        content_is_frozen(NEW.official_account_id, NEW.version_id)\n                        OR EXISTS (SELECT 1 FROM content_halt\n                            WHERE publication_id = NEW.id AND released_at IS NULL)) THEN\n                        RAISE EXCEPTION 'It is frozen until an approver lets it go.'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    IF NEW.status IN ('scheduled', 'sending') AND EXISTS (\n                        SELECT 1 FROM content_withdrawal WHERE publication_id = NEW.id) THEN\n                        RAISE EXCEPTION 'It was withdrawn.' USING ERRCODE = 'check_violation';\n                    END IF;\n                    IF TG_OP = 'INSERT' OR NEW.status IN ('scheduled', 'sending') THEN\n                        -- The version row cannot change; the post row can, so it is locked.\n                        PERFORM 1 FROM content_post p\n                        JOIN content_postversion v ON v.id = p.current_version_id\n                        JOIN accounts_officialaccount a ON a.id = NEW.official_account_id\n                        WHERE p.id = NEW.post_id AND v.id = NEW.version_id\n                        AND v.digest = NEW.digest\n                        -- Nothing more of a post that was corrected, withdrawn or archived.\n                        AND p.status IN ('approved', 'scheduled', 'live')\n                        -- The account is still the one that was approved, and of that unit.\n                        AND v.document -> 'variants' -> a.id::text ->> 'to'\n                            = concat_ws(' ', a.platform, a.host, a.handle)\n                        AND v.document -> 'variants' -> a.id::text ->> 'unit' = a.unit_id::text\n                        -- What follows it is what was approved to follow it.\n                        AND (NEW.part = 0 OR NEW.part <= jsonb_array_length(\n                            v.document #> ARRAY['variants', a.id::text, 'sent', 'parts']))\n                        -- The planned time is approved with the rest: never before it.\n                        AND NEW.scheduled_for >= COALESCE(\n                            (v.document ->> 'planned_at')::timestamptz, NEW.scheduled_for)\n                        FOR SHARE OF p, a;\n                        IF NOT FOUND OR NOT content_is_approved(NEW.version_id) THEN\n                            RAISE EXCEPTION\n                                'Nothing goes out that the right people have not approved.'\n                                USING ERRCODE = 'check_violation';\n                        END IF;\n                        IF NOT content_is_labelled(NEW.version_id) THEN\n                            RAISE EXCEPTION 'What is paid for never goes out without its label.'\n                                USING ERRCODE = 'check_violation';\n                        END IF;\n                    END IF;\n                    RETURN NEW;\n                ", hash='e79fb682d441feaffc605a100acf6baf69fbb4fc', operation='INSERT OR UPDATE OF "status", "scheduled_for"', pgid='pgtrigger_gate_1863e', table='content_publication', when='BEFORE')),
        ),
        AddTrigger(
            model_name='publication',
            trigger=pgtrigger.compiler.Trigger(name='one_after_the_other', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."part" > 0 AND NEW."status" = \'sending\')', func="\n    -- Under these levels a rule reads what was true when the transaction began, and nothing of what\n    -- was committed since: a role that was taken away, an item that was opened again.\n    IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN\n        RAISE EXCEPTION 'This rule asks what is committed by now: write at READ COMMITTED.'\n            USING ERRCODE = 'invalid_transaction_state';\n    END IF;\n\n                    -- Held: what it answers is not withdrawn while it goes out.\n                    PERFORM 1 FROM content_publication\n                        WHERE version_id = NEW.version_id AND part = NEW.part - 1\n                        AND official_account_id = NEW.official_account_id\n                        AND status = 'published' FOR SHARE;\n                    IF NOT FOUND THEN\n                        RAISE EXCEPTION 'A part goes out after the one before it.'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='c68d3d71d620bfeb6a2c07ccabf1cb743bdfd628', operation='UPDATE OF "status"', pgid='pgtrigger_one_after_the_other_b37ad', table='content_publication', when='BEFORE')),
        ),
        AddConstraint(
            model_name='publication',
            constraint=models.UniqueConstraint(fields=('version', 'official_account', 'part'), name='publication_once_per_version'),
        ),
        AddConstraint(
            model_name='publication',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['sending', 'unconfirmed', 'published'])), fields=('post', 'official_account', 'part'), name='publication_at_most_once'),
        ),
    ]
