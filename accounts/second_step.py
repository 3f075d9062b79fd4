"""Whether this very session came through the second step of signing in."""

from __future__ import annotations

from enum import Enum, auto
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.http import HttpRequest


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


def on_set_up(
    sender: object, request: HttpRequest, user: Any, authenticator: Any, **kwargs: object
) -> None:
    """The code that ends the set-up is a second step passed: do not ask for it twice."""
    if authenticator.type == Authenticator.Type.TOTP:
        record_authentication(
            request, user, "mfa", id=authenticator.pk, type=str(authenticator.type)
        )
