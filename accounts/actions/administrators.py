"""Who works on an account on its platform, from a day to a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.actions.guards import require_until_written
from accounts.actions.official_accounts import locked_official_account, today_of
from accounts.actions.outsiders import no_outsider, refuse_outsider
from accounts.custody import checked_decree, checked_remark
from accounts.details import EARLIEST, LONGEST_AHEAD, Upload
from accounts.documents import keep_document
from accounts.errors import AccountError
from accounts.events import ADMINISTRATOR_ASSIGNED, ADMINISTRATOR_ENDED
from accounts.models import Administrator, Document, OfficialAccount, User
from accounts.models.administrator import unfinished_administrators
from accounts.seen import mark
from govsocial.audit.actions import record, record_many
from govsocial.bulk import insert_many
from govsocial.web.templatetags.formats import date_long


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
    require_until_written(actor, "accounts.manage", account.unit_id)
    if account.is_closed:
        raise AccountError(_("This account is closed. Reopen it first."))
    user = User.objects.get(pk=user_id, is_system=False)
    refuse_outsider(user, account.unit_id, field="user")
    _refuse_days(account, starts_on, ends_on)
    made = Administrator(
        official_account=account,
        user=user,
        decree=checked_decree(decree),
        starts_on=starts_on,
        ends_on=ends_on,
        assigned_by=actor,
    )
    _refuse_overlap(Administrator.objects.all(), made, ends_on, field="user")
    made.minutes = _kept(actor, minutes)
    with no_outsider(user, field="user"):
        made.save(force_insert=True)
    tell_assigned(actor, account, made)
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


def tell_assigned(actor: User, account: OfficialAccount, made: Administrator) -> None:
    record(ADMINISTRATOR_ASSIGNED, actor=actor, target=account, **_told(made))


def tell_ended(actor: User, account: OfficialAccount, ended: Administrator, reason: str) -> None:
    record(
        ADMINISTRATOR_ENDED,
        actor=actor,
        target=account,
        person=ended.user.full_name,
        person_id=ended.user_id,
        ends_on=ended.ends_on.isoformat() if ended.ends_on else None,
        minutes_sha256=ended.minutes.sha256 if ended.minutes else None,
        reason=reason,
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
    seen: str | None = None,
) -> Administrator:
    """Set the last day of an assignment. The row stays: who could sign in when must stay known.
    Nobody goes on for longer who has no role on the unit any more.

    ``seen`` is the mark of the last day that was shown (``seen.mark``). Raises ``AccountError``
    beside ``seen`` when somebody has set another one since; None asks for nothing.
    """
    asked = Administrator.objects.get(pk=administrator_id)
    account = locked_official_account(asked.official_account_id)
    require_until_written(actor, "accounts.manage", account.unit_id)
    administrator = (
        Administrator.objects.select_for_update(of=("self",))
        .select_related("user")
        .get(pk=administrator_id)
    )
    over = administrator.ends_on is not None and administrator.ends_on < today_of(account)
    if over or administrator.never_began:
        raise AccountError(_("This assignment is over already."))
    if seen not in {None, mark(administrator.ends_on)} and administrator.ends_on != ends_on:
        raise AccountError(_day_changed(administrator.ends_on), field="seen")
    reason = checked_remark(reason, "reason")
    _refuse_days(account, administrator.starts_on, ends_on)
    others = Administrator.objects.exclude(pk=administrator.pk)
    _refuse_overlap(others, administrator, ends_on, field="ends_on")
    if administrator.ends_on is not None and ends_on > administrator.ends_on:
        refuse_outsider(administrator.user, account.unit_id, field="ends_on")
    administrator.ends_on = ends_on
    administrator.minutes = _kept(actor, minutes) or administrator.minutes
    with no_outsider(administrator.user, field="ends_on"):
        administrator.save(update_fields=["ends_on", "minutes"])
    tell_ended(actor, account, administrator, reason)
    return administrator


def _day_changed(now: date | None) -> str:
    return _(
        "The last day has changed since you opened this page: %(now)s. Yours is not kept yet: save "
        "again to put it in its place."
    ) % {"now": date_long(now) if now else _("none, until it is ended")}


def unfinished_of(account: OfficialAccount, today: date) -> QuerySet[Administrator]:
    """Assignments that run today or later, locked, the first to begin first."""
    return (
        Administrator.objects.select_for_update(of=("self",))
        .filter(unfinished_administrators(today), official_account=account)
        .select_related("official_account", "user", "minutes")
        .order_by("starts_on", "pk")
    )


def end_today(actor: User, assignment: Administrator, today: date, reason: str) -> bool:
    """Make today the last day, inside the caller's transaction; what was to begin later never
    begins. Whether that changes anything."""
    last = max(today, assignment.starts_on - timedelta(days=1))
    if assignment.ends_on == last:
        return False
    assignment.ends_on = last
    assignment.save(update_fields=["ends_on"])
    tell_ended(actor, assignment.official_account, assignment, reason)
    return True


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
    others: QuerySet[Administrator], one: Administrator, ends_on: date | None, *, field: str
) -> None:
    same = others.filter(
        unfinished_administrators(one.starts_on),
        official_account=one.official_account_id,
        user=one.user_id,
    )
    if ends_on is not None:
        same = same.filter(starts_on__lte=ends_on)
    if same.exists():
        raise AccountError(
            _("%(person)s is administrator of this account already, in this time.")
            % {"person": one.user},
            field=field,
        )
