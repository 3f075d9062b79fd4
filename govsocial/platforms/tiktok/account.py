"""TikTok's API with the token of one account: calls, refreshing, and what calls cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel

from govsocial.platforms.base import Secret
from govsocial.platforms.bearer import BearerAccount
from govsocial.platforms.envelopes import has_error, heard
from govsocial.platforms.errors import AppMissing, BadAnswer
from govsocial.platforms.http import Answer, Effect, parse
from govsocial.platforms.oauth import AppCredentials, moment_after, renewed
from govsocial.platforms.spec import Connection
from govsocial.platforms.tiktok.answers import Token
from govsocial.platforms.tiktok.failures import failure, is_error, token_failure, token_refused

REFRESH_SECONDS = 20.0
"""A refresh holds the lock of the account's secret, so it must not take long."""

Model = TypeVar("Model", bound=BaseModel)


def secret_of(answer: Answer) -> dict[str, str]:
    """The secret in an answer of the token endpoint."""
    if is_error(answer):
        raise token_failure(answer)
    token = parse(Token, answer.json(), answer)
    found = {
        "access_token": token.access_token,
        "refresh_token": token.refresh_token,
        "expires_at": moment_after(token.expires_in),
        "refresh_expires_at": moment_after(token.refresh_expires_in),
        "account_id": token.open_id,
        "scope": " ".join((token.scope or "").replace(",", " ").split()),
    }
    return {name: value for name, value in found.items() if value}


def data(
    model: type[Model], answer: Answer, effect: Effect = Effect.READ, *, inner: Any = None
) -> Model:
    """``data`` of a good answer, or ``inner``, a part of it."""
    content = answer.json()
    whole = content.get("data") if isinstance(content, dict) else None
    return parse(model, whole if inner is None else inner, answer, effect)


class Account(BearerAccount):
    """Calls the TikTok API as one account."""

    _refuses_token = staticmethod(token_refused)

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        heard(self.session, has_error)
        self.uploads = connection.session()
        """For the servers that take films, which answer in no form that is written down."""

    def call(
        self,
        method: str,
        path: str,
        effect: Effect = Effect.READ,
        *,
        cost: Mapping[str, int],
        **content: Any,
    ) -> Answer:
        """A good answer, or the failure that it stands for; a refused token is refreshed once."""
        answer = self._sent(method, path, effect, cost=cost, **content)
        if is_error(answer):
            raise failure(answer, effect, self.bearer.load().values())
        return answer

    def _refreshed(self, app: AppCredentials, secret: Secret) -> Secret:
        """Refresh tokens rotate: the new one is stored with the access token that came with it."""
        answer = self.session.send(
            "POST",
            "/v2/oauth/token/",
            effect=Effect.STAGE,
            base=self.addresses.token,
            total=REFRESH_SECONDS,
            data={
                **credentials(app),
                "grant_type": "refresh_token",
                "refresh_token": secret["refresh_token"],
            },
        )
        fresh = secret_of(answer)
        told = fresh.get("account_id")
        if told is not None and secret.get("account_id", told) != told:
            raise BadAnswer(f"{answer.where}: the token belongs to another account.")
        return renewed(secret, fresh)


def credentials(app: AppCredentials | None) -> dict[str, str]:
    if app is None:
        raise AppMissing("The application's key and secret at TikTok are not entered.")
    return {"client_key": app.client_id, "client_secret": app.client_secret}
