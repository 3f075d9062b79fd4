"""The signed-in side of Bluesky: one account's session, kept and renewed through its secret store.

The secret holds ``app_password`` as the operator entered it, and what a session adds:
``access_jwt``, ``refresh_jwt``, ``did``, ``handle`` and ``pds``. Signing in is rationed to some
hundred times a day, so a session is only made when there is none or it can no longer be renewed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from govsocial.platforms import words
from govsocial.platforms.base import Secret, SecretStore
from govsocial.platforms.bluesky.answers import DidDocument, SessionAnswer
from govsocial.platforms.budget import Quota, Scope
from govsocial.platforms.envelopes import has_error, heard
from govsocial.platforms.errors import (
    AccountBlocked,
    AuthRevoked,
    BadAnswer,
    HostRefused,
    NotFound,
    PermissionMissing,
    PlatformError,
    Refused,
    TokenExpired,
)
from govsocial.platforms.http import Answer, Effect, Session, parse

SIGN_IN_SECONDS = 20.0
"""A renewal holds the lock of the account's secret, so it must not take long."""

# The rate limits of Bluesky's own servers, August 2026; other servers may be more generous.
_SOURCE = "Bluesky documentation, rate limits (August 2026)"
QUOTAS = (
    Quota(name="calls", amount=3000, seconds=300, scope=Scope.APP, reserve=300, source=_SOURCE),
    Quota(
        name="writes", amount=5000, seconds=3600, scope=Scope.ACCOUNT, reserve=500, source=_SOURCE
    ),
    Quota(name="sign-ins", amount=30, seconds=300, scope=Scope.ACCOUNT, source=_SOURCE),
    Quota(name="sign-ins a day", amount=300, seconds=86_400, scope=Scope.ACCOUNT, source=_SOURCE),
)
_CALL = {"calls": 1}
_SIGN_IN = {"calls": 1, "sign-ins a day": 1, "sign-ins": 1}
_WRITES = {
    "com.atproto.repo.putRecord": {"calls": 1, "writes": 3},
    "com.atproto.repo.deleteRecord": {"calls": 1, "writes": 1},
}

STALE = {"ExpiredToken", "InvalidToken"}
_BLOCKED = {
    "AccountTakedown",
    "AccountSuspended",
    "AccountDeactivated",
    "RepoTakendown",
    "RepoSuspended",
    "RepoDeactivated",
}
_ABSENT = {"RecordNotFound", "RepoNotFound", "NotFound"}


class BlobGone(NotFound):
    """The account's server does not have a picture or film that a record names."""


class Account:
    """Calls methods of the AT Protocol as one account."""

    def __init__(self, *, handle: str, session: Session, secrets: SecretStore) -> None:
        self._handle = handle.strip().removeprefix("@")
        self._session = heard(session, is_own)
        self._secrets = secrets

    def signed_in(self) -> Secret:
        """The stored secret with a session in it, made now if there never was one."""
        secret = self._secrets.load()
        if _has_session(secret):
            return secret
        return self._secrets.rotate(stale=secret, refresh=self._renew)

    def call(self, method: str, nsid: str, effect: Effect = Effect.READ, **content: Any) -> Answer:
        """Call ``nsid`` and return a good answer; renews an expired session once.

        An answer that refuses the token did nothing, so a write is safe to send again.
        """
        secret = self.signed_in()
        answer = self._send(secret, method, nsid, effect, content)
        if error(answer) in STALE:
            secret = self._secrets.rotate(stale=secret, refresh=self._renew)
            answer = self._send(secret, method, nsid, effect, content)
        if answer.ok:
            return answer
        raise self._failure(secret, answer)

    def ask(
        self, service: str, method: str, nsid: str, effect: Effect = Effect.READ, **content: Any
    ) -> Answer:
        """Call ``nsid`` of another server than the account's own, and return whatever it says.

        Nothing of the account's session is sent there; ``token`` may be one made for that server.
        """
        path = f"/xrpc/{nsid}"
        return self._session.send(method, path, effect=effect, base=service, cost=_CALL, **content)

    @property
    def own_network(self) -> str | None:
        """The base of the account's network when that is a private one, apart from Bluesky's."""
        base = self._session.base
        return base if self._session.guard.is_private(base) else None

    def host(self) -> str:
        """The name of the account's own server, with its port where it has one."""
        return urlsplit(self._server(self.signed_in()) or self._session.base).netloc

    def end_session(self) -> None:
        """Delete the session of the stored secret. The app password goes on being good.

        Servers take a refresh token for this also when its time is over; the access token that
        was given with it dies by itself within hours.
        """
        secret = self._secrets.load()
        answer = self._session.send(
            "POST",
            "/xrpc/com.atproto.server.deleteSession",
            effect=Effect.STAGE,
            base=self._server(secret),
            token=secret["refresh_jwt"],
            cost=_CALL,
        )
        if not answer.ok and error(answer) not in STALE:
            raise self._failure(secret, answer)

    @staticmethod
    def _failure(secret: Secret, answer: Answer) -> PlatformError:
        private = ("app_password", "access_jwt", "refresh_jwt")
        return failure(answer, [secret.get(name, "") for name in private])

    def _send(
        self, secret: Secret, method: str, nsid: str, effect: Effect, content: dict[str, Any]
    ) -> Answer:
        return self._session.send(
            method,
            f"/xrpc/{nsid}",
            effect=effect,
            base=self._server(secret),
            token=secret["access_jwt"],
            cost=_WRITES.get(nsid, _CALL),
            **content,
        )

    def _renew(self, secret: Secret) -> Secret:
        """Refresh the session of ``secret``, or sign in again with its app password."""
        if _has_session(secret) and secret.get("refresh_jwt"):
            answer = self._session.send(
                "POST",
                "/xrpc/com.atproto.server.refreshSession",
                effect=Effect.STAGE,
                base=self._server(secret),
                token=secret["refresh_jwt"],
                total=SIGN_IN_SECONDS,
                cost=_CALL,
            )
            if answer.ok:
                return self._with_session(secret, answer)
            if error(answer) in _BLOCKED:
                raise self._failure(secret, answer)
        return self._sign_in(secret)

    def _sign_in(self, secret: Secret) -> Secret:
        password = secret.get("app_password")
        if not password:
            raise AuthRevoked("Bluesky no longer takes the session, and no app password is stored.")
        answer = self._session.send(
            "POST",
            "/xrpc/com.atproto.server.createSession",
            effect=Effect.STAGE,
            total=SIGN_IN_SECONDS,
            cost=_SIGN_IN,
            json={"identifier": secret.get("did") or self._handle, "password": password},
        )
        if answer.ok:
            return self._with_session(secret, answer)
        if error(answer) == "AuthFactorTokenRequired":
            raise AuthRevoked(
                "Bluesky asks for a code: enter an app password, not the account's own password.",
                status=answer.status,
            )
        if answer.status == 401 and error(answer) not in _BLOCKED:
            raise AuthRevoked("Bluesky does not take this app password.", status=answer.status)
        raise self._failure(secret, answer)

    def _with_session(self, secret: Secret, answer: Answer) -> Secret:
        session = parse(SessionAnswer, answer.json(), answer)
        if secret.get("did") not in {None, session.did}:
            raise BadAnswer(f"{answer.where}: the session belongs to another account.")
        renewed = {
            **secret,
            "access_jwt": session.access_jwt,
            "refresh_jwt": session.refresh_jwt,
            "did": session.did,
            "handle": session.handle or secret.get("handle", ""),
        }
        pds = self._pds(session.did_doc)
        if pds is not None:
            renewed["pds"] = pds
        return renewed

    def _server(self, secret: Secret) -> str | None:
        """The account's own server as stored, unless the operator's list no longer has it."""
        try:
            return self._session.guard.base_url(secret["pds"]) if "pds" in secret else None
        except HostRefused:
            return None

    def _pds(self, document: DidDocument | None) -> str | None:
        """The server that the account's identity names, when this server may talk to it.

        Otherwise the host that the operator entered goes on serving the account.
        """
        url = document.server if document is not None else None
        guard = self._session.guard
        return guard.base_url(url) if url is not None and guard.permits(url) else None


def session_in(secret: Secret) -> Secret | None:
    """What it takes to end the session, without the app password."""
    if not secret.get("refresh_jwt"):
        return None
    return {name: secret[name] for name in ("refresh_jwt", "did", "pds") if name in secret}


def is_own(answer: Answer) -> bool:
    """Whether a refusal is worded as servers of the AT Protocol word theirs, or as its video
    service does: within what it says of a job."""
    content = answer.json()
    job = content.get("jobStatus") if isinstance(content, dict) else None
    return has_error(answer) or (isinstance(job, dict) and bool(job.get("error")))


def _has_session(secret: Secret) -> bool:
    return bool(secret.get("access_jwt") and secret.get("did"))


def error(answer: Answer) -> str | None:
    """The name of the error; only compared with known names, never shown."""
    if answer.ok:
        return None
    content = answer.json()
    name = content.get("error") if isinstance(content, dict) else None
    return name if isinstance(name, str) else None


def said_in(answer: Answer) -> object:
    """What Bluesky tells people about the error."""
    content = answer.json()
    return content.get("message") if isinstance(content, dict) else None


def failure(answer: Answer, secrets: Iterable[str]) -> PlatformError:
    """What a refusal of a server means; ``secrets`` are left out of its words."""
    name, status, where = error(answer), answer.status, answer.where
    shown = words.said(said_in(answer), secrets=secrets)
    if name in STALE:
        return TokenExpired(f"{where}: Bluesky refuses a session just renewed.", status=status)
    if name in _BLOCKED:
        return AccountBlocked(
            f"{where}: Bluesky has blocked or deactivated the account.", status=status, words=shown
        )
    if name == "AuthMissing":
        return AuthRevoked(f"{where}: Bluesky does not see a session.", status=status)
    if status in {401, 403}:
        message = f"{where}: the account may not do this."
        return PermissionMissing(message, status=status, words=shown)
    if name == "BlobNotFound":
        message = f"{where}: Bluesky refuses this call ({status})."
        return BlobGone(message, status=status, words=shown)
    if name in _ABSENT or status == 404:
        return NotFound(f"{where}: not on Bluesky.", status=status, words=shown)
    message = f"{where}: Bluesky refuses this call ({status})."
    return Refused(message, status=status, words=shown)
