"""Every write of people, roles and official accounts, one function each.

Lock, may I, state, save, audit, on commit. The actor is always named.
"""

from __future__ import annotations

from accounts.actions.administrators import assign_administrator, end_administrator
from accounts.actions.connections import (
    connect_account,
    disconnect_account,
    mark_revoked,
    reseal_credential,
)
from accounts.actions.evidence import record_document_taken_out
from accounts.actions.grants import end_grant, grant_role
from accounts.actions.importing import import_accounts, keep_import
from accounts.actions.lifecycle import (
    activate_official_account,
    close_official_account,
    release_official_account,
    reopen_official_account,
    suspend_official_account,
)
from accounts.actions.official_accounts import (
    change_official_account,
    record_export,
    register_official_account,
)
from accounts.actions.people import (
    change_preferences,
    change_profile,
    deactivate_user,
    invite_user,
    reactivate_user,
    send_invitation_again,
)
from accounts.actions.second_steps import reseal_second_step
from accounts.actions.spending import record_spending_export, set_spending_cap
from accounts.actions.units import change_unit, create_unit, move_unit

__all__ = [
    "activate_official_account",
    "assign_administrator",
    "change_official_account",
    "change_preferences",
    "change_profile",
    "change_unit",
    "close_official_account",
    "connect_account",
    "create_unit",
    "deactivate_user",
    "disconnect_account",
    "end_administrator",
    "end_grant",
    "grant_role",
    "import_accounts",
    "invite_user",
    "keep_import",
    "mark_revoked",
    "move_unit",
    "reactivate_user",
    "record_document_taken_out",
    "record_export",
    "record_spending_export",
    "register_official_account",
    "release_official_account",
    "reopen_official_account",
    "reseal_credential",
    "reseal_second_step",
    "send_invitation_again",
    "set_spending_cap",
    "suspend_official_account",
]
