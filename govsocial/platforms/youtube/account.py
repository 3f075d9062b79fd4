"""Google's servers with the token of one account: calls, refreshing, and what calls cost."""

from __future__ import annotations

from typing import Any

from govsocial.platforms.base import Secret
from govsocial.platforms.bearer import BearerAccount
from govsocial.platforms.envelopes import heard
from govsocial.platforms.errors import AppMissing
from govsocial.platforms.http import Answer, Effect, parse
from govsocial.platforms.oauth import AppCredentials, moment_after, renewed
from govsocial.platforms.spec import Connection
from govsocial.platforms.youtube.answers import Token
from govsocial.platforms.youtube.failures import (
    failure,
    is_error,
    is_own,
    token_failure,
    token_refused,
)

UNITS = "units"
INSERTS = "video inserts"
REFRESH_SECONDS = 20.0
"""A refresh holds the lock of the account's secret, so it must not take long."""


def secret_of(answer: Answer, effect: Effect = Effect.READ) -> dict[str, str]:
    """The secret in an answer of the token server."""
    if is_error(answer):
        raise token_failure(answer)
    token = parse(Token, answer.json(), answer, effect)
    found = {
        "access_token": token.access_token,
        "refresh_token": token.refresh_token,
        "expires_at": moment_after(token.expires_in),
        "refresh_expires_at": moment_after(token.refresh_token_expires_in),
        "scope": token.scope,
    }
    return {name: value for name, value in found.items() if value}


class Account(BearerAccount):
    """Calls the YouTube APIs as one account."""

    _refuses_token = staticmethod(token_refused)

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        heard(self.session, is_own)

    def call(
        self,
        method: str,
        path: str,
        effect: Effect = Effect.READ,
        *,
        units: int = 1,
        base: str | None = None,
        cost: dict[str, int] | None = None,
        **content: Any,
    ) -> Answer:
        """A good answer, or the failure that it stands for; a refused token is refreshed once."""
        answer = self.ask(method, path, effect, units=units, base=base, cost=cost, **content)
        if is_error(answer):
            raise self.failure(answer)
        return answer

    def ask(
        self,
        method: str,
        path: str,
        effect: Effect = Effect.READ,
        *,
        units: int = 1,
        base: str | None = None,
        cost: dict[str, int] | None = None,
        **content: Any,
    ) -> Answer:
        """The answer, good or not, after a refused token was refreshed once."""
        charged = cost if cost is not None else {UNITS: units}
        return self._sent(method, path, effect, base=base, cost=charged, **content)

    def failure(self, answer: Answer) -> Exception:
        return failure(answer, self.bearer.load().values())

    def _refreshed(self, app: AppCredentials, secret: Secret) -> Secret:
        # Google's refresh tokens stay the same, so that asking again does no harm.
        answer = self.session.send(
            "POST",
            "/token",
            effect=Effect.READ,
            base=self.addresses.token,
            total=REFRESH_SECONDS,
            data={
                **credentials(app),
                "grant_type": "refresh_token",
                "refresh_token": secret["refresh_token"],
            },
        )
        return renewed(secret, secret_of(answer))


def credentials(app: AppCredentials | None) -> dict[str, str]:
    if app is None:
        raise AppMissing("The application's id and secret at Google are not entered.")
    return {"client_id": app.client_id, "client_secret": app.client_secret}
