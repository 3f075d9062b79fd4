"""Telling a platform that a secret is out of use: outside of transactions, a few times, in writing.

The secret is first taken out of use here, in the transaction of whatever ends the connection. The
platform is told afterwards by whoever claims the row, so that a silent platform delays nobody.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.actions.guards import hold
from accounts.actions.whose_consent import ask_whose, is_to_be_asked
from accounts.events_connections import SECRET_REVOKED_AT_PLATFORM
from accounts.events_consents import CONSENT_GIVEN_BACK
from accounts.models import (
    ConsentRequest,
    Credential,
    OfficialAccount,
    PlatformApp,
    Revocation,
    User,
)
from accounts.vault import (
    CannotOpen,
    TypedSecretStore,
    authorisation_for,
    open_row,
    seal_row,
    typed_client_for,
    unseal,
)
from govsocial.audit.actions import record
from govsocial.platforms.base import EndsSessions, Secret
from govsocial.platforms.errors import AuthRevoked, NotFound, NotOffered, PlatformError
from govsocial.platforms.registry import spec

logger = logging.getLogger(__name__)

TOKENS = ("access_token", "refresh_token", "refresh_jwt")
MOST_TRIES = 6
FIRST_WAIT = timedelta(minutes=1)
# How long the platform is not told while a consent is under way.
WHILE_CONSENTING = timedelta(seconds=30)
# Longer than the slowest call; a worker that died leaves the row to the next one.
LEASE = timedelta(minutes=5)


def plan_revocation(
    *,
    actor: User,
    official_account: OfficialAccount,
    app: PlatformApp | None,
    secret: Secret,
    host: str,
    of_refused_consent: bool = False,
) -> Revocation:
    """Write down, in the caller's transaction, that the platform is to be told.

    ``of_refused_consent``: the secret was never a connection. Where the platform cannot be told, or
    must not be, that is the outcome at once, unless the platform can be asked first whose consent
    it was. Of a secret that was entered by hand only the session is kept that it holds, where there
    is one to be ended.
    """
    now = timezone.now()
    revocation = Revocation(
        official_account=official_account,
        app=app,
        host=host,
        requested_by=actor,
        of_refused_consent=of_refused_consent,
        next_try_at=now,
        key_version=0,
    )
    if app is None:
        session_in = spec(official_account.platform).session_in
        secret = (session_in(secret) if session_in is not None else None) or {}
    outcome = _known_outcome(official_account, app, secret)
    if is_to_be_asked(revocation, outcome, secret):
        outcome = None
    if outcome in {None, Revocation.Outcome.WAITING}:
        seal_row(revocation, json.dumps(dict(secret)))
        revocation.save(force_insert=True)
        return revocation
    revocation.outcome, revocation.settled_at = outcome, now
    revocation.save(force_insert=True)
    _record(revocation, actor)
    return revocation


def _known_outcome(
    official_account: OfficialAccount, app: PlatformApp | None, secret: Secret
) -> str | None:
    if app is None:
        # What was entered by hand stays good until its owner deletes it where it was made.
        return None if secret else Revocation.Outcome.NOT_HERE
    if spec(official_account.platform).authorisation is None:
        return Revocation.Outcome.NOT_OFFERED
    if not app.is_configured:
        # Platforms take a token back only for the application that it was granted to.
        return Revocation.Outcome.NOT_HERE
    return _left_standing(official_account, app, secret)


def _left_standing(
    official_account: OfficialAccount, app: PlatformApp, secret: Secret
) -> str | None:
    """The outcome of a secret that must not be taken back; None where it may be taken back.

    ``WAITING`` where it hangs on connections that somebody is writing just now, perhaps to end
    them: of two that end at the same moment each would leave the secret to the other. Nobody is
    waited for, so the order in which connections are locked does not matter.
    """
    if _standing(official_account, secret, in_use_through(app)) is None:
        return None
    certain = _standing(official_account, secret, _not_being_written(app))
    return certain or Revocation.Outcome.WAITING


def _standing(
    official_account: OfficialAccount, secret: Secret, connections: Iterable[Credential]
) -> str | None:
    """What becomes of a secret beside these connections and what they hold; None: it may go.

    Some platforms give whoever consents anew the token that they have, so that a connection may
    hold the very one. Where it is not known who consented, it might be a connection in use that
    would end.
    """
    in_use = [(one, _opened(one)) for one in connections]
    if any(held is not None and is_same_token(held, secret) for _one, held in in_use):
        return Revocation.Outcome.SHARED
    unknown = any(held is None for _one, held in in_use)
    consent_of = spec(official_account.platform).consent_of
    if consent_of is not None:
        consent, others = consent_of(secret), {_consent(one, held) for one, held in in_use}
        if consent is not None and consent in others:
            return Revocation.Outcome.SHARED
        unknown = None in others or (consent is None and bool(others))
    return Revocation.Outcome.NOT_KNOWN if unknown else None


def _not_being_written(app: PlatformApp) -> list[Credential]:
    """Those of ``in_use_through`` that no other transaction has locked, as they are now.

    Whoever ends or replaces a connection locks it before asking who else is there, and keeps the
    lock until that is committed. So one that is free now ends later, and whoever ends it sees ours
    as ended or as being written. The locks taken for the question are let go of at once: kept, they
    would be waited for.
    """
    with transaction.atomic():
        free = in_use_through(app).select_for_update(of=("self",), no_key=True, skip_locked=True)
        found = list(free)
        transaction.set_rollback(True)
    return found


def is_same_token(one: Secret, other: Secret) -> bool:
    """Whether both hold a token in common: taking it back ends both."""
    return any(one.get(name) and one.get(name) == other.get(name) for name in TOKENS)


def _opened(credential: Credential) -> Secret | None:
    try:
        return unseal(credential)
    except CannotOpen:
        return None


def _consent(credential: Credential, secret: Secret | None) -> str | None:
    """Whose consent a connection came from; None where that is not known."""
    consent_of = spec(credential.official_account.platform).consent_of
    return consent_of(secret) if consent_of is not None and secret is not None else None


def in_use_through(app: PlatformApp) -> QuerySet[Credential]:
    """Connections in use through the same application, also on its sister platforms: an agency
    enters one application of Meta for Facebook and for Instagram.

    The account's own counts as well: what is given back may be a second consent that went wrong.
    """
    in_use = Credential.objects.filter(status=Credential.Status.GOOD)
    return in_use.filter(app__client_id=app.client_id, app__host=app.host).select_related(
        "official_account"
    )


def hold_back_revocations(app: PlatformApp) -> None:
    """Have no platform told of a secret of this application until the transaction ends.

    Whoever is being told just now is waited for. No row is locked: nobody else waits, such as an
    administrator who changes the application while its platform is silent. Whoever comes back
    holds the request for consent by then; whoever tells the platform waits for no row.
    """
    # As in ``in_use_through``: sister platforms share one application.
    hold(f"revocations {app.host} {app.client_id}")


def _ends_consent_under_way(revocation: Revocation, app: PlatformApp, secret: Secret) -> bool:
    """Whether somebody is on the way through the same application, and what is given to them might
    end with the secret. Where each secret is taken back alone, only one already given can.

    Who has only set out holds up no revocation that is overdue: people may set out without end.
    They come back to a lock until the platform was told, and what they are given then lives, or
    their consent fails and they are told. What was given to somebody already is never ended.
    """
    consent_of = spec(revocation.official_account.platform).consent_of
    begun = ConsentRequest.objects.filter(settled_at=None)
    for request in begun.filter(app__client_id=app.client_id, app__host=app.host):
        if request.status == ConsentRequest.Status.ANSWERED:
            return True
        if request.status == ConsentRequest.Status.CHOOSING:
            if _is_of_offer(request, secret, consent_of):
                return True
        elif consent_of is not None and not request.is_over and not revocation.is_overdue:
            return True
    return False


def _is_of_offer(
    request: ConsentRequest, secret: Secret, consent_of: Callable[[Secret], str | None] | None
) -> bool:
    try:
        offered: Secret = json.loads(open_row(request))["secret"]
    except CannotOpen:
        # Nobody can choose from it either.
        return False
    if consent_of is None:
        return is_same_token(offered, secret)
    given, ended = consent_of(offered), consent_of(secret)
    return given is None or ended is None or given == ended


@transaction.atomic
def claim_revocation() -> Revocation | None:
    """Lease the revocation that is due for longest. One alone, for others would outlive the lease
    while their platforms are silent."""
    now = timezone.now()
    revocation = (
        Revocation.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(settled_at=None, next_try_at__lte=now)
        .select_related("official_account", "app")
        .order_by("next_try_at")
        .first()
    )
    if revocation is not None:
        Revocation.objects.filter(pk=revocation.pk).update(next_try_at=now + LEASE)
    return revocation


def revoke_at_platform(*, actor: User, revocation: Revocation) -> None:
    """Tell the platform once and write down what came of it.

    Whether it may be told is asked again: meanwhile an account may have been connected whose
    secret would end with this one. While somebody may be about to connect one, it waits.
    """
    app = revocation.app
    done = Revocation.Outcome.ENDED if app is None else Revocation.Outcome.REVOKED
    try:
        secret = json.loads(open_row(revocation))
        if app is None:
            _end_session(revocation, secret)
        else:
            done = _revoke_of_whom(revocation, app, secret)
    except NotOffered as exc:
        _settle(actor, revocation, Revocation.Outcome.NOT_OFFERED, type(exc).__name__)
    except CannotOpen as exc:
        _settle(actor, revocation, Revocation.Outcome.NOT_HERE, type(exc).__name__)
    except (AuthRevoked, NotFound):
        # The platform does not know it any more: that is what was wanted.
        _settle(actor, revocation, done, "")
    except PlatformError as exc:
        _try_again(actor, revocation, exc)
    except Exception as exc:
        # A fault of ours is raised, so that it is seen, and counted: whatever it is, the row comes
        # to its last try.
        _try_again(actor, revocation, exc)
        raise
    else:
        if done == Revocation.Outcome.WAITING:
            _wait(revocation)
        else:
            _settle(actor, revocation, done, "")


def _revoke_of_whom(revocation: Revocation, app: PlatformApp, secret: Secret) -> Revocation.Outcome:
    """Where it hangs on whose consent it was, the platform is asked that, outside of any lock, and
    it is decided anew."""
    outcome = _revoke(revocation, app, secret)
    if not is_to_be_asked(revocation, outcome, secret):
        return outcome
    told = ask_whose(revocation, app, secret)
    return outcome if told == secret else _revoke(revocation, app, told)


@transaction.atomic(durable=True)
def _revoke(revocation: Revocation, app: PlatformApp, secret: Secret) -> Revocation.Outcome:
    """What comes of it; ``WAITING`` where it is not the time.

    The network call stands inside the lock on purpose: a token that is given to somebody between
    the question and the call would be kept and dead, and whose it will be is known only once it is
    given. Only those who come back from a consent through the same application wait. A worker that
    dies lets go of them at once, which a mark on the row would not.

    First who is under way, then who is connected: a consent ceases to be under way in the commit
    that keeps its connection. So whatever was given before the lock is seen by the first question,
    or was committed by then and is seen by the second.
    """
    hold_back_revocations(app)
    if _ends_consent_under_way(revocation, app, secret):
        return Revocation.Outcome.WAITING
    if standing := _left_standing(revocation.official_account, app, secret):
        return Revocation.Outcome(standing)
    authorisation_for(app).revoke(secret)
    return Revocation.Outcome.REVOKED


def _wait(revocation: Revocation) -> None:
    """Leave it for later. That is no try."""
    waiting = Revocation.objects.filter(pk=revocation.pk, settled_at=None)
    waiting.update(next_try_at=timezone.now() + WHILE_CONSENTING)


def _end_session(revocation: Revocation, session: Secret) -> None:
    store, account = TypedSecretStore(session), revocation.official_account
    client = typed_client_for(account, host=revocation.host, store=store)
    if not isinstance(client, EndsSessions):
        raise NotOffered("The platform ends no session.")
    client.end_session()


@transaction.atomic
def _settle(actor: User, revocation: Revocation, outcome: str, error: str) -> None:
    row = Revocation.objects.select_for_update().get(pk=revocation.pk)
    if row.settled_at is not None:
        return
    row.outcome, row.settled_at, row.sealed = outcome, timezone.now(), ""
    row.tries, row.last_error = row.tries + 1, error
    row.save()
    _record(row, actor)


@transaction.atomic
def _try_again(actor: User, revocation: Revocation, exc: Exception) -> None:
    row = Revocation.objects.select_for_update().get(pk=revocation.pk)
    if row.settled_at is not None:
        return
    logger.warning(
        "Secret not revoked at the platform: %s",
        type(exc).__name__,
        extra={"official_account_id": row.official_account_id, "tries": row.tries + 1},
    )
    if isinstance(exc, PlatformError) and exc.permanent:
        # It answered, and the answer stays: it does not know the application, or not as the owner.
        _settle(actor, row, Revocation.Outcome.NOT_HERE, type(exc).__name__)
        return
    if row.tries + 1 >= MOST_TRIES:
        _settle(actor, row, Revocation.Outcome.UNANSWERED, type(exc).__name__[:40])
        return
    row.tries, row.last_error = row.tries + 1, type(exc).__name__[:40]
    wait = FIRST_WAIT * 6 ** (row.tries - 1)
    told = timedelta(seconds=getattr(exc, "retry_after", None) or 0)
    row.next_try_at = timezone.now() + max(wait, told)
    row.save(update_fields=["tries", "last_error", "next_try_at"])


def _record(revocation: Revocation, actor: User) -> None:
    record(
        CONSENT_GIVEN_BACK if revocation.of_refused_consent else SECRET_REVOKED_AT_PLATFORM,
        actor=actor,
        target=revocation.official_account,
        outcome=str(revocation.outcome),
        tries=revocation.tries,
        error=revocation.last_error,
    )
