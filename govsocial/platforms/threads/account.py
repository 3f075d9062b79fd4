"""The signed-in side of Threads: one token of 60 days, renewed every week.

The secret holds ``access_token``, ``expires_at``, ``scope``, ``account_id`` and ``handle``. There
is no separate refresh token: a token that is a day old and not over is exchanged for a new one.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from govsocial.platforms.base import Secret
from govsocial.platforms.bearer import asked_anew
from govsocial.platforms.errors import AuthRevoked, PlatformError, TokenExpired
from govsocial.platforms.http import Answer, Effect, Session, parse
from govsocial.platforms.meta import errors
from govsocial.platforms.oauth import is_near_end, moment_after
from govsocial.platforms.spec import Connection
from govsocial.platforms.threads.answers import Token

LIVES = timedelta(days=60)
"""Taken for the life of a token whose end is not told: without one it would never be renewed."""
RENEW_BEFORE = timedelta(days=53)
"""A token lives 60 days; renewed when it is a week old, it outlives a month of failures."""
TOKEN_SECONDS = 20.0
CALLS = "calls"
"""The quota that every call takes from."""


def judged(session: Session, *secrets: str) -> Session:
    """Let ``session`` read the envelope of every refusal; ``secrets`` are kept out of words."""

    def judge(answer: Answer, effect: Effect) -> PlatformError | None:
        if errors.told(answer) is None:
            return None
        return errors.failure(answer, secrets=secrets, effect=effect)

    session.judge = judge
    return session


def good(answer: Answer, secrets: tuple[str, ...], effect: Effect) -> Answer:
    """``answer``, unless it is a refusal; one with status 200 may hold an error as well."""
    if answer.ok and errors.told(answer) is None:
        return answer
    raise errors.failure(answer, secrets=secrets, effect=effect)


class Account:
    """Calls the Threads API as one account."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._secrets = connection.secrets

    def secret(self) -> Secret:
        secret = self._secrets.load()
        if not secret.get("access_token"):
            raise AuthRevoked("No access token is stored for this account.")
        return secret

    def call(self, method: str, path: str, effect: Effect = Effect.READ, **content: Any) -> Answer:
        """Call ``path`` below the version and return a good answer.

        A token that is over cannot be renewed; but another worker may have renewed it meanwhile.
        """
        secret = self.secret()
        try:
            return self._sent(secret, method, path, effect, content)
        except TokenExpired as expired:
            message, status = str(expired), expired.status
        if dict(self._secrets.load()) == dict(secret):
            raise AuthRevoked(message, status=status)
        return self._sent(self.secret(), method, path, effect, content)

    def _sent(
        self, secret: Secret, method: str, path: str, effect: Effect, content: dict[str, Any]
    ) -> Answer:
        token = secret["access_token"]
        session = judged(self._connection.session(), token)
        # The most particular quota stands last: a refusal is about it.
        content = {**content, "cost": {CALLS: 1, **content.get("cost", {})}}
        answer = session.send(method, f"/v1.0{path}", effect=effect, token=token, **content)
        return good(answer, (token,), effect)

    def renew(self) -> bool:
        secret = self.secret()
        if not is_near_end(secret, RENEW_BEFORE):
            return False
        return asked_anew(self._secrets, secret, self._renewed)

    def _renewed(self, secret: Secret) -> Secret:
        token = secret["access_token"]
        session = judged(self._connection.session(self._connection.addresses.token), token)
        ended: PlatformError | None = None
        try:
            answer = session.send(
                "GET",
                "/refresh_access_token",
                effect=Effect.STAGE,
                total=TOKEN_SECONDS,
                params={"grant_type": "th_refresh_token", "access_token": token},
            )
            answer = good(answer, (token,), Effect.STAGE)
        except TokenExpired as expired:
            ended = expired
        if ended is not None:
            raise AuthRevoked(str(ended), status=ended.status)
        return with_token(secret, answer)


def with_token(secret: Secret, answer: Answer) -> Secret:
    """``secret`` with the long-lived token of ``answer``."""
    token = parse(Token, answer.json(), answer)
    ends = moment_after(token.expires_in or LIVES.total_seconds())
    return {**secret, "access_token": token.access_token, "expires_at": ends or ""}
