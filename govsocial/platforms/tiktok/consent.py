"""Consent at TikTok (OAuth 2.0 for web applications, where TikTok knows no PKCE)."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from govsocial.platforms.base import Secret
from govsocial.platforms.bearer import exchanged
from govsocial.platforms.envelopes import has_error, heard
from govsocial.platforms.http import Effect, parse
from govsocial.platforms.oauth import Choice
from govsocial.platforms.spec import Connection
from govsocial.platforms.tiktok.account import credentials, data, secret_of
from govsocial.platforms.tiktok.answers import User, UserData
from govsocial.platforms.tiktok.failures import (
    code_of,
    failure,
    is_error,
    token_failure,
    token_refused,
)

PUBLISH_SCOPE = "video.publish"
SCOPES = (
    "user.info.basic",
    "user.info.profile",
    "user.info.stats",
    "video.list",
    "video.upload",
    PUBLISH_SCOPE,
)
_FIELDS = "open_id,username,display_name,profile_deep_link"


class TikTokAuthorisation:
    scopes: Sequence[str] = SCOPES
    pkce = False

    def __init__(self, connection: Connection, *, site: str) -> None:
        self._connection = connection
        self._app = connection.app
        self._addresses = connection.addresses
        self._session = heard(connection.session(), has_error)
        self._site = site

    def address(self, *, redirect_uri: str, state: str, verifier: str) -> str:
        query = {
            "client_key": credentials(self._app)["client_key"],
            "response_type": "code",
            "scope": ",".join(self.scopes),
            "redirect_uri": redirect_uri,
            "state": state,
        }
        return f"{self._addresses.web}/v2/auth/authorize/?{urlencode(query)}"

    def exchange(self, *, code: str, redirect_uri: str, verifier: str) -> Secret:
        return exchanged(
            self._connection,
            "/v2/oauth/token/",
            {**credentials(self._app), "code": code, "redirect_uri": redirect_uri},
            secret_of=secret_of,
            without_refresh="TikTok gave no refresh token: ask for consent again.",
        )

    def choices(self, secret: Secret) -> Sequence[Choice]:
        """A consent at TikTok is for one account."""
        answer = self._session.send(
            "GET",
            "/v2/user/info/",
            effect=Effect.READ,
            token=secret["access_token"],
            params={"fields": _FIELDS},
        )
        if is_error(answer):
            raise failure(answer, Effect.READ, secret.values())
        user = parse(User, data(UserData, answer).user, answer)
        return [
            Choice(
                platform_id=user.open_id,
                handle=user.username or user.open_id,
                display_name=user.display_name,
                url=told_url(user, self._site),
                secret={**secret, "account_id": user.open_id},
            )
        ]

    def revoke(self, secret: Secret) -> None:
        """Take the consent back; one that TikTok does not know any more is gone already."""
        token = secret.get("access_token")
        if not token:
            return
        answer = self._session.send(
            "POST",
            "/v2/oauth/revoke/",
            effect=Effect.STAGE,
            base=self._addresses.token,
            data={**credentials(self._app), "token": token},
        )
        gone = token_refused(answer) or code_of(answer) == "invalid_grant"
        if is_error(answer) and not gone:
            raise token_failure(answer)


def told_url(user: User, site: str) -> str:
    """The profile where people see it: as TikTok says, when it does so with the name."""
    name, told = user.username or "", user.profile_deep_link or ""
    named = bool(name) and told.endswith(f"/@{name}")
    return told if named and told.startswith(("https://", "http://")) else f"{site}/@{name}"
