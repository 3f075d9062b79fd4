from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.actions.grants import add_grant
from accounts.actions.guards import (
    keep_an_administrator,
    locked_user,
    may_until_written,
    one_at_a_time,
    refuse_self,
    require_over,
)
from accounts.actions.sign_in_letters import keep_sign_in_letter
from accounts.custody import checked_remark
from accounts.errors import AccountError, is_taken
from accounts.events import (
    INVITATION_REPEATED,
    PREFERENCES_CHANGED,
    USER_CHANGED,
    USER_DEACTIVATED,
    USER_INVITED,
    USER_REACTIVATED,
)
from accounts.kept_values import PREFERENCES
from accounts.mail import invitation_link
from accounts.mail_sign_in import INVITATION, SignInLetter
from accounts.models import User
from accounts.names import name_line, one_line
from govsocial.audit.actions import record
from govsocial.web.permissions import require


@may_until_written
@transaction.atomic
def invite_user(
    *,
    actor: User,
    email: str,
    full_name: str,
    position: str,
    language: str,
    role: str,
    unit_id: int,
    ends_at: datetime | None = None,
    decree: str = "",
) -> User:
    """Add a person with a first role. They choose a password through a link sent by e-mail."""
    one_at_a_time()
    require(actor, "people.manage", unit_id)
    full_name, position = name_line(full_name, "full_name"), one_line(position, "position")
    if User.objects.filter(email__iexact=email).exists():
        raise _taken()
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                email=email, full_name=full_name, position=position, language=language
            )
    except IntegrityError as exc:
        if not is_taken(exc):
            raise
        raise _taken() from exc
    record(USER_INVITED, actor=actor, target=user, unit_id=unit_id)
    add_grant(actor=actor, user=user, role=role, unit_id=unit_id, ends_at=ends_at, decree=decree)
    _send_invitation(user)
    return user


@transaction.atomic
def send_invitation_again(*, actor: User, user_id: int) -> User:
    """Send a fresh link to somebody who has not chosen a password yet."""
    one_at_a_time()
    user = locked_user(user_id)
    unit_id = require_over(actor, user)
    if not user.is_active:
        raise AccountError(_("%(person)s is deactivated.") % {"person": user})
    if user.has_usable_password():
        raise AccountError(
            _("%(person)s has a password already and can renew it on the sign-in page.")
            % {"person": user}
        )
    record(INVITATION_REPEATED, actor=actor, target=user, unit_id=unit_id)
    _send_invitation(user)
    return user


@transaction.atomic
def deactivate_user(*, actor: User, user_id: int, reason: str) -> User:
    """Shut a person out at once: sessions end, roles rest. The record stays."""
    one_at_a_time()
    user = locked_user(user_id)
    unit_id = require_over(actor, user)
    refuse_self(actor, user, _("You cannot deactivate yourself."))
    if not user.is_active:
        raise AccountError(_("%(person)s is deactivated already.") % {"person": user})
    keep_an_administrator(without=user)
    reason = checked_remark(reason, "reason")
    user.is_active = False
    # Were the old sessions only refused, they would come back to life with the person.
    user.session_epoch = F("session_epoch") + 1
    user.save(update_fields=["is_active", "session_epoch"])
    user.refresh_from_db(fields=["session_epoch"])
    record(USER_DEACTIVATED, actor=actor, target=user, unit_id=unit_id, reason=reason)
    return user


@transaction.atomic
def reactivate_user(*, actor: User, user_id: int, reason: str) -> User:
    """Let a person in again, with the roles that still run."""
    one_at_a_time()
    user = locked_user(user_id)
    unit_id = require_over(actor, user)
    if user.is_active:
        raise AccountError(_("%(person)s is active already.") % {"person": user})
    reason = checked_remark(reason, "reason")
    user.is_active = True
    user.save(update_fields=["is_active"])
    record(USER_REACTIVATED, actor=actor, target=user, unit_id=unit_id, reason=reason)
    return user


@transaction.atomic
def change_profile(
    *, actor: User, full_name: str, position: str, language: str, theme: str
) -> User:
    """Change what a person may change about themselves."""
    wanted = {
        "full_name": name_line(full_name, "full_name"),
        "position": one_line(position, "position"),
        "language": language,
        "theme": theme,
    }
    return _change(actor, wanted)


@transaction.atomic
def change_preferences(
    *, actor: User, language: str | None = None, theme: str | None = None
) -> User:
    """Keep what a person chose on some page. What is None stays as it is."""
    wanted = {"language": language, "theme": theme}
    return _change(actor, {field: value for field, value in wanted.items() if value is not None})


def _change(actor: User, wanted: dict[str, str]) -> User:
    """Change the row of the actor to what they want, inside the caller's transaction."""
    user = locked_user(actor.pk)
    changed = [field for field, value in wanted.items() if getattr(user, field) != value]
    if not changed:
        return user
    for field in changed:
        setattr(user, field, wanted[field])
    user.save(update_fields=changed)
    event = PREFERENCES_CHANGED if PREFERENCES.issuperset(changed) else USER_CHANGED
    record(event, actor=actor, target=user, changed=changed)
    return user


def _send_invitation(user: User) -> None:
    letter = SignInLetter(
        template=INVITATION,
        email=user.email,
        language=user.language,
        values={"link": invitation_link(user)},
    )
    keep_sign_in_letter(letter=letter)


def _taken() -> AccountError:
    return AccountError(
        _("Somebody has this address already. Give that person a role instead."), field="email"
    )
