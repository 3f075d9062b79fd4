"""What the database asks of signatures, whoever writes them."""

from __future__ import annotations

from accounts.checklists import CHECKLISTS, Side
from accounts.models.register_triggers import refuse_outsider
from accounts.models.rights import holds, refuse_actor, shows


def _keys(*sides: Side) -> list[str]:
    # The items of one side have the same keys on every list, so that SQL needs no list of lists.
    return sorted({one.key for items in CHECKLISTS.values() for one in items if one.side in sides})


def _unsettled(*sides: Side) -> str:
    """A condition: an item of these sides is open, or not there at all."""
    keys = _keys(*sides)
    return f"""(
            SELECT count(*) < {len(keys)} OR bool_or(state = 'open') FROM accounts_handoveritem
            WHERE handover_id = NEW.id AND key IN ({", ".join(f"'{key}'" for key in keys)})
        )"""  # noqa: S608  # the keys of our own lists


OUTGOING_KEYS = ", ".join(f"'{key}'" for key in _keys(Side.OUTGOING))

# What is written of the end, and what of that only a completed handover keeps.
_KEPT = "(num_nonnulls(NEW.snapshot, NEW.assignment_id) > 0 OR NEW.snapshot_sha256 <> '')"
_ENDED = (
    f"(num_nonnulls(NEW.ended_by_id, NEW.ended_at) > 0 OR NEW.cancelled_reason <> '' OR {_KEPT})"
)

_IN_CHARGE_BEFORE = (
    "(CASE WHEN NEW.moves_charge THEN NEW.outgoing_id ELSE about.person_in_charge_id END)"
)

_LATEST_TODAY = "(now() AT TIME ZONE 'Pacific/Kiritimati')::date"
# For some hours of a day, two days before the latest.
_EARLIEST_TODAY = "(now() AT TIME ZONE 'Etc/GMT+12')::date"

SETTLED_AND_STAMPED = f"""
    SELECT * INTO about FROM accounts_officialaccount WHERE id = NEW.official_account_id;
    -- Who signs has settled what is theirs, and signs now: whatever the writer says.
    IF NEW.outgoing_signed_at IS NOT NULL AND OLD.outgoing_signed_at IS NULL THEN
        IF NEW.state <> 'outgoing_signed' OR {_unsettled(Side.OUTGOING)} THEN
            RAISE EXCEPTION 'Something is open that is settled before signing.'
                USING ERRCODE = 'check_violation';
        END IF;
        IF NOT EXISTS (
            SELECT 1 FROM accounts_user WHERE id = NEW.outgoing_signed_by_id AND is_active
        ) OR (
            NEW.outgoing_signed_by_id <> NEW.outgoing_id
            AND NOT {holds("NEW.outgoing_signed_by_id", "accounts.manage", "about.unit_id")}
        ) THEN
            {refuse_actor("Who hands over signs, or an administrator in their place.")}
        END IF;
        NEW.outgoing_signed_at := clock_timestamp();
    END IF;
    IF NEW.incoming_signed_at IS NOT NULL AND OLD.incoming_signed_at IS NULL THEN
        IF NEW.state <> 'incoming_signed' OR {_unsettled(Side.OUTGOING, Side.INCOMING)} THEN
            RAISE EXCEPTION 'Something is open that is settled before signing.'
                USING ERRCODE = 'check_violation';
        END IF;
        IF NOT {holds("NEW.incoming_signed_by_id", "accounts.view", "about.unit_id")} THEN
            {refuse_outsider("Who takes over has a role on the unit of the account.")}
        END IF;
        NEW.incoming_signed_at := clock_timestamp();
    END IF;
    IF NEW.state = 'completed' AND NEW.ended_by_id IN (NEW.outgoing_id, NEW.incoming_id) THEN
        RAISE EXCEPTION 'A third person completes a handover.' USING ERRCODE = 'check_violation';
    END IF;
    -- What is over is frozen: whoever comes by here with an end, ends it.
    IF NEW.state IN ('completed', 'cancelled') THEN
        IF NOT {holds("NEW.ended_by_id", "accounts.manage", "about.unit_id")} THEN
            {refuse_actor("An administrator of the unit completes or cancels a handover.")}
        END IF;
        NEW.ended_at := clock_timestamp();
    ELSIF {_ENDED} THEN
        RAISE EXCEPTION 'A handover that is under way has no end yet.'
            USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.state = 'cancelled' AND {_KEPT}) OR (
        NEW.state = 'completed' AND NEW.cancelled_reason <> ''
    ) THEN
        RAISE EXCEPTION 'What is cancelled keeps nothing, and what is completed is not cancelled.'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'completed' THEN
        IF NEW.snapshot IS NULL OR NEW.snapshot_sha256 <> accounts_digest_of(NEW.snapshot) THEN
            RAISE EXCEPTION 'The digest is not that of the register row that was kept.'
                USING ERRCODE = 'check_violation';
        END IF;
        -- The charge has moved by now, where it does: what is kept is the row from before.
        IF NOT {shows("NEW.snapshot", "about", _IN_CHARGE_BEFORE)} THEN
            RAISE EXCEPTION 'That is not what the register says of the account.'
                USING ERRCODE = 'check_violation';
        END IF;
        IF NOT {holds("NEW.incoming_id", "accounts.view", "about.unit_id")} THEN
            {refuse_outsider("When it is completed, who takes over has a role on the unit.")}
        END IF;
        IF NEW.moves_charge AND about.person_in_charge_id IS DISTINCT FROM NEW.incoming_id THEN
            RAISE EXCEPTION 'Somebody else than who takes over is still in charge.'
                USING ERRCODE = 'check_violation';
        END IF;
        -- Days are those of the unit, which may be a day ahead of any other.
        IF NOT EXISTS (
            SELECT 1 FROM accounts_administrator WHERE id = NEW.assignment_id
            AND official_account_id = NEW.official_account_id AND user_id = NEW.incoming_id
            AND starts_on <= {_LATEST_TODAY} AND ends_on IS NULL
        ) THEN
            RAISE EXCEPTION 'Who takes over has to begin to work on the account.'
                USING ERRCODE = 'check_violation';
        END IF;
        IF EXISTS (
            SELECT 1 FROM accounts_administrator WHERE user_id = NEW.outgoing_id
            AND official_account_id = NEW.official_account_id
            AND (ends_on IS NULL OR (ends_on > {_LATEST_TODAY} AND ends_on >= starts_on))
        ) THEN
            RAISE EXCEPTION 'Who hands over works on, after the handover as well.'
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
"""  # noqa: S608  # our own names

UNSIGNED = f"""
    SELECT * INTO about FROM accounts_officialaccount WHERE id = NEW.official_account_id;
    IF NEW.state <> 'started' OR NEW.in_place_reason <> '' OR num_nonnulls(
        NEW.outgoing_signed_by_id, NEW.outgoing_signed_at,
        NEW.incoming_signed_by_id, NEW.incoming_signed_at
    ) > 0 OR {_ENDED} THEN
        RAISE EXCEPTION 'A handover begins with nothing signed.'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NOT {holds("NEW.started_by_id", "accounts.manage", "about.unit_id")} THEN
        {refuse_actor("An administrator of the unit starts a handover.")}
    END IF;
    IF NOT {holds("NEW.incoming_id", "accounts.view", "about.unit_id")} THEN
        {refuse_outsider("Who takes over has a role on the unit of the account.")}
    END IF;
    -- Also somebody without a role, or deactivated: of them an account is taken over most often.
    IF about.person_in_charge_id IS DISTINCT FROM NEW.outgoing_id AND (
        NEW.moves_charge OR NOT EXISTS (
            -- Days are those of the unit, wherever on earth that is.
            SELECT 1 FROM accounts_administrator
            WHERE official_account_id = about.id AND user_id = NEW.outgoing_id
            AND starts_on <= {_LATEST_TODAY}
            AND (ends_on IS NULL OR (ends_on >= {_EARLIEST_TODAY} AND ends_on >= starts_on))
        )
    ) THEN
        RAISE EXCEPTION 'Who hands over is in charge of the account, or works on it today.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""  # noqa: S608  # our own names

FROZEN_AND_CHECKED = f"""
    -- Nobody signs until this is committed.
    SELECT * INTO one FROM accounts_handover WHERE id = NEW.handover_id FOR SHARE;
    IF one.state IN ('completed', 'cancelled')
        OR one.incoming_signed_at IS NOT NULL
        OR (
            one.outgoing_signed_at IS NOT NULL
            AND (TG_OP = 'INSERT' OR NEW.key IN ({OUTGOING_KEYS}))
        )
    THEN
        RAISE EXCEPTION 'The handover is over, or signed for.' USING ERRCODE = 'check_violation';
    END IF;
    SELECT unit_id INTO unit FROM accounts_officialaccount WHERE id = one.official_account_id;
    IF NEW.checked_by_id IS NULL THEN
        RETURN NEW;
    END IF;
    IF NOT (CASE
        WHEN NEW.checked_by_id NOT IN (one.outgoing_id, one.incoming_id)
            THEN {holds("NEW.checked_by_id", "accounts.manage", "unit")}
        WHEN (NEW.checked_by_id = one.outgoing_id) <> (NEW.key IN ({OUTGOING_KEYS}))
            THEN false
        -- The one may have no role left, and the other none yet.
        ELSE EXISTS (SELECT 1 FROM accounts_user WHERE id = NEW.checked_by_id AND is_active)
    END) THEN
        {refuse_actor("Whose side it is or an administrator fills in the checklist.")}
    END IF;
    NEW.checked_at := clock_timestamp();
    RETURN NEW;
"""  # noqa: S608  # our own names
