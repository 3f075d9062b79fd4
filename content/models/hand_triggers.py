"""What the database asks of publications that a person puts out (design.md section 5).

Beside the trigger ``gate``, which holds for them as for all others.
"""

from __future__ import annotations

import pgtrigger

from accounts.capabilities import roles_with
from content.models.review import sql_list
from govsocial.web.as_of_now import as_of_now

PUBLISHERS = sql_list(roles_with("content.publish"))

ON_PUBLICATIONS = [
    pgtrigger.Trigger(
        name="way_is_chosen_before",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("by_hand"),
        condition=pgtrigger.Condition('OLD."by_hand" IS DISTINCT FROM NEW."by_hand"'),
        func="""
            -- What was sent, or may have been, was so by somebody: that stays said.
            IF OLD.status NOT IN ('scheduled', 'failed', 'frozen')
                OR NEW.status NOT IN ('scheduled', 'failed', 'frozen') THEN
                RAISE EXCEPTION 'Who puts it out is chosen before it goes out.'
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    ),
    pgtrigger.Trigger(
        name="posted_with_proof",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("status"),
        condition=pgtrigger.Q(new__status="published", new__by_hand=True),
        func=as_of_now("""
            IF NOT EXISTS (
                SELECT 1 FROM content_handproof h JOIN content_attempt t ON t.id = h.attempt_id
                WHERE t.publication_id = NEW.id AND t.by_hand
                AND h.permalink = NEW.permalink AND h.went_out_at = NEW.published_at) THEN
                RAISE EXCEPTION 'What a person posted is live with the proof of it.'
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """),
    ),
]

ON_ATTEMPTS = [
    pgtrigger.ReadOnly(
        name="stays_whose_it_is",
        fields=["publication", "number", "by_hand", "requested_by", "started_at"],
    ),
    pgtrigger.Trigger(
        name="by_the_way_chosen",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=as_of_now(f"""
            IF NOT EXISTS (SELECT 1 FROM content_publication
                WHERE id = NEW.publication_id AND by_hand = NEW.by_hand) THEN
                RAISE EXCEPTION 'A person posts what is posted by hand, a worker everything else.'
                    USING ERRCODE = 'check_violation';
            END IF;
            IF NEW.by_hand AND NOT EXISTS (
                SELECT 1 FROM content_publication p
                JOIN accounts_officialaccount a ON a.id = p.official_account_id
                    AND content_media_is_complete(p.version_id)
                JOIN accounts_roles_of(NEW.requested_by_id) held ON held.unit_id = a.unit_id
                WHERE p.id = NEW.publication_id AND a.status = 'active'
                AND p.scheduled_for <= clock_timestamp() + interval '5 seconds'
                AND held.role IN ({PUBLISHERS})
            ) THEN
                RAISE EXCEPTION 'It is posted by who may publish there, when its time has come.'
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """),  # noqa: S608  # role names of our own table, no input
    ),
]

ON_PROOFS = [
    pgtrigger.Protect(name="immutable", operation=pgtrigger.Update | pgtrigger.Delete),
    pgtrigger.Trigger(
        name="of_what_is_posted",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=as_of_now(f"""
            -- Held until this transaction ends, in the order of every action: nobody renames the
            -- account or hands it back meanwhile.
            PERFORM 1 FROM accounts_officialaccount a
                JOIN content_publication p ON p.official_account_id = a.id
                JOIN content_attempt t ON t.publication_id = p.id
                WHERE t.id = NEW.attempt_id FOR SHARE OF a;
            PERFORM 1 FROM content_publication p JOIN content_attempt t ON t.publication_id = p.id
                WHERE t.id = NEW.attempt_id FOR UPDATE OF p;
            IF NOT EXISTS (
                SELECT 1 FROM content_attempt t
                JOIN content_publication p ON p.id = t.publication_id
                JOIN content_postversion v ON v.id = p.version_id
                JOIN accounts_officialaccount a ON a.id = p.official_account_id
                JOIN accounts_roles_of(NEW.recorded_by_id) held ON held.unit_id = a.unit_id
                WHERE t.id = NEW.attempt_id AND t.by_hand AND t.outcome IN ('', 'unknown')
                AND p.by_hand AND p.status IN ('sending', 'unconfirmed')
                -- It is out at the address that was approved, or it is another account's.
                AND v.document -> 'variants' -> a.id::text ->> 'to'
                    = concat_ws(' ', a.platform, a.host, a.handle)
                AND held.role IN ({PUBLISHERS})
                AND NOT EXISTS (SELECT 1 FROM content_attempt later
                    WHERE later.publication_id = p.id AND later.number > t.number)
                -- People say the minute, so the minute in which it was first claimed counts.
                AND NEW.went_out_at >= (SELECT date_trunc('minute', min(one.started_at))
                    FROM content_attempt one WHERE one.publication_id = p.id AND one.by_hand)
                AND NEW.went_out_at <= clock_timestamp() + interval '5 seconds'
                -- What was stopped then, and not let go yet, may not have gone out.
                AND NOT EXISTS (SELECT 1 FROM content_halt h
                    WHERE h.publication_id = p.id AND h.halted_at <= NEW.went_out_at
                    AND (h.released_at IS NULL OR h.released_at > NEW.went_out_at))
            ) THEN
                RAISE EXCEPTION 'Who may publish there proves what they claimed and posted.'
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """),  # noqa: S608  # role names of our own table, no input
    ),
]
