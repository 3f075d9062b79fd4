"""From proposed to released: the moves of an account's status, each with its reason."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.administrators import end_today, unfinished_of
from accounts.actions.connections import forget_secret
from accounts.actions.guards import require_until_written
from accounts.actions.official_accounts import (
    locked_official_account,
    today_of,
)
from accounts.custody import checked_remark
from accounts.errors import AccountError
from accounts.events import (
    ACCOUNT_ACTIVATED,
    ACCOUNT_CLOSED,
    ACCOUNT_RELEASED,
    ACCOUNT_REOPENED,
    ACCOUNT_SUSPENDED,
)
from accounts.kept_values import CLOSING, changes_between, values_of
from accounts.models import OfficialAccount, User
from accounts.models.handover import OPEN_STATES
from accounts.models.official_account import AccountStatus
from govsocial.audit.actions import record

Status = AccountStatus

# From where each move starts.
_FROM = {
    "activate": {Status.PROPOSED, Status.SUSPENDED},
    "suspend": {Status.ACTIVE},
    "close": {Status.PROPOSED, Status.ACTIVE, Status.SUSPENDED},
    "reopen": {Status.CLOSED},
    "release": {Status.CLOSED},
}


@transaction.atomic
def activate_official_account(
    *, actor: User, official_account_id: int, reason: str
) -> OfficialAccount:
    """Take a proposed account into use, or a suspended one again."""
    account = _movable(actor, official_account_id, "activate")
    reason = checked_remark(reason, "reason")
    account.status = Status.ACTIVE
    account.save(update_fields=["status"])
    record(ACCOUNT_ACTIVATED, actor=actor, target=account, reason=reason)
    return account


@transaction.atomic
def suspend_official_account(
    *, actor: User, official_account_id: int, reason: str
) -> OfficialAccount:
    """Stop publishing and measuring for a while. The connection stays stored and is not used."""
    account = _movable(actor, official_account_id, "suspend")
    reason = checked_remark(reason, "reason")
    account.status = Status.SUSPENDED
    account.save(update_fields=["status"])
    record(ACCOUNT_SUSPENDED, actor=actor, target=account, reason=reason)
    return account


@transaction.atomic
def close_official_account(
    *, actor: User, official_account_id: int, reason: str, closed_on: date | None = None
) -> OfficialAccount:
    """Stop using an account. Its secret is forgotten; everything it ever did stays.

    ``closed_on`` is the day on which it was closed on the platform, today when None.
    """
    account = _movable(actor, official_account_id, "close")
    # The reason stands in the sentence already.
    stood = values_of(account, ("closed_on",))
    reason = checked_remark(reason, "reason")
    today = today_of(account)
    account.closed_on = closed_on or today
    if account.closed_on > today:
        raise AccountError(_("This day is still to come."), field="closed_on")
    if account.opened_on and account.closed_on < account.opened_on:
        raise AccountError(_("It was opened later than that."), field="closed_on")
    account.status, account.closed_reason = Status.CLOSED, reason[:500]
    account.save(update_fields=["status", "closed_on", "closed_reason"])
    forget_secret(account, actor=actor)
    changes = changes_between(stood, values_of(account, stood))
    record(ACCOUNT_CLOSED, actor=actor, target=account, reason=reason, **changes)
    return account


@transaction.atomic
def reopen_official_account(
    *, actor: User, official_account_id: int, reason: str
) -> OfficialAccount:
    """Use a closed account again. It must be connected anew."""
    account = _movable(actor, official_account_id, "reopen")
    stood = values_of(account, CLOSING)
    reason = checked_remark(reason, "reason")
    account.status = Status.ACTIVE
    account.closed_on, account.closed_reason = None, ""
    account.save(update_fields=["status", "closed_on", "closed_reason"])
    changes = changes_between(stood, values_of(account, stood))
    record(ACCOUNT_REOPENED, actor=actor, target=account, reason=reason, **changes)
    return account


@transaction.atomic
def release_official_account(
    *, actor: User, official_account_id: int, reason: str
) -> OfficialAccount:
    """Write down that the handle is no longer the agency's: from now on it may be a stranger's.

    This cannot be taken back; the agency's own return to that handle is a new account. Nobody
    works on it for the agency any more: the assignments end today.
    """
    account = _movable(actor, official_account_id, "release")
    reason = checked_remark(reason, "reason")
    if account.handovers.filter(state__in=OPEN_STATES).exists():
        raise AccountError(_("A handover of this account is under way. Cancel it first."))
    account.status = Status.RELEASED
    account.save(update_fields=["status"])
    record(ACCOUNT_RELEASED, actor=actor, target=account, reason=reason)
    today = today_of(account)
    for assignment in unfinished_of(account, today):
        end_today(actor, assignment, today, reason)
    return account


def move_problem(account: OfficialAccount, what: str) -> str:
    """Why ``account`` cannot make the move ``what`` from where it stands; empty when it can."""
    status = Status(account.status)
    if status in _FROM.get(what, ()):
        return ""
    if what == "release" and not account.is_closed:
        return _("Only the handle of a closed account can be released. Close the account first.")
    if what == "reopen" and not account.is_closed:
        return _("This account is not closed.")
    if what == "suspend" and status == Status.SUSPENDED:
        return _("This account is suspended already.")
    if what != "close" and status == Status.CLOSED:
        return _("This account is closed. Reopen it first.")
    return {
        Status.PROPOSED: _("This account is only proposed. Take it into use first."),
        Status.ACTIVE: _("This account is in use already."),
        Status.CLOSED: _("This account is closed already."),
        Status.RELEASED: _("The handle of this account was released. It stays as it is."),
    }[status]


def _movable(actor: User, official_account_id: int, what: str) -> OfficialAccount:
    account = locked_official_account(official_account_id)
    require_until_written(actor, "accounts.manage", account.unit_id)
    if problem := move_problem(account, what):
        raise AccountError(problem)
    return account
