"""Consent on Mastodon: OAuth 2.0 with PKCE, through an application that each server registers.

Every server hands out application credentials to whoever asks (``POST /api/v1/apps``). Tokens have
no end and cannot be refreshed. PKCE is known since Mastodon 4.3; servers that do not know it leave
its parameters aside, as OAuth asks of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated
from urllib.parse import urlencode

from pydantic import AfterValidator, Field

from govsocial.platforms.base import Secret
from govsocial.platforms.envelopes import heard
from govsocial.platforms.errors import (
    AppRefused,
    AppUnknown,
    OperatorNeeded,
    PlatformError,
    Refused,
)
from govsocial.platforms.http import Answer, Effect, parse
from govsocial.platforms.keeping import LONGEST_CLIENT_ID, kept_within
from govsocial.platforms.mastodon.answers import Answered
from govsocial.platforms.mastodon.client import MastodonClient
from govsocial.platforms.mastodon.failures import is_own
from govsocial.platforms.oauth import AppCredentials, Choice, Rights, challenge
from govsocial.platforms.spec import Connection, Registration

SCOPES = ("read", "write:statuses", "write:media")
"""``read`` holds what ``profile`` would give, and servers before 4.3 refuse a scope that they do
not know, so that is not asked for."""


class _App(Answered):
    client_id: Annotated[str, Field(min_length=1), AfterValidator(kept_within(LONGEST_CLIENT_ID))]
    client_secret: str = Field(min_length=1)


class _Token(Answered):
    access_token: str = Field(min_length=1)
    scope: Rights = None


def register_app(connection: Connection, registration: Registration) -> AppCredentials:
    """Ask the server for credentials of an application; the caller keeps them for this server."""
    answer = heard(connection.session(), is_own).send(
        "POST",
        "/api/v1/apps",
        effect=Effect.STAGE,
        data={
            "client_name": registration.name,
            "redirect_uris": registration.redirect_uri,
            "scopes": " ".join(SCOPES),
            "website": registration.website,
        },
    )
    if not answer.ok:
        raise Refused(f"{answer.where}: the server registers no application.", status=answer.status)
    app = parse(_App, answer.json(), answer)
    return AppCredentials(client_id=app.client_id, client_secret=app.client_secret)


class MastodonAuthorisation:
    """The consent of the one account that is signed in to the server in the browser."""

    scopes: Sequence[str] = SCOPES
    pkce = True

    def __init__(self, connection: Connection) -> None:
        self._web = connection.addresses.web
        self._app = connection.app
        self._session = heard(connection.session(), is_own)

    def address(self, *, redirect_uri: str, state: str, verifier: str) -> str:
        """The server asks anew who is there: the browser may be signed in to a private account."""
        asked = {
            "response_type": "code",
            "client_id": self._credentials().client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(SCOPES),
            "state": state,
            "code_challenge": challenge(verifier),
            "code_challenge_method": "S256",
            "force_login": "true",
        }
        return f"{self._web}/oauth/authorize?{urlencode(asked)}"

    def exchange(self, *, code: str, redirect_uri: str, verifier: str) -> Secret:
        answer = self._send(
            "/oauth/token",
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": redirect_uri,
                "code_verifier": verifier,
            },
        )
        token = parse(_Token, answer.json(), answer)
        secret = {"access_token": token.access_token}
        return secret if token.scope is None else {**secret, "scope": token.scope}

    def choices(self, secret: Secret) -> Sequence[Choice]:
        """The account itself: a consent reaches exactly one."""
        profile = MastodonClient(session=self._session, secrets=_Held(secret)).profile()
        return [
            Choice(
                platform_id=profile.platform_id,
                handle=profile.handle,
                display_name=profile.display_name,
                url=profile.url,
                secret={**secret, "account_id": profile.platform_id},
            )
        ]

    def revoke(self, secret: Secret) -> None:
        """The server says the same of a token that it no longer knows."""
        if secret.get("access_token"):
            self._send("/oauth/revoke", {"token": secret["access_token"]})

    def _send(self, path: str, form: dict[str, str]) -> Answer:
        app = self._credentials()
        credentials = {"client_id": app.client_id, "client_secret": app.client_secret}
        answer = self._session.send("POST", path, effect=Effect.STAGE, data={**form, **credentials})
        if answer.ok:
            return answer
        raise _failure(answer)

    def _credentials(self) -> AppCredentials:
        if self._app is None:
            raise OperatorNeeded("The application is not registered on this server.")
        return self._app


def _failure(answer: Answer) -> PlatformError:
    content = answer.json()
    name = content.get("error") if isinstance(content, dict) else None
    # RFC 6749, 5.2: whoever asks is judged first, and a 401 is about nothing else.
    if answer.status == 401 or name == "invalid_client":
        return AppUnknown(
            f"{answer.where}: the server does not know the application.", status=answer.status
        )
    if answer.status == 403 or name == "unauthorized_client":
        return AppRefused(
            f"{answer.where}: the server does not take the application's credentials.",
            status=answer.status,
        )
    return Refused(f"{answer.where}: the server does not take this consent.", status=answer.status)


class _Held:
    """A secret just given, which nobody has stored yet."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    def load(self) -> Secret:
        return self._secret

    def rotate(self, *, stale: Secret, refresh: Callable[[Secret], Secret]) -> Secret:
        return self._secret
