"""Whose consent a token came from, where only its accounts tell that."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence

from django.db import transaction

from accounts.models import PlatformApp, Revocation
from accounts.vault import authorisation_for, seal_row
from govsocial.platforms.base import Secret
from govsocial.platforms.errors import PlatformError, TokenExpired
from govsocial.platforms.oauth import Choice
from govsocial.platforms.registry import spec

logger = logging.getLogger(__name__)


def with_account(secret: Secret, choices: Sequence[Choice]) -> Secret:
    """What was given, with the account that it is for where it is for one alone or for none.

    So it is known later whose consent it was, when it has to be given back.
    """
    if not choices:
        return {"account_id": "", **secret}
    alone = len(choices) == 1 and secret.items() <= choices[0].secret.items()
    return choices[0].secret if alone else secret


def is_to_be_asked(revocation: Revocation, outcome: str | None, secret: Secret) -> bool:
    """Whether it may be left standing only because the secret does not say whose consent it came
    from: others may end a consent before its answerer has asked the platform. Also of one that
    waits for somebody: by then the token may be good for no question any more.

    A former connection was asked about when it was made.
    """
    consent_of = spec(revocation.official_account.platform).consent_of
    may_stand = {Revocation.Outcome.NOT_KNOWN, Revocation.Outcome.WAITING}
    if outcome not in may_stand or consent_of is None:
        return False
    return revocation.of_refused_consent and consent_of(secret) is None


def ask_whose(revocation: Revocation, app: PlatformApp, secret: Secret) -> Secret:
    """The secret, with whose consent it came from where the platform tells; that is kept.

    Raises ``PlatformError`` where it may tell another time. That it does not take the token for a
    question says nothing of the consent: what renews the token may be good still.
    """
    try:
        told = with_account(secret, list(authorisation_for(app).choices(secret)))
    except PlatformError as exc:
        if not exc.permanent and not isinstance(exc, TokenExpired):
            raise
        logger.warning(
            "The platform does not tell whose consent a token came from: %s",
            type(exc).__name__,
            extra={"official_account_id": revocation.official_account_id},
        )
        return secret
    _keep_told(revocation, told)
    return told


@transaction.atomic
def _keep_told(revocation: Revocation, told: Secret) -> None:
    """By the next try the platform may take the token for no question any more."""
    row = Revocation.objects.select_for_update().get(pk=revocation.pk)
    if row.settled_at is None:
        seal_row(row, json.dumps(dict(told)))
        row.save(update_fields=["sealed", "key_version"])
