"""Consent on Threads: a code, a token of an hour, and for it one of 60 days."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from govsocial.platforms.base import Secret
from govsocial.platforms.errors import NotOffered, OperatorNeeded
from govsocial.platforms.http import Effect, parse
from govsocial.platforms.oauth import AppCredentials, Choice
from govsocial.platforms.spec import Connection
from govsocial.platforms.threads.account import good, judged, with_token
from govsocial.platforms.threads.answers import DebugToken, Token, User

SCOPES = (
    "threads_basic",
    "threads_content_publish",
    "threads_manage_insights",
    "threads_delete",
    "threads_manage_replies",
    "threads_read_replies",
)


class ThreadsAuthorisation:
    """The consent of the one account that is signed in to Threads in the browser."""

    scopes: Sequence[str] = SCOPES
    pkce = False

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def address(self, *, redirect_uri: str, state: str, verifier: str) -> str:
        """Where consent is asked for; Threads takes no PKCE, ``state`` alone protects the way."""
        asked = {
            "client_id": self._app().client_id,
            "redirect_uri": redirect_uri,
            "scope": ",".join(SCOPES),
            "response_type": "code",
            "state": state,
        }
        return f"{self._connection.addresses.web}/oauth/authorize?{urlencode(asked)}"

    def exchange(self, *, code: str, redirect_uri: str, verifier: str) -> Secret:
        app = self._app()
        tokens = self._connection.session(self._connection.addresses.token)
        hidden = (app.client_secret, code)
        answer = judged(tokens, *hidden).send(
            "POST",
            "/oauth/access_token",
            effect=Effect.STAGE,
            data={
                "client_id": app.client_id,
                "client_secret": app.client_secret,
                "grant_type": "authorization_code",
                "redirect_uri": redirect_uri,
                # The browser brings the end of an address with it that is no part of the code.
                "code": code.removesuffix("#_"),
            },
        )
        short = parse(Token, good(answer, hidden, Effect.STAGE).json(), answer)
        hidden = (app.client_secret, short.access_token)
        answer = judged(tokens, *hidden).send(
            "GET",
            "/access_token",
            effect=Effect.STAGE,
            params={
                "grant_type": "th_exchange_token",
                "client_secret": app.client_secret,
                "access_token": short.access_token,
            },
        )
        own = {"account_id": short.user_id} if short.user_id else {}
        return with_token(own, good(answer, hidden, Effect.STAGE))

    def choices(self, secret: Secret) -> Sequence[Choice]:
        """The account itself, with the rights that were granted, which the token does not tell."""
        token = secret.get("access_token", "")
        session = judged(self._connection.session(), token)
        answer = session.send(
            "GET",
            "/v1.0/me",
            effect=Effect.READ,
            token=token,
            params={"fields": "id,username,name"},
        )
        user = parse(User, good(answer, (token,), Effect.READ).json(), answer)
        answer = session.send(
            "GET",
            "/v1.0/debug_token",
            effect=Effect.READ,
            token=token,
            params={"input_token": token},
        )
        facts = parse(DebugToken, good(answer, (token,), Effect.READ).json(), answer).data
        own = {**secret, "account_id": user.id, "handle": user.username}
        if facts.scopes is not None:
            own["scope"] = " ".join(facts.scopes)
        return [
            Choice(
                platform_id=user.id,
                handle=user.username,
                display_name=user.name or user.username,
                url=f"{self._connection.addresses.web}/@{user.username}",
                secret=own,
            )
        ]

    def revoke(self, secret: Secret) -> None:
        """Raises ``NotOffered``: a person takes an application away in the settings of Threads."""
        raise NotOffered("Threads lets applications revoke nothing; a person does it there.")

    def _app(self) -> AppCredentials:
        app = self._connection.app
        if app is None:
            raise OperatorNeeded("The application's credentials at Threads are not set.")
        return app
