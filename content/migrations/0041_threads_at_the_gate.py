"""What follows a post is asked for as the post itself is."""

from importlib import import_module

import pgtrigger.compiler
from django.db import migrations

from govsocial.web.operations import AddTrigger, RemoveTrigger


_BEFORE: str = import_module("content.migrations.0038_what_is_held_at_the_gate").IS_COMPLETE
_TEXTS = "OR said ->> 'to' IS NULL OR said ->> 'unit' IS NULL)"
# What follows a post says something, too.
IS_COMPLETE = _BEFORE.replace(
    _TEXTS,
    """OR EXISTS (SELECT FROM jsonb_array_elements_text(
                CASE jsonb_typeof(said #> '{sent,parts}') WHEN 'array'
                THEN said #> '{sent,parts}' ELSE '[]' END) AS part
                WHERE NOT content_is_readable(part))
            """ + _TEXTS,
)


class Migration(migrations.Migration):

    dependencies = [
        ('content', '0040_threads'),
    ]

    operations = [
        migrations.RunSQL(IS_COMPLETE, _BEFORE),
        RemoveTrigger(
            model_name='publication',
            name='one_after_the_other',
        ),
        AddTrigger(
            model_name='publication',
            trigger=pgtrigger.compiler.Trigger(name='one_after_the_other', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."part" > 0 AND NEW."status" = \'sending\')', func="\n    -- Under these levels a rule reads what was true when the transaction began, and nothing of what\n    -- was committed since: a role that was taken away, an item that was opened again.\n    IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN\n        RAISE EXCEPTION 'This rule asks what is committed by now: write at READ COMMITTED.'\n            USING ERRCODE = 'invalid_transaction_state';\n    END IF;\n\n                    -- Held: what it answers is not withdrawn while it goes out.\n                    PERFORM 1 FROM content_publication\n                        WHERE version_id = NEW.version_id AND part = NEW.part - 1\n                        AND official_account_id = NEW.official_account_id\n                        AND status = 'published'\n                        -- What a person put out has no id that the application could answer.\n                        AND (NEW.by_hand OR platform_post_id <> '') FOR SHARE;\n                    IF NOT FOUND THEN\n                        RAISE EXCEPTION 'A part goes out after the one before it.'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='c18732a7b4b196049379e3d7f7933fc73a33c0d8', operation='UPDATE OF "status"', pgid='pgtrigger_one_after_the_other_b37ad', table='content_publication', when='BEFORE')),
        ),
    ]
