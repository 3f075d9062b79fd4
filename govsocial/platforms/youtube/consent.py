"""Consent at Google (OAuth 2.0 with PKCE, access while nobody is signed in)."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from govsocial.platforms.base import Secret
from govsocial.platforms.bearer import exchanged
from govsocial.platforms.envelopes import heard
from govsocial.platforms.http import Effect, parse
from govsocial.platforms.oauth import Choice, challenge
from govsocial.platforms.spec import Connection
from govsocial.platforms.youtube.account import UNITS, credentials, secret_of
from govsocial.platforms.youtube.answers import Channel, listed
from govsocial.platforms.youtube.failures import failure, is_error, is_own, reasons, token_failure

_RIGHTS = "https://www.googleapis.com/auth/"
UPLOAD = f"{_RIGHTS}youtube.upload"
CHANGE = f"{_RIGHTS}youtube.force-ssl"
"""For deleting a film and for comments."""
SCOPES = (
    UPLOAD,
    f"{_RIGHTS}youtube.readonly",
    CHANGE,
    f"{_RIGHTS}yt-analytics.readonly",
)


class GoogleAuthorisation:
    """Consent for one channel: Google asks which one, where a person has several."""

    scopes: Sequence[str] = SCOPES
    pkce = True

    def __init__(self, connection: Connection, *, site: str) -> None:
        self._connection = connection
        self._app = connection.app
        self._addresses = connection.addresses
        self._session = heard(connection.session(), is_own)
        self._site = site

    def address(self, *, redirect_uri: str, state: str, verifier: str) -> str:
        query = {
            "client_id": credentials(self._app)["client_id"],
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "scope": " ".join(self.scopes),
            "state": state,
            "code_challenge": challenge(verifier),
            "code_challenge_method": "S256",
            # Without both, a second consent gives no refresh token.
            "access_type": "offline",
            "prompt": "consent",
        }
        return f"{self._addresses.web}/o/oauth2/v2/auth?{urlencode(query)}"

    def exchange(self, *, code: str, redirect_uri: str, verifier: str) -> Secret:
        form = {"code": code, "redirect_uri": redirect_uri, "code_verifier": verifier}
        return exchanged(
            self._connection,
            "/token",
            {**credentials(self._app), **form},
            secret_of=secret_of,
            without_refresh="Google gave no refresh token: take the consent back and ask again.",
        )

    def choices(self, secret: Secret) -> Sequence[Choice]:
        answer = self._session.send(
            "GET",
            "/youtube/v3/channels",
            effect=Effect.READ,
            token=secret["access_token"],
            cost={UNITS: 1},
            params={"part": "snippet,statistics,contentDetails", "mine": "true"},
        )
        if is_error(answer):
            raise failure(answer, secret.values())
        items = listed(answer, "channel").items
        channels = [parse(Channel, item, answer) for item in items]
        return [
            Choice(
                platform_id=channel.id,
                handle=channel.snippet.custom_url or channel.id,
                display_name=channel.snippet.title,
                url=f"{self._site}/channel/{channel.id}",
                secret={**secret, "account_id": channel.id},
            )
            for channel in channels
        ]

    def revoke(self, secret: Secret) -> None:
        """Take the consent back; one that Google does not know any more is gone already."""
        token = secret.get("refresh_token") or secret.get("access_token")
        if not token:
            return
        answer = self._session.send(
            "POST",
            "/revoke",
            effect=Effect.STAGE,
            base=self._addresses.token,
            data={"token": token},
        )
        if not answer.ok and "invalid_token" not in reasons(answer):
            raise token_failure(answer)
