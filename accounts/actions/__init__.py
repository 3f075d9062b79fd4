"""Every write of people, roles and official accounts, one function each.

Lock, may I, state, save, audit, on commit. The actor is always named.
"""

from __future__ import annotations

from accounts.actions.connections import (
    connect_account,
    disconnect_account,
    mark_revoked,
    reseal_credential,
)
from accounts.actions.grants import end_grant, grant_role
from accounts.actions.impersonations import (
    Received,
    assign_report,
    erase_reporter,
    move_report,
    note_on_report,
    read_statements,
    record_report_export,
    report_impersonation,
    take_evidence,
)
from accounts.actions.official_accounts import (
    change_official_account,
    close_official_account,
    record_export,
    register_official_account,
    reopen_official_account,
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
from accounts.actions.units import change_unit, create_unit, move_unit

__all__ = [
    "Received",
    "assign_report",
    "change_official_account",
    "change_preferences",
    "change_profile",
    "change_unit",
    "close_official_account",
    "connect_account",
    "create_unit",
    "deactivate_user",
    "disconnect_account",
    "end_grant",
    "erase_reporter",
    "grant_role",
    "invite_user",
    "mark_revoked",
    "move_report",
    "move_unit",
    "note_on_report",
    "reactivate_user",
    "read_statements",
    "record_export",
    "record_report_export",
    "register_official_account",
    "reopen_official_account",
    "report_impersonation",
    "reseal_credential",
    "reseal_second_step",
    "send_invitation_again",
    "take_evidence",
]
