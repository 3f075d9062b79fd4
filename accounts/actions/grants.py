from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.guards import (
    keep_an_administrator,
    locked_user,
    may_until_written,
    one_at_a_time,
    refuse_self,
    require_until_written,
    wait_for_rights_of,
)
from accounts.capabilities import Role
from accounts.custody import checked_decree, checked_remark
from accounts.errors import AccountError
from accounts.events import ROLE_ENDED, ROLE_GRANTED
from accounts.models import Grant, Unit, User
from accounts.models.people import grants_not_over
from govsocial.audit.actions import record
from govsocial.web.permissions import require


@may_until_written
@transaction.atomic
def grant_role(
    *,
    actor: User,
    user_id: int,
    role: str,
    unit_id: int,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    decree: str = "",
    on_behalf_of_id: int | None = None,
) -> Grant:
    """Give a person a role on a unit and all below it. Nobody gives a role to themselves."""
    one_at_a_time()
    user = locked_user(user_id)
    require(actor, "people.manage", unit_id)
    refuse_self(actor, user, _("You cannot give a role to yourself. Ask another administrator."))
    if not user.is_active:
        raise AccountError(_("%(person)s is deactivated.") % {"person": user})
    return add_grant(
        actor=actor,
        user=user,
        role=role,
        unit_id=unit_id,
        starts_at=starts_at,
        ends_at=ends_at,
        decree=decree,
        on_behalf_of_id=on_behalf_of_id,
    )


def add_grant(
    *,
    actor: User,
    user: User,
    role: str,
    unit_id: int,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    decree: str = "",
    on_behalf_of_id: int | None = None,
) -> Grant:
    """The part of giving a role that an invitation shares. The caller has checked the right."""
    starts_at, decree = starts_at or timezone.now(), checked_decree(decree)
    if role not in Role.values:
        raise AccountError(_("Choose a role of the list."), field="role")
    if ends_at is not None and ends_at <= max(starts_at, timezone.now()):
        raise AccountError(_("The end must be after the start, and not over yet."), field="ends_at")
    if on_behalf_of_id is not None:
        if ends_at is None:
            raise AccountError(_("An acting official needs an end date."), field="ends_at")
        if on_behalf_of_id == user.pk:
            raise AccountError(_("Nobody acts on behalf of themselves."), field="on_behalf_of")
        if not _holds_it(on_behalf_of_id, role, unit_id, starts_at):
            raise AccountError(
                _(
                    "This person does not hold the role there themselves at that time, so nobody "
                    "can stand in for them. Give the role in the person's own name instead."
                ),
                field="on_behalf_of",
            )
    same = Grant.objects.filter(user=user, role=role, unit_id=unit_id).filter(
        grants_not_over(starts_at)
    )
    if on_behalf_of_id is None:
        # One of their own may begin beside one that they hold for another.
        same = same.filter(on_behalf_of=None)
    if ends_at is not None:
        same = same.filter(starts_at__lt=ends_at)
    if same.exists():
        raise AccountError(
            _("%(person)s has this role there already, in this time.") % {"person": user},
            field="role",
        )
    grant = Grant.objects.create(
        user=user,
        role=role,
        unit=Unit.objects.get(pk=unit_id),
        starts_at=starts_at,
        ends_at=ends_at,
        decree=decree,
        on_behalf_of=None
        if on_behalf_of_id is None
        else User.objects.get(pk=on_behalf_of_id, is_system=False),
        granted_by=actor,
    )
    record(
        ROLE_GRANTED,
        actor=actor,
        target=grant,
        user_id=user.pk,
        role=str(role),
        starts_at=starts_at.isoformat(),
        ends_at=ends_at.isoformat() if ends_at else None,
        decree=decree,
        in_place_of=_principal(grant),
    )
    return grant


def _holds_it(principal: int, role: str, unit_id: int, moment: datetime) -> bool:
    """Whether somebody holds a role of their own by which another may stand in for them: what one
    holds for another is not handed on. An approver may review."""
    roles = {role, Role.APPROVER} if role == Role.REVIEWER else {role}
    above = Unit.objects.get(pk=unit_id).ancestors(include_self=True)
    own = Grant.objects.filter(
        user=principal, user__is_active=True, on_behalf_of=None, role__in=roles, unit__in=above,
        starts_at__lte=moment,
    )  # fmt: skip
    return own.filter(grants_not_over(moment)).exists()


@transaction.atomic
def end_grant(*, actor: User, grant_id: int, reason: str) -> Grant:
    """End a role now. One that has not begun never will. The row stays as evidence."""
    one_at_a_time()
    wait_for_rights_of(Grant.objects.values_list("user_id", flat=True).get(pk=grant_id))
    grant = (
        Grant.objects.select_for_update(of=("self",))
        .select_related("user", "unit", "on_behalf_of")
        .get(pk=grant_id)
    )
    require_until_written(actor, "people.manage", grant.unit_id)
    if problem := end_problem(grant):
        raise AccountError(problem)
    reason = checked_remark(reason, "reason")
    keep_an_administrator(without=grant)
    grant.ends_at = max(timezone.now(), grant.starts_at)
    grant.save(update_fields=["ends_at"])
    record(
        ROLE_ENDED,
        actor=actor,
        target=grant,
        user_id=grant.user_id,
        role=grant.role,
        in_place_of=_principal(grant),
        reason=reason,
    )
    return grant


def _principal(grant: Grant) -> str | None:
    return grant.on_behalf_of.full_name if grant.on_behalf_of else None


def end_problem(grant: Grant) -> str:
    """Why ``grant`` can no longer be ended; empty where it can."""
    return _("This role is over already.") if grant.is_over else ""
