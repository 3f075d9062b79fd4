"""A consent that connects nothing: written down, given back, and told."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NoReturn

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.platform_apps import forget_given
from accounts.actions.revocations import plan_revocation
from accounts.consent_words import Reason
from accounts.errors import AccountError
from accounts.events_consents import CONSENT_REFUSED
from accounts.models import ConsentRequest, OfficialAccount, Revocation, User
from accounts.vault import CannotOpen, TypedSecretStore, open_row
from govsocial.audit.actions import record
from govsocial.platforms.base import Secret
from govsocial.platforms.errors import (
    AppUnknown,
    BudgetSpent,
    OperatorNeeded,
    PermissionMissing,
    PlatformError,
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Seen:
    """An account that a consent reached, without its secret."""

    platform_id: str
    handle: str
    display_name: str
    url: str
    matches: bool


class ConsentRefused(AccountError):
    """A consent that connected nothing. ``account`` is None when the state is not known here.

    ``given_back`` is what becomes of what was given, an outcome of ``Revocation``; empty where
    nothing was.
    """

    def __init__(
        self,
        reason: Reason,
        *,
        account: OfficialAccount | None = None,
        message: str = "",
        words: str = "",
        seen: Sequence[Seen] = (),
        given_back: str = "",
    ) -> None:
        super().__init__(message or str(reason.label))
        self.reason = reason
        self.account = account
        self.words = words
        self.seen = seen
        self.given_back = given_back


def refuse_for(actor: User, request: ConsentRequest, exc: Exception, secret: Secret) -> NoReturn:
    """Say what a failure means for the person who consented."""
    reason, message = Reason.NO_ANSWER, ""
    if isinstance(exc, PermissionMissing):
        reason = Reason.RIGHTS_MISSING
    elif isinstance(exc, AppUnknown) and forget_given(app=request.app):
        reason = Reason.APP_FORGOTTEN
    elif isinstance(exc, OperatorNeeded | CannotOpen):
        reason = Reason.APP_REFUSED
    elif isinstance(exc, BudgetSpent):
        reason = Reason.NOT_NOW
        message = _("The budget of calls or of spending on this platform allows nothing more now.")
    elif isinstance(exc, PlatformError) and exc.permanent:
        reason = Reason.NOT_TAKEN
    elif isinstance(exc, AccountError):
        reason, message = Reason.NOT_NOW, str(exc)
    elif isinstance(exc, PermissionDenied):
        reason = Reason.NOT_ALLOWED
    words = exc.words if isinstance(exc, PlatformError) else ""
    refuse(
        actor,
        request,
        reason,
        error=type(exc).__name__,
        secret=secret,
        message=message,
        words=words,
    )


@contextmanager
def refused_with(actor: User, request: ConsentRequest, store: TypedSecretStore) -> Iterator[None]:
    """Turn a failure into ``ConsentRefused``; whatever fails, what was given is given back.

    A failure that nobody foresaw is raised as it is.
    """
    try:
        yield
    except ConsentRefused:
        raise
    except (PlatformError, CannotOpen, AccountError, PermissionDenied) as exc:
        refuse_for(actor, request, exc, store.secret)
    # Whatever went wrong, the platform has given a token: it goes back before the fault goes on.
    except Exception:
        with transaction.atomic():
            settle(actor, request, Reason.NO_ANSWER, is_held=bool(store.secret))
            if store.secret:
                give_back(actor, request, store.secret)
        raise


def refuse(
    actor: User,
    request: ConsentRequest | None,
    reason: Reason | None,
    *,
    error: str = "",
    secret: Secret | None = None,
    message: str = "",
    words: str = "",
    seen: Sequence[Seen] = (),
) -> NoReturn:
    """Write the refusal down, give back what was given, and raise ``ConsentRefused``."""
    told = reason or Reason.UNKNOWN
    if request is None:
        # About no account, and anybody can make up as many as they like: nothing for the trail.
        logger.info("A consent came back that nobody began.", extra={"user_id": actor.pk})
        raise ConsentRefused(told)
    account, ended = request.official_account, None
    with transaction.atomic():
        # What waits is used up even by a stranger: a state that went astray opens nothing more.
        if told != Reason.USED:
            ended = settle(actor, request, told, is_held=bool(secret))
        record(CONSENT_REFUSED, actor=actor, target=account, reason=str(told), error=error)
        if secret:
            ended = give_back(actor, request, secret)
    raise ConsentRefused(
        told,
        account=account,
        message=message,
        words=words,
        seen=seen,
        given_back=str(ended.outcome) if ended else "",
    ) from None


def give_back(actor: User, request: ConsentRequest, secret: Secret) -> Revocation:
    """Have the platform told, in the caller's transaction, that what it gave is not used."""
    return plan_revocation(
        actor=actor,
        official_account=request.official_account,
        app=request.app,
        secret=secret,
        host=request.app.host,
        of_refused_consent=True,
    )


def settle(
    actor: User, request: ConsentRequest, reason: Reason, *, is_held: bool = False
) -> Revocation | None:
    """End an open request, in the caller's transaction; give back what is sealed in it.

    ``is_held``: the caller answers it, holds what was given and gives that back.
    """
    row = (
        ConsentRequest.objects.select_for_update(of=("self",))
        .select_related("official_account", "app")
        .filter(pk=request.pk, settled_at=None)
        .first()
    )
    if row is None:
        return None
    # While it waits, nothing was given yet: what is sealed is its verifier.
    given = row.sealed and row.status != ConsentRequest.Status.WAITING
    ended = _give_back_sealed(actor, row) if given and not is_held else None
    row.status, row.reason = ConsentRequest.Status.REFUSED, str(reason)
    row.sealed, row.settled_at = "", timezone.now()
    row.save(update_fields=["status", "reason", "sealed", "settled_at"])
    return ended


def _give_back_sealed(actor: User, request: ConsentRequest) -> Revocation | None:
    try:
        secret: Secret = json.loads(open_row(request))["secret"]
    except CannotOpen:
        # Nobody can use it, and nobody can name it to the platform either.
        logger.warning("What a consent gave does not open.", extra={"consent_id": str(request.pk)})
        return None
    return give_back(actor, request, secret)
