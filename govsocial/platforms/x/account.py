"""The signed-in side of X: one account's tokens, kept fresh, and what each call costs.

The secret holds ``access_token`` (two hours), ``refresh_token`` (taken once, a new one comes with
each refresh), ``expires_at``, ``scope``, ``account_id`` and ``handle``.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from govsocial.platforms.base import Secret
from govsocial.platforms.bearer import BearerAccount
from govsocial.platforms.budget import Meter
from govsocial.platforms.envelopes import heard
from govsocial.platforms.errors import (
    AppRefused,
    AuthRevoked,
    BadAnswer,
    PlatformError,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.http import Answer, Effect, Session, parse
from govsocial.platforms.oauth import AppCredentials, moment_after, renewed
from govsocial.platforms.spec import Connection
from govsocial.platforms.x import errors
from govsocial.platforms.x.answers import Token, data
from govsocial.platforms.x.prices import Item

TOKEN_PATH = "/2/oauth2/token"  # noqa: S105 - a path
TOKEN_SECONDS = 20.0
"""A refresh holds the lock of the account's secret, so it must not take long."""
RENEW_BEFORE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Bill:
    """So many of one item of the price list at most; ``delivered`` names what really came, where X
    charges for each thing once a day; None for what is charged each time."""

    item: str
    count: int
    delivered: Callable[[Answer], Collection[str]] | None = None


def delivered(answer: Answer) -> list[str]:
    """The ids of what came: one thing, or a list of them."""
    told = data(answer)
    things = told if isinstance(told, list) else [told]
    return [str(one["id"]) for one in things if isinstance(one, dict) and "id" in one]


def billed(
    meter: Meter | None, bill: Bill, ask: Callable[[], Answer], *, publishing: bool = False
) -> Answer:
    """A good answer to ``ask``, its price set aside before and settled by what came.

    Raises ``BudgetSpent``, with nothing asked, when the month's cap does not allow it.
    """
    if meter is None:
        return ask()
    reserved = meter.reserve(bill.item, bill.count, publishing=publishing)
    try:
        answer = ask()
    except PlatformError as failed:
        # What may have been delivered is taken as delivered.
        count = bill.count if isinstance(failed, _MAYBE_BILLED) else 0
        meter.settle(bill.item, reserved=reserved, count=count)
        raise
    names = bill.delivered(answer) if bill.delivered is not None else ()
    count = bill.count if bill.delivered is None else min(len(names), bill.count)
    meter.settle(bill.item, reserved=reserved, count=count, resources=names)
    return answer


def token_call(
    session: Session, app: AppCredentials, form: Mapping[str, str], *, path: str = TOKEN_PATH
) -> Answer:
    """Call the token endpoint as the confidential client that the application is."""
    pair = ":".join(quote(part, safe="") for part in (app.client_id, app.client_secret))
    return session.send(
        "POST",
        path,
        effect=Effect.STAGE,
        total=TOKEN_SECONDS,
        headers={"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"},
        data=dict(form),
    )


def with_token(secret: Secret, answer: Answer) -> Secret:
    """``secret`` with the tokens of ``answer``; a refresh token that is not sent stays."""
    token = parse(Token, answer.json(), answer)
    told = {
        "access_token": token.access_token,
        "refresh_token": token.refresh_token,
        "expires_at": moment_after(token.expires_in),
        "scope": token.scope,
    }
    return renewed(secret, {name: value for name, value in told.items() if value})


def refused_client(answer: Answer) -> bool:
    """Whether the token endpoint does not take the application's own credentials."""
    body = answer.json()
    told = body.get("error") if isinstance(body, Mapping) else None
    return answer.status == 401 or told in ("invalid_client", "unauthorized_client")


def refused_grant(answer: Answer) -> bool:
    """Whether the token endpoint no longer takes the refresh token. RFC 6749 (5.2) calls that
    ``invalid_grant``; X mostly says ``invalid_request``, and in words that it is the token."""
    body = answer.json()
    told = body if isinstance(body, Mapping) else {}
    if told.get("error") == "invalid_request":
        return "token was invalid" in str(told.get("error_description")).lower()
    return told.get("error") == "invalid_grant"


class Account(BearerAccount):
    """Calls X as one account, and settles what each call cost."""

    _refuses_token = staticmethod(errors.refuses_token)

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._meter = connection.meter
        heard(self.session, errors.is_own, errors.judge)
        tokens = connection.session(connection.addresses.token)
        self._tokens = heard(tokens, errors.is_own_of_tokens)

    def secret(self) -> Secret:
        """The stored secret with an access token that is not about to end."""
        return self.bearer.secret()

    def read_item(self, secret: Secret) -> Item:
        """What a read of its own posts is billed as: less for the account that owns the app."""
        owner = self._app.owner if self._app else ""
        owned = bool(owner) and owner.casefold() == secret.get("handle", "").casefold()
        return Item.OWNED_READ if owned else Item.POST_READ

    def call(
        self,
        method: str,
        path: str,
        effect: Effect = Effect.READ,
        *,
        bill: Bill | None = None,
        **content: Any,
    ) -> Answer:
        """Call X and return a good answer; an access token that is refused is renewed once.

        An answer that refuses the token did nothing, so a write is safe to send again.
        """
        # Before anything is set aside for the call: without a token there is none.
        self.secret()

        def ask() -> Answer:
            return self._answered(method, path, effect, content)

        if bill is None:
            return ask()
        return billed(self._meter, bill, ask, publishing=bool(content.get("publishing")))

    def _answered(self, method: str, path: str, effect: Effect, content: dict[str, Any]) -> Answer:
        answer = self._sent(method, path, effect, **content)
        if answer.ok:
            return answer
        if errors.refuses_token(answer):
            raise AuthRevoked(
                f"{answer.where}: X no longer takes the token of this account.",
                status=answer.status,
            )
        raise errors.failure(answer, secrets=self.hidden(self.bearer.load()))

    def _refreshed(self, app: AppCredentials, secret: Secret) -> Secret:
        """The secret with new tokens; the refresh token that was used is worth nothing then."""
        form = {"grant_type": "refresh_token", "refresh_token": secret["refresh_token"]}
        answer = token_call(self._tokens, app, form)
        if answer.ok:
            return with_token(secret, answer)
        if refused_client(answer):
            raise AppRefused(
                f"{answer.where}: X does not take the application's credentials.",
                status=answer.status,
            )
        message = f"{answer.where}: X gives no new token for this account."
        kind = AuthRevoked if refused_grant(answer) else Unavailable
        raise kind(message, status=answer.status)

    def hidden(self, secret: Secret) -> list[str]:
        """What must not be in any words of X's own."""
        kept = [secret.get(name, "") for name in ("access_token", "refresh_token")]
        return [*kept, self._app.client_secret] if self._app else kept


_MAYBE_BILLED = (UnknownOutcome, Unavailable, BadAnswer)
