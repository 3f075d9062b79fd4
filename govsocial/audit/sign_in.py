"""Who came in, who left, who could not, and what changed about how they come in.

These signals belong to Django and allauth, not to an app of ours; each receiver ends in one entry.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account import signals as account_signals
from allauth.mfa import signals as mfa_signals
from django.contrib.auth import get_user_model
from django.contrib.auth import signals as auth_signals
from django.db import transaction
from django.dispatch import Signal
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from govsocial.audit.actions import record
from govsocial.audit.events import Event, event

SIGNED_IN = event(
    "sign_in.session.started", label=_("Signed in"), sentence=_("%(actor)s signed in.")
)
SIGNED_OUT = event(
    "sign_in.session.ended", label=_("Signed out"), sentence=_("%(actor)s signed out.")
)
FAILED = event(
    "sign_in.attempt.failed",
    "address_digest",
    label=_("Sign-in failed"),
    sentence=_("Somebody tried to sign in as %(target)s and failed."),
)
FAILED_UNKNOWN = event(
    "sign_in.attempt.unknown",
    "address_digest",
    label=_("Sign-in with an unknown address"),
    sentence=_("Somebody tried to sign in with an e-mail address that nobody here has."),
)
CODE_FAILED = event(
    "sign_in.code.failed",
    "method",
    label=_("Second step failed"),
    sentence=_("Somebody gave a wrong code in the second step for %(target)s."),
)
PASSWORD_CHANGED = event(
    "sign_in.password.changed",
    label=_("Password changed"),
    sentence=_("%(actor)s changed the password of %(target)s."),
)
PASSWORD_RESET = event(
    "sign_in.password.reset",
    label=_("Password reset"),
    sentence=_("%(actor)s chose a new password through a link sent by e-mail."),
)
FACTOR_ADDED = event(
    "sign_in.factor.added",
    "method",
    label=_("Second step added"),
    sentence=_("%(actor)s added a second step of signing in (%(method)s)."),
)
FACTOR_REMOVED = event(
    "sign_in.factor.removed",
    "method",
    label=_("Second step removed"),
    sentence=_("%(actor)s removed a second step of signing in (%(method)s)."),
)
FACTOR_RESET = event(
    "sign_in.factor.reset",
    "method",
    label=_("Second step renewed"),
    sentence=_("%(actor)s renewed a second step of signing in (%(method)s)."),
)


def connect() -> None:
    receivers: list[tuple[Signal, Callable[..., None]]] = [
        (auth_signals.user_logged_in, on_signed_in),
        (auth_signals.user_logged_out, on_signed_out),
        (auth_signals.user_login_failed, on_failed),
        (account_signals.password_changed, on_password_changed),
        (account_signals.password_set, on_password_changed),
        (account_signals.password_reset, on_password_reset),
        (mfa_signals.authenticator_added, on_factor_added),
        (mfa_signals.authenticator_removed, on_factor_removed),
        (mfa_signals.authenticator_reset, on_factor_reset),
        (mfa_signals.authentication_failed, on_code_failed),
    ]
    for signal, receiver in receivers:
        signal.connect(receiver, dispatch_uid=f"govsocial.audit.{receiver.__name__}")


@transaction.atomic
def _write(kind: Event, user: Any, **data: Any) -> None:
    record(kind, actor=user, target=user, **data)


@transaction.atomic
def _write_unproven(kind: Event, user: Any, **data: Any) -> None:
    # Nobody has proven to be this person, so the system is the one who says it.
    system = get_user_model().objects.system()
    record(kind, actor=system, target=user or system, **data)


def on_signed_in(sender: object, user: Any, **kwargs: object) -> None:
    _write(SIGNED_IN, user)


def on_signed_out(sender: object, user: Any, **kwargs: object) -> None:
    if user is not None and user.is_authenticated:
        _write(SIGNED_OUT, user)


def on_failed(sender: object, credentials: dict[str, Any], **kwargs: object) -> None:
    model = get_user_model()
    typed = str(credentials.get(model.USERNAME_FIELD) or credentials.get("username") or "")
    digest = digest_of(typed)
    known = model.objects.filter(
        **{f"{model.USERNAME_FIELD}__iexact": typed.replace("\0", "")}
    ).first()
    if known is None:
        _write_unproven(FAILED_UNKNOWN, None, address_digest=digest)
    else:
        _write_unproven(FAILED, known, address_digest=digest)


def digest_of(typed: str) -> str:
    """Recognise a repeated address without keeping it: people also type passwords there."""
    cleaned = typed.strip().lower().encode("utf-8", "replace")
    return salted_hmac("govsocial.audit.sign_in", cleaned, algorithm="sha256").hexdigest()[:16]


def on_password_changed(sender: object, user: Any, **kwargs: object) -> None:
    _write(PASSWORD_CHANGED, user)


def on_password_reset(sender: object, user: Any, **kwargs: object) -> None:
    _write(PASSWORD_RESET, user)


def on_factor_added(sender: object, user: Any, authenticator: Any, **kwargs: object) -> None:
    _write(FACTOR_ADDED, user, method=str(authenticator.type))


def on_factor_removed(sender: object, user: Any, authenticator: Any, **kwargs: object) -> None:
    _write(FACTOR_REMOVED, user, method=str(authenticator.type))


def on_factor_reset(sender: object, user: Any, authenticator: Any, **kwargs: object) -> None:
    _write(FACTOR_RESET, user, method=str(authenticator.type))


def on_code_failed(sender: object, user: Any, authenticator: Any, **kwargs: object) -> None:
    method = str(authenticator.type) if authenticator is not None else "unknown"
    _write_unproven(CODE_FAILED, user, method=method)
