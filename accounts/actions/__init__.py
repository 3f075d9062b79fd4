"""Every write of people, roles and official accounts, one function each.

Lock, may I, state, save, audit, on commit. The actor is always named.
"""

from __future__ import annotations

from accounts.actions.administrators import assign_administrator, end_administrator
from accounts.actions.attestation_periods import (
    change_attestation_period,
    open_attestation_period,
    withdraw_attestation_period,
)
from accounts.actions.attestations import (
    attest_account,
    close_finding,
    correct_attestation,
    record_attestation_export,
    record_finding_export,
    record_handover_export,
)
from accounts.actions.connections import (
    connect_account,
    disconnect_account,
    mark_revoked,
)
from accounts.actions.consent_refusals import ConsentRefused
from accounts.actions.consents import choose_account, finish_consent, start_consent, tidy_consents
from accounts.actions.evidence import record_document_taken_out
from accounts.actions.grants import end_grant, grant_role
from accounts.actions.handover_steps import check_items, sign_handover, sign_in_place
from accounts.actions.handovers import (
    add_scan,
    cancel_handover,
    complete_handover,
    postpone_handover,
    start_handover,
)
from accounts.actions.impersonation_assignments import assign_report
from accounts.actions.impersonation_reporters import (
    erase_reporter,
    read_statements,
    record_report_export,
    require_follow_up,
    require_remark,
    take_evidence,
)
from accounts.actions.impersonations import (
    AlreadyReceived,
    Received,
    is_received,
    move_report,
    needs_reason,
    note_on_report,
    report_impersonation,
)
from accounts.actions.importing import forget_expired_imports, import_accounts, keep_import
from accounts.actions.keys import reseal_credential, rotate_keys
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
from accounts.actions.outcomes import note_outcome, noting_failures
from accounts.actions.people import (
    change_preferences,
    change_profile,
    deactivate_user,
    invite_user,
    reactivate_user,
    send_invitation_again,
)
from accounts.actions.platform_apps import (
    forget_former_apps,
    register_app_anew,
    remove_platform_app,
    set_platform_app,
)
from accounts.actions.renewals import claim_renewals, plan_warnings, renew_connection
from accounts.actions.revocations import claim_revocation, revoke_at_platform
from accounts.actions.second_steps import reseal_second_step
from accounts.actions.sign_in_letters import (
    keep_sign_in_letter,
    send_new_sign_in_letters,
    send_sign_in_letters,
)
from accounts.actions.spending import record_spending_export, set_spending_cap
from accounts.actions.units import change_unit, create_unit, move_unit
from accounts.actions.warning_letters import send_warnings

__all__ = [
    "AlreadyReceived",
    "ConsentRefused",
    "Received",
    "activate_official_account",
    "add_scan",
    "assign_administrator",
    "assign_report",
    "attest_account",
    "cancel_handover",
    "change_attestation_period",
    "change_official_account",
    "change_preferences",
    "change_profile",
    "change_unit",
    "check_items",
    "choose_account",
    "claim_renewals",
    "claim_revocation",
    "close_finding",
    "close_official_account",
    "complete_handover",
    "connect_account",
    "correct_attestation",
    "create_unit",
    "deactivate_user",
    "disconnect_account",
    "end_administrator",
    "end_grant",
    "erase_reporter",
    "finish_consent",
    "forget_expired_imports",
    "forget_former_apps",
    "grant_role",
    "import_accounts",
    "invite_user",
    "is_received",
    "keep_import",
    "keep_sign_in_letter",
    "mark_revoked",
    "move_report",
    "move_unit",
    "needs_reason",
    "note_on_report",
    "note_outcome",
    "noting_failures",
    "open_attestation_period",
    "plan_warnings",
    "postpone_handover",
    "reactivate_user",
    "read_statements",
    "record_attestation_export",
    "record_document_taken_out",
    "record_export",
    "record_finding_export",
    "record_handover_export",
    "record_report_export",
    "record_spending_export",
    "register_app_anew",
    "register_official_account",
    "release_official_account",
    "remove_platform_app",
    "renew_connection",
    "reopen_official_account",
    "report_impersonation",
    "require_follow_up",
    "require_remark",
    "reseal_credential",
    "reseal_second_step",
    "revoke_at_platform",
    "rotate_keys",
    "send_invitation_again",
    "send_new_sign_in_letters",
    "send_sign_in_letters",
    "send_warnings",
    "set_platform_app",
    "set_spending_cap",
    "sign_handover",
    "sign_in_place",
    "start_consent",
    "start_handover",
    "suspend_official_account",
    "take_evidence",
    "tidy_consents",
    "withdraw_attestation_period",
]
