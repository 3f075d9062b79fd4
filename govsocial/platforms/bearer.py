"""The access token of an account connected by consent: refreshed near its end and when refused."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from govsocial.platforms.base import Secret, SecretStore
from govsocial.platforms.envelopes import has_error, heard
from govsocial.platforms.errors import AppMissing, AuthRevoked
from govsocial.platforms.http import Answer, Effect, Session
from govsocial.platforms.oauth import AppCredentials, is_near_end
from govsocial.platforms.spec import Connection

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

        Raises ``AppMissing`` where a token that ran out could only be refreshed by an application
        that is not entered: that says nothing of the consent.
        An answer that refuses the token did nothing, so a write is safe to send again.
        """
        secret = self._usable()
        answer = request(secret["access_token"])
        if not refused(answer) or not secret.get("refresh_token"):
            return answer
        return request(self._rotate(secret)["access_token"])

    def renew(self, margin: timedelta) -> bool:
        """Refresh now when the token ends within ``margin`` and can be refreshed; return whether
        the platform was asked."""
        secret = self._secrets.load()
        if not is_near_end(secret, margin) or not secret.get("refresh_token"):
            return False
        return asked_anew(self._secrets, secret, self._refresher(secret))

    def secret(self) -> Secret:
        """The stored secret with an access token that is not about to end."""
        return self._usable()

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
        return self._secrets.rotate(stale=secret, refresh=self._refresher(secret))

    def _refresher(self, secret: Secret) -> Callable[[Secret], Secret]:
        if not secret.get("refresh_token"):
            raise AuthRevoked("No token is stored that could be refreshed: connect again.")
        if self._refresh is None:
            raise AppMissing(
                "The token cannot be refreshed: the application's id and secret are not entered."
            )
        return self._refresh


class BearerAccount(ABC):
    """Calls a platform as one account, whose token the application's credentials refresh."""

    def __init__(self, connection: Connection) -> None:
        self.addresses = connection.addresses
        self.session: Session = connection.session()
        self._app = connection.app
        refresh = None if connection.app is None else partial(self._refreshed, connection.app)
        self.bearer = Bearer(connection.secrets, refresh)

    @abstractmethod
    def _refreshed(self, app: AppCredentials, secret: Secret) -> Secret:
        """The secret with new tokens, asked of the platform under the lock of ``secret``."""

    @staticmethod
    @abstractmethod
    def _refuses_token(answer: Answer) -> bool:
        """Whether ``answer`` refuses the token only, so that a fresh one may help."""

    def _sent(self, method: str, path: str, effect: Effect, **content: Any) -> Answer:
        """The answer, good or not, after a refused token was refreshed once."""
        return self.bearer.send(
            lambda token: self.session.send(method, path, effect=effect, token=token, **content),
            refused=self._refuses_token,
        )


def exchanged(
    connection: Connection,
    path: str,
    form: Mapping[str, str],
    *,
    secret_of: Callable[[Answer], dict[str, str]],
    without_refresh: str,
) -> Secret:
    """The secret that the code in ``form`` is good for, asked of the token server.

    Raises ``AuthRevoked`` with ``without_refresh`` for one that could never be refreshed.
    """
    answer = heard(connection.session(), has_error).send(
        "POST",
        path,
        effect=Effect.STAGE,
        base=connection.addresses.token,
        data={**form, "grant_type": "authorization_code"},
    )
    secret = secret_of(answer)
    if "refresh_token" not in secret:
        raise AuthRevoked(without_refresh)
    return secret


def asked_anew(store: SecretStore, stale: Secret, refresh: Callable[[Secret], Secret]) -> bool:
    """Replace ``stale``; False where somebody else had done so and nobody was asked."""
    asked = False

    def ask(secret: Secret) -> Secret:
        nonlocal asked
        asked = True
        return refresh(secret)

    store.rotate(stale=stale, refresh=ask)
    return asked
