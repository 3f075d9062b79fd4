"""The access token of an account connected by consent: refreshed near its end and when refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from govsocial.platforms.base import Secret, SecretStore
from govsocial.platforms.errors import AuthRevoked
from govsocial.platforms.http import Answer
from govsocial.platforms.oauth import is_near_end

MARGIN = timedelta(minutes=2)
"""A token that ends this soon is not begun a call with."""


class Bearer:
    """Calls with the stored token of one account.

    ``refresh`` makes a new secret of an old one; None where it cannot be done, because nobody
    entered the application's credentials. It runs under the lock of the account's secret.
    """

    def __init__(self, secrets: SecretStore, refresh: Callable[[Secret], Secret] | None) -> None:
        self._secrets = secrets
        self._refresh = refresh

    def send(
        self, request: Callable[[str], Answer], *, refused: Callable[[Answer], bool]
    ) -> Answer:
        """The answer to ``request(token)``; asked again, once, with a refreshed token.

        An answer that refuses the token did nothing, so a write is safe to send again.
        """
        secret = self._usable()
        answer = request(secret["access_token"])
        if not refused(answer) or not self._can_refresh(secret):
            return answer
        return request(self._rotate(secret)["access_token"])

    def renew(self, margin: timedelta) -> None:
        """Refresh now when the token ends within ``margin`` and can be refreshed."""
        secret = self._secrets.load()
        if is_near_end(secret, margin) and secret.get("refresh_token"):
            self._rotate(secret)

    def load(self) -> Secret:
        return self._secrets.load()

    def _usable(self) -> Secret:
        secret = self._secrets.load()
        if not secret.get("access_token"):
            return self._rotate(secret)
        if is_near_end(secret, MARGIN) and self._can_refresh(secret):
            return self._rotate(secret)
        return secret

    def _can_refresh(self, secret: Secret) -> bool:
        return self._refresh is not None and bool(secret.get("refresh_token"))

    def _rotate(self, secret: Secret) -> Secret:
        if not secret.get("refresh_token"):
            raise AuthRevoked("No token is stored that could be refreshed: connect again.")
        if self._refresh is None:
            raise AuthRevoked(
                "The token cannot be refreshed: the application's id and secret are not entered."
            )
        return self._secrets.rotate(stale=secret, refresh=self._refresh)
