"""Consent on X: OAuth 2.0 with PKCE, as a confidential client."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from govsocial.platforms.base import Secret
from govsocial.platforms.envelopes import heard
from govsocial.platforms.errors import (
    AppRefused,
    AuthRevoked,
    OperatorNeeded,
    PlatformError,
    Refused,
)
from govsocial.platforms.http import Answer, Effect, parse
from govsocial.platforms.oauth import AppCredentials, Choice, challenge
from govsocial.platforms.spec import Connection
from govsocial.platforms.x import errors
from govsocial.platforms.x.account import (
    Bill,
    billed,
    delivered,
    refused_client,
    token_call,
    with_token,
)
from govsocial.platforms.x.answers import User, data
from govsocial.platforms.x.prices import Item

SCOPES = ("tweet.read", "tweet.write", "users.read", "media.write", "offline.access")


class XAuthorisation:
    """The consent of the one account that is signed in to X in the browser."""

    scopes: Sequence[str] = SCOPES
    pkce = True

    def __init__(self, connection: Connection) -> None:
        self._web = connection.addresses.web
        self._app = connection.app
        self._meter = connection.meter
        self._api = heard(connection.session(), errors.is_own, errors.judge)
        tokens = connection.session(connection.addresses.token)
        self._tokens = heard(tokens, errors.is_own_of_tokens)

    def address(self, *, redirect_uri: str, state: str, verifier: str) -> str:
        asked = {
            "response_type": "code",
            "client_id": self._credentials().client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(SCOPES),
            "state": state,
            "code_challenge": challenge(verifier),
            "code_challenge_method": "S256",
        }
        return f"{self._web}/i/oauth2/authorize?{urlencode(asked)}"

    def exchange(self, *, code: str, redirect_uri: str, verifier: str) -> Secret:
        """The tokens for ``code``, which X takes for 30 seconds and once."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        answer = token_call(self._tokens, self._credentials(), form)
        if answer.ok:
            return with_token({}, answer)
        raise self._failure(answer)

    def choices(self, secret: Secret) -> Sequence[Choice]:
        """The account itself: a consent on X reaches exactly one. X bills the question."""
        answer = billed(self._meter, Bill(Item.USER_READ, 1, delivered), lambda: self._own(secret))
        user = parse(User, data(answer), answer)
        own = {**secret, "account_id": user.id, "handle": user.username}
        return [
            Choice(
                platform_id=user.id,
                handle=user.username,
                display_name=user.name,
                url=f"{self._web}/{user.username}",
                secret=own,
            )
        ]

    def _own(self, secret: Secret) -> Answer:
        answer = self._api.send(
            "GET", "/2/users/me", effect=Effect.READ, token=secret.get("access_token", "")
        )
        if errors.refuses_token(answer):
            raise AuthRevoked(
                f"{answer.where}: X no longer takes the token of this account.",
                status=answer.status,
            )
        if not answer.ok:
            raise errors.failure(answer, secrets=secret.values())
        return answer

    def revoke(self, secret: Secret) -> None:
        """Give back the refresh token, and with it every access token that came from it."""
        names = [name for name in ("refresh_token", "access_token") if secret.get(name)]
        for name in names:
            form = {"token": secret[name], "token_type_hint": name}
            answer = token_call(self._tokens, self._credentials(), form, path="/2/oauth2/revoke")
            if not answer.ok:
                raise self._failure(answer)

    def _credentials(self) -> AppCredentials:
        if self._app is None:
            raise OperatorNeeded("The application's credentials at X are not set.")
        return self._app

    def _failure(self, answer: Answer) -> PlatformError:
        if refused_client(answer):
            return AppRefused(
                f"{answer.where}: X does not take the application's credentials.",
                status=answer.status,
            )
        return Refused(f"{answer.where}: X does not take this consent.", status=answer.status)
