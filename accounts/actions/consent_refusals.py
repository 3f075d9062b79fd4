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

from accounts.actions.platform_apps import forget_given
from accounts.actions.revocations import is_same_token, plan_revocation
from accounts.consent_words import Reason
from accounts.errors import AccountError
from accounts.events_consents import CONSENT_REFUSED
from accounts.models import ConsentRequest, OfficialAccount, Revocation, User
from accounts.vault import CannotOpen, TypedSecretStore, open_row, seal_row
from govsocial.audit.actions import record
from govsocial.platforms.base import Secret
from govsocial.platforms.errors import (
    AccountBlocked,
    AppUnknown,
    BudgetSpent,
    OperatorNeeded,
    PermissionMissing,
    PlatformError,
)
from govsocial.platforms.registry import spec

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
    elif isinstance(exc, AccountBlocked):
        reason = Reason.ACCOUNT_BLOCKED
    elif isinstance(exc, OperatorNeeded | CannotOpen):
        reason = Reason.APP_REFUSED
    elif isinstance(exc, BudgetSpent):
        reason = Reason.SPENT
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
            settle(actor, request, Reason.NO_ANSWER, held=store.secret)
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
        record(CONSENT_REFUSED, actor=actor, target=account, reason=str(told), error=error)
        # Nobody ends what another person began: it stays for that person alone to finish.
        if told not in {Reason.USED, Reason.OTHER_PERSON}:
            ended = settle(actor, request, told, held=secret)
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
    actor: User, request: ConsentRequest, reason: Reason, *, held: Secret | None = None
) -> Revocation | None:
    """End an open request, in the caller's transaction; have what it gave given back, once.

    ``held``: what the caller, who answers it, was given. Others may settle it meanwhile. Whoever
    does takes what is sealed along, and the row says in which revocation: that one is committed
    with it, so it is the platform's to be told whoever dies. What the row did not hold, or nobody
    could open, is left to the caller. The result is how it goes back; None where nothing does.
    """
    row = (
        ConsentRequest.objects.select_for_update(of=("self",))
        .select_related("official_account", "app")
        .get(pk=request.pk)
    )
    if row.settled_at is None:
        given = held or _sealed_in(row)
        row.revocation = give_back(actor, row, given) if given else None
        row.status, row.reason = ConsentRequest.Status.REFUSED, str(reason)
        row.sealed, row.settled_at = "", timezone.now()
        row.save(update_fields=["status", "reason", "sealed", "settled_at", "revocation"])
        return row.revocation
    if not held:
        return None
    if row.revocation is None:
        row.revocation = give_back(actor, row, held)
        row.save(update_fields=["revocation"])
        return row.revocation
    return _given_back_by(row.revocation, request, held) or give_back(actor, row, held)


def _given_back_by(other: Revocation, request: ConsentRequest, held: Secret) -> Revocation | None:
    """How whoever settled it gave back what is held. None for another token, and for one that was
    left standing as nobody knew yet whose consent it is, which the caller has learned since."""
    if not _was_kept(request, held):
        return None
    before = Revocation.objects.select_for_update().get(pk=other.pk)
    consent_of = spec(request.official_account.platform).consent_of
    if consent_of is None or consent_of(held) is None:
        return before
    if before.outcome == Revocation.Outcome.NOT_KNOWN:
        return None
    if before.settled_at is None:
        # Who tells the platform asks the same.
        seal_row(before, json.dumps(dict(held)))
        before.save(update_fields=["sealed", "key_version"])
    return before


def _sealed_in(row: ConsentRequest) -> Secret | None:
    """What it gave, as far as it is kept. While it waits, nothing was given yet: what is sealed is
    its verifier."""
    if not row.sealed or row.status == ConsentRequest.Status.WAITING:
        return None
    try:
        secret: Secret = json.loads(open_row(row))["secret"]
    except CannotOpen:
        # Nobody can use it, and nobody can name it to the platform either.
        logger.warning("What a consent gave does not open.", extra={"consent_id": str(row.pk)})
        return None
    return secret


def _was_kept(request: ConsentRequest, held: Secret) -> bool:
    """Whether it was in the row, as its answerer wrote it last. A token that was refreshed since
    is another one, and the one from before does not end it."""
    kept = json.loads(open_row(request)) if request.sealed else {"secret": {}}
    secrets = [kept["secret"], *(one["secret"] for one in kept.get("choices", []))]
    return any(is_same_token(one, held) for one in secrets)
