"""Whether this very session came through the second step of signing in; and whose secret it is.

The library seals and opens secrets of second steps without saying whose they are. So each is told
its row when it is read, and sealed for its row when it is saved: copied to somebody else's row, it
opens nothing. Texts of earlier releases open without, until ``manage.py rotate_keys`` binds them.
"""

from __future__ import annotations

from contextlib import suppress
from enum import Enum, auto
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.db.models.signals import post_init, pre_save
from django.http import HttpRequest

from accounts import vault
from accounts.sealing import CannotOpen, Place

# Where allauth keeps the secret of each kind.
SECRET_OF = {
    str(Authenticator.Type.TOTP): "secret",
    str(Authenticator.Type.RECOVERY_CODES): "seed",
}


class SealedText(str):
    """A sealed text that knows its row."""

    place: Place


class Step(Enum):
    NOT_SET_UP = auto()
    NOT_PASSED = auto()
    """The person has one, and this session was opened without it."""
    PASSED = auto()


def second_step(request: HttpRequest) -> Step:
    """How far the session of a signed-in person came."""
    totp = Authenticator.objects.filter(
        user_id=request.user.pk, type=Authenticator.Type.TOTP
    ).first()
    if totp is None:
        return Step.NOT_SET_UP
    # What was proven before the present key was set up says nothing about who holds it.
    since = totp.created_at.timestamp()
    records = get_authentication_records(request, request.user)
    passed = any(record["method"] == "mfa" and record["at"] >= since for record in records)
    return Step.PASSED if passed else Step.NOT_PASSED


def connect() -> None:
    authenticator_added.connect(
        on_set_up, sender=Authenticator, dispatch_uid="accounts.second_step.on_set_up"
    )
    post_init.connect(on_read, sender=Authenticator, dispatch_uid="accounts.second_step.on_read")
    pre_save.connect(on_save, sender=Authenticator, dispatch_uid="accounts.second_step.on_save")


def on_read(sender: object, instance: Any, **kwargs: object) -> None:
    """Tell the sealed text its row."""
    name = SECRET_OF.get(str(instance.__dict__.get("type")))
    data = instance.__dict__.get("data")
    if name is not None and isinstance(data, dict) and isinstance(data.get(name), str):
        data[name] = _of_row(instance, data[name])


def on_save(sender: object, instance: Any, **kwargs: object) -> None:
    """Seal for its row what is not yet, whoever saves it."""
    name = SECRET_OF.get(str(instance.type))
    if name is None or "data" not in instance.__dict__:
        return
    data = instance.data
    if not isinstance(data, dict) or not isinstance(data.get(name), str):
        # Recovery codes that were brought from elsewhere stand under another name.
        return
    text = _of_row(instance, data[name])
    # What nobody sealed is left as it is: it opens nothing.
    with suppress(CannotOpen):
        if not is_bound_to_row(text):
            text = _of_row(instance, vault.seal_text(opened(text), text.place))
    data[name] = text


def is_bound_to_row(text: SealedText) -> bool:
    try:
        vault.open_text(text, text.place)
    except CannotOpen:
        return False
    return True


def opened(text: str) -> str:
    """What was sealed for the row of ``text``, or for none. Raises ``CannotOpen``."""
    if isinstance(text, SealedText) and is_bound_to_row(text):
        return vault.open_text(text, text.place)
    return vault.open_text(text)


def _of_row(instance: Any, text: str) -> SealedText:
    named = SealedText(text)
    row = (str(instance.user_id), str(instance.type))
    named.place = Place("second step", "mfa_authenticator", row)
    return named


def on_set_up(
    sender: object, request: HttpRequest, user: Any, authenticator: Any, **kwargs: object
) -> None:
    """The code that ends the set-up is a second step passed: do not ask for it twice."""
    if authenticator.type == Authenticator.Type.TOTP:
        record_authentication(
            request, user, "mfa", id=authenticator.pk, type=str(authenticator.type)
        )
