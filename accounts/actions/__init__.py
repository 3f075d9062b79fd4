"""Every write of people, roles and official accounts, one function each.

Lock, may I, state, save, audit, on commit. The actor is always named.
"""

from __future__ import annotations

from accounts.actions.connections import (
    connect_account,
    disconnect_account,
    mark_revoked,
)
from accounts.actions.consent_refusals import ConsentRefused
from accounts.actions.consents import (
    choose_account,
    finish_consent,
    start_consent,
    tidy_consents,
)
from accounts.actions.grants import end_grant, grant_role
from accounts.actions.keys import reseal_credential, rotate_keys
from accounts.actions.official_accounts import (
    change_official_account,
    close_official_account,
    record_export,
    register_official_account,
    reopen_official_account,
)
from accounts.actions.outcomes import note_outcome
from accounts.actions.people import (
    change_preferences,
    change_profile,
    deactivate_user,
    invite_user,
    reactivate_user,
    send_invitation_again,
)
from accounts.actions.platform_apps import remove_platform_app, set_platform_app
from accounts.actions.renewals import (
    claim_renewals,
    plan_warnings,
    renew_connection,
    send_warnings,
)
from accounts.actions.revocations import claim_revocations, revoke_at_platform
from accounts.actions.second_steps import reseal_second_step
from accounts.actions.spending import record_spending_export, set_spending_cap
from accounts.actions.units import change_unit, create_unit, move_unit

__all__ = [
    "ConsentRefused",
    "change_official_account",
    "change_preferences",
    "change_profile",
    "change_unit",
    "choose_account",
    "claim_renewals",
    "claim_revocations",
    "close_official_account",
    "connect_account",
    "create_unit",
    "deactivate_user",
    "disconnect_account",
    "end_grant",
    "finish_consent",
    "grant_role",
    "invite_user",
    "mark_revoked",
    "move_unit",
    "note_outcome",
    "plan_warnings",
    "reactivate_user",
    "record_export",
    "record_spending_export",
    "register_official_account",
    "remove_platform_app",
    "renew_connection",
    "reopen_official_account",
    "reseal_credential",
    "reseal_second_step",
    "revoke_at_platform",
    "rotate_keys",
    "send_invitation_again",
    "send_warnings",
    "set_platform_app",
    "set_spending_cap",
    "start_consent",
    "tidy_consents",
]
