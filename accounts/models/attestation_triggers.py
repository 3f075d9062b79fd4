"""What the database asks of a period that is withdrawn, whoever writes it."""

from __future__ import annotations

import pgtrigger

from accounts.models.rights import holds, refuse_actor
from govsocial.web.as_of_now import as_of_now

withdrawn_unanswered = pgtrigger.Trigger(
    name="withdrawn_unanswered",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    condition=pgtrigger.Q(new__withdrawn_at__isnull=False),
    func=as_of_now(f"""
        IF OLD.withdrawn_at IS NOT NULL THEN
            RAISE EXCEPTION 'This period is withdrawn.' USING ERRCODE = 'check_violation';
        END IF;
        -- Who answers meanwhile holds a lock on this row until it can be seen here.
        IF EXISTS (SELECT 1 FROM accounts_attestation WHERE period_id = NEW.id) THEN
            RAISE EXCEPTION 'Somebody has answered in this period.'
                USING ERRCODE = 'check_violation';
        END IF;
        IF NOT {holds("NEW.withdrawn_by_id", "accounts.manage", "NEW.unit_id")} THEN
            {refuse_actor("Who keeps the accounts of the whole agency withdraws a period.")}
        END IF;
        -- What was late in it stays told, unless it was over before it was made. The zones of
        -- agencies are ahead of UTC, by less than a day.
        IF OLD.due_on < (clock_timestamp() AT TIME ZONE 'UTC')::date
            AND OLD.due_on > (OLD.created_at AT TIME ZONE 'UTC')::date
        THEN
            RAISE EXCEPTION 'The due day of this period has passed.'
                USING ERRCODE = 'check_violation';
        END IF;
        NEW.withdrawn_at := clock_timestamp();
        RETURN NEW;
    """),  # noqa: S608  # our own names
)
# Nothing takes it back: what was not cleared above stays.
stays_withdrawn = pgtrigger.Protect(
    name="stays_withdrawn",
    operation=pgtrigger.Update,
    condition=pgtrigger.Q(old__withdrawn_at__isnull=False, new__withdrawn_at__isnull=True),
)
begins_standing = pgtrigger.Protect(
    name="begins_standing",
    operation=pgtrigger.Insert,
    condition=pgtrigger.Q(new__withdrawn_at__isnull=False),
)
in_a_standing_period = pgtrigger.Trigger(
    name="in_a_standing_period",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("gone", "timestamptz")],
    func=as_of_now("""
        -- Nobody withdraws it until this is committed.
        SELECT withdrawn_at INTO gone FROM accounts_attestationperiod
            WHERE id = NEW.period_id FOR SHARE;
        IF gone IS NOT NULL THEN
            RAISE EXCEPTION 'This period is withdrawn.' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """),
)
