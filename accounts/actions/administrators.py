"""Who works on an account on its platform, from a day to a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.actions.official_accounts import locked_official_account, today_of
from accounts.details import EARLIEST, LONGEST_AHEAD, Upload
from accounts.documents import keep_document
from accounts.errors import AccountError
from accounts.events import ADMINISTRATOR_ASSIGNED, ADMINISTRATOR_ENDED
from accounts.models import Administrator, Document, OfficialAccount, User
from accounts.names import one_line
from govsocial.audit.actions import record, record_many
from govsocial.bulk import insert_many
from govsocial.web.permissions import require


@transaction.atomic
def assign_administrator(
    *,
    actor: User,
    official_account_id: int,
    user_id: int,
    starts_on: date,
    ends_on: date | None = None,
    decree: str = "",
    minutes: Upload | None = None,
) -> Administrator:
    """Write down that a person works on the account from a day on. ``ends_on`` is the last day."""
    account = locked_official_account(official_account_id)
    require(actor, "accounts.manage", account.unit_id)
    if account.is_closed:
        raise AccountError(_("This account is closed. Reopen it first."))
    user = User.objects.get(pk=user_id, is_system=False)
    if not user.may("accounts.view", account.unit_id):
        raise AccountError(
            _("%(person)s has no role on this unit, or is deactivated.") % {"person": user},
            field="user",
        )
    _refuse_days(account, starts_on, ends_on)
    _refuse_overlap(account, user, starts_on, ends_on)
    made = Administrator.objects.create(
        official_account=account,
        user=user,
        decree=one_line(decree, "decree"),
        starts_on=starts_on,
        ends_on=ends_on,
        minutes=_kept(actor, minutes),
        assigned_by=actor,
    )
    record(ADMINISTRATOR_ASSIGNED, actor=actor, target=account, **_told(made))
    return made


def assign_first_administrators(*, actor: User, assigned: Sequence[Administrator]) -> None:
    """Write down the people of accounts that the same transaction registered, all at once.

    Whoever calls has checked what ``assign_administrator`` checks.
    """
    insert_many(assigned)
    record_many(
        ADMINISTRATOR_ASSIGNED,
        actor=actor,
        entries=[(one.official_account, _told(one)) for one in assigned],
    )


def _told(made: Administrator) -> dict[str, Any]:
    return {
        "person": made.user.full_name,
        "person_id": made.user_id,
        "starts_on": made.starts_on.isoformat(),
        "ends_on": made.ends_on.isoformat() if made.ends_on else None,
        "decree": made.decree,
        "minutes_sha256": made.minutes.sha256 if made.minutes else None,
    }


@transaction.atomic
def end_administrator(
    *,
    actor: User,
    administrator_id: int,
    ends_on: date,
    reason: str,
    minutes: Upload | None = None,
) -> Administrator:
    """Set the last day of an assignment. The row stays: who could sign in when must stay known."""
    asked = Administrator.objects.get(pk=administrator_id)
    account = locked_official_account(asked.official_account_id)
    require(actor, "accounts.manage", account.unit_id)
    administrator = (
        Administrator.objects.select_for_update(of=("self",))
        .select_related("user")
        .get(pk=administrator_id)
    )
    if administrator.ends_on is not None and administrator.ends_on < today_of(account):
        raise AccountError(_("This assignment is over already."))
    _refuse_days(account, administrator.starts_on, ends_on)
    administrator.ends_on = ends_on
    administrator.minutes = _kept(actor, minutes) or administrator.minutes
    administrator.save(update_fields=["ends_on", "minutes"])
    record(
        ADMINISTRATOR_ENDED,
        actor=actor,
        target=account,
        person=administrator.user.full_name,
        person_id=administrator.user_id,
        ends_on=ends_on.isoformat(),
        minutes_sha256=administrator.minutes.sha256 if administrator.minutes else None,
        reason=reason,
    )
    return administrator


def _kept(actor: User, minutes: Upload | None) -> Document | None:
    if minutes is None:
        return None
    return keep_document(minutes.data, minutes.name, by=actor, field="minutes")


def _refuse_days(account: OfficialAccount, starts_on: date, ends_on: date | None) -> None:
    today = today_of(account)
    if not EARLIEST <= starts_on <= today + LONGEST_AHEAD:
        raise AccountError(_("Choose a day within ten years."), field="starts_on")
    if ends_on is None:
        return
    if ends_on < starts_on:
        raise AccountError(_("The last day must not be before the first."), field="ends_on")
    if ends_on > today + LONGEST_AHEAD:
        raise AccountError(_("Choose a day within ten years."), field="ends_on")


def _refuse_overlap(
    account: OfficialAccount, user: User, starts_on: date, ends_on: date | None
) -> None:
    same = Administrator.objects.filter(official_account=account, user=user).filter(
        Q(ends_on=None) | Q(ends_on__gte=starts_on)
    )
    if ends_on is not None:
        same = same.filter(starts_on__lte=ends_on)
    if same.exists():
        raise AccountError(
            _("%(person)s is administrator of this account already, in this time.")
            % {"person": user},
            field="user",
        )
