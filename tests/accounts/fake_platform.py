"""A made-up platform with consent, over real HTTP on loopback, in the place of X.

It rotates refresh tokens and takes each once, as strict platforms do. With ``gives_again`` it gives
whoever consents anew the token that they have, as Mastodon does.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from itertools import count
from threading import Lock
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from govsocial.platforms import registry
from govsocial.platforms.base import Profile, Secret
from govsocial.platforms.bearer import asked_anew
from govsocial.platforms.errors import (
    AccountBlocked,
    AppMissing,
    AppUnknown,
    AuthRevoked,
    BadAnswer,
    OperatorNeeded,
    PermissionMissing,
    Refused,
)
from govsocial.platforms.http import Answer, Effect
from govsocial.platforms.oauth import AppCredentials, Choice, challenge, is_near_end, moment_after
from govsocial.platforms.spec import Addresses, Connection, Registration, Spec
from tests.platforms.fakes import Received, Reply, Server

SCOPES = ("read", "write", "insights")
RENEW_BEFORE = timedelta(minutes=15)
CLIENT_ID, CLIENT_SECRET = "latihan-x", "rahasia-latihan-x"


class FakeAuthorisation:
    scopes: Sequence[str] = SCOPES
    pkce = True

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def address(self, *, redirect_uri: str, state: str, verifier: str) -> str:
        assert self._connection.app is not None
        asked = {
            "client_id": self._connection.app.client_id,
            "redirect_uri": redirect_uri,
            "state": state,
            "code_challenge": challenge(verifier),
        }
        return f"{self._connection.addresses.web}/authorize?{urlencode(asked)}"

    def exchange(self, *, code: str, redirect_uri: str, verifier: str) -> Secret:
        form = {"code": code, "redirect_uri": redirect_uri, "code_verifier": verifier}
        answer = self._post("/token", form)
        if answer.status == 401:
            raise AppUnknown("The fake does not know the application.")
        if not answer.ok:
            raise Refused("The fake does not take this code.", words="Invalid code")
        return _secret(answer)

    def choices(self, secret: Secret) -> Sequence[Choice]:
        told = _get(self._connection, "/accounts", secret).json()
        if not isinstance(told, list):
            raise BadAnswer("The fake's accounts are no list.")
        return [Choice(**one, secret={**secret, "account_id": one["platform_id"]}) for one in told]

    def revoke(self, secret: Secret) -> None:
        answer = self._post("/revoke", {"token": secret["access_token"]})
        if answer.status == 403:
            raise OperatorNeeded("The fake granted this token to another application.")
        if not answer.ok:
            raise AuthRevoked("The fake does not know this token.")

    def _post(self, path: str, form: dict[str, str]) -> Answer:
        app = self._connection.app
        assert app is not None
        named = {"client_id": app.client_id, "client_secret": app.client_secret}
        return self._connection.session().send(
            "POST", path, effect=Effect.STAGE, data={**form, **named}
        )


def _get(connection: Connection, path: str, secret: Secret) -> Answer:
    answer = connection.session().send(
        "GET", path, effect=Effect.READ, token=secret["access_token"]
    )
    if answer.status == 401:
        raise AuthRevoked("The fake does not take this token.")
    if answer.status == 403:
        raise AccountBlocked("The fake has blocked the account.", words="Account suspended")
    return answer


def _secret(answer: Answer) -> Secret:
    told = answer.json()
    return {
        "access_token": told["access_token"],
        "refresh_token": told["refresh_token"],
        "scope": told["scope"],
        "expires_at": str(moment_after(told["expires_in"])),
        "refresh_expires_at": str(moment_after(told["refresh_expires_in"])),
    }


class FakeClient:
    """As much of a client as connecting needs."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def profile(self) -> Profile:
        secret = self._fresh()
        told = _get(self._connection, "/me", secret).json()
        own = secret.get("account_id")
        found = next((one for one in told if one["platform_id"] == own), told[0])
        return Profile(definition="fake/1", **found)

    def check_can_publish(self) -> None:
        if "write" not in self._connection.secrets.load().get("scope", "").split():
            raise PermissionMissing("The fake's token may only read.")

    def renew(self) -> bool:
        secret = self._connection.secrets.load()
        if not is_near_end(secret, RENEW_BEFORE):
            return False
        return asked_anew(self._connection.secrets, secret, self._refresh)

    def _fresh(self) -> Secret:
        secret = self._connection.secrets.load()
        if not is_near_end(secret, timedelta(minutes=1)):
            return secret
        return self._connection.secrets.rotate(stale=secret, refresh=self._refresh)

    def _refresh(self, stale: Secret) -> Secret:
        app = self._connection.app
        if app is None:
            raise AppMissing("Without the application nothing can be refreshed.")
        form = {
            "refresh_token": stale["refresh_token"],
            "client_id": app.client_id,
            "client_secret": app.client_secret,
        }
        answer = self._connection.session().send("POST", "/token", effect=Effect.STAGE, data=form)
        if not answer.ok:
            raise AuthRevoked("The fake gives no new token.")
        return {**stale, **_secret(answer)}


class FakePlatform:
    """The server: accounts of the person who consents, codes, tokens that rotate."""

    def __init__(self) -> None:
        self.server = Server()
        self.accounts: list[dict[str, str]] = [account("101", "samudrakota")]
        self.scope = " ".join(SCOPES)
        self.expires_in = 7200
        self.client_secret = CLIENT_SECRET
        self.refresh_expires_in = 86400 * 180
        self.before_refresh: Callable[[], None] = lambda: None
        self.before_revoking: Callable[[], None] = lambda: None
        self.gives_again = False
        self.codes: dict[str, str] = {}
        self.good: dict[str, str] = {}
        self.owners: dict[str, str] = {}
        self.refreshed = 0
        self._number, self._lock = count(1), Lock()
        self.server.on("POST /token", self._token)
        self.server.on("GET /accounts", self._listed)
        self.server.on("GET /me", self._listed)
        self.server.on("POST /revoke", self._revoke)
        self.server.on("POST /api/v1/apps", self._app)

    def consent(self, address: str) -> dict[str, str]:
        """What the owner's browser brings back after agreeing at ``address``."""
        asked = {key: value[0] for key, value in parse_qs(urlsplit(address).query).items()}
        code = f"code-{next(self._number)}-of-a-fake-platform"
        self.codes[code] = asked["code_challenge"]
        return {"code": code, "state": asked["state"]}

    def secrets(self) -> list[str]:
        return [CLIENT_SECRET, *self.good, *self.good.values()]

    def forget_app(self) -> None:
        """From now on the application is another one, to be asked for anew."""
        self.client_secret = f"{CLIENT_SECRET}-{next(self._number)}"

    def _app(self, _received: Received) -> Reply:
        return Reply(200, {"id": f"id-of-{self.client_secret}", "secret": self.client_secret})

    def _token(self, received: Received) -> Reply:
        form = {key: value[0] for key, value in parse_qs(received.body.decode()).items()}
        if form.get("client_secret") != self.client_secret:
            return Reply(401, {"error": "invalid_client"})
        if "refresh_token" in form:
            self.before_refresh()
            with self._lock:
                old = [
                    one
                    for one, refresh in self.good.items()
                    if refresh == form["refresh_token"] and self._owns(form, one)
                ]
                for one in old:
                    del self.good[one]
                self.refreshed += 1
            return self._given(form) if old else Reply(400, {"error": "invalid_grant"})
        known = self.codes.pop(form.get("code", ""), None)
        if known is None or challenge(form["code_verifier"]) != known:
            return Reply(400, {"error": "invalid_grant"})
        mine = [one for one in self.good if self.owners.get(one) == form["client_id"]]
        return self._told(mine[0]) if self.gives_again and mine else self._given(form)

    def _owns(self, form: dict[str, str], token: str) -> bool:
        return self.owners.get(token, form["client_id"]) == form["client_id"]

    def _given(self, form: dict[str, str]) -> Reply:
        number = next(self._number)
        access, refresh = f"access-{number}-very-secret", f"refresh-{number}-very-secret"
        self.good[access], self.owners[access] = refresh, form["client_id"]
        return self._told(access)

    def _told(self, access: str) -> Reply:
        told: dict[str, Any] = {"access_token": access, "refresh_token": self.good[access]}
        told |= {"expires_in": self.expires_in, "refresh_expires_in": self.refresh_expires_in}
        return Reply(200, {**told, "scope": self.scope})

    def _listed(self, received: Received) -> Reply:
        token = received.headers.get("Authorization", "").removeprefix("Bearer ")
        return Reply(200, self.accounts) if token in self.good else Reply(401, {"error": "token"})

    def _revoke(self, received: Received) -> Reply:
        self.before_revoking()
        form = {key: value[0] for key, value in parse_qs(received.body.decode()).items()}
        token = form.get("token", "")
        if not self._owns(form, token):
            return Reply(403, {"error": "unauthorized_client"})
        return Reply(200, {}) if self.good.pop(token, None) else Reply(400, {"error": "unknown"})


def account(platform_id: str, handle: str, name: str = "Pemkot Samudra") -> dict[str, str]:
    return {
        "platform_id": platform_id,
        "handle": handle,
        "display_name": name,
        "url": f"https://x.example/{handle}",
    }


def _register(connection: Connection, registration: Registration) -> AppCredentials:
    form = {"client_name": registration.name, "redirect_uris": registration.redirect_uri}
    told = connection.session().send("POST", "/api/v1/apps", effect=Effect.STAGE, data=form).json()
    return AppCredentials(client_id=told["id"], client_secret=told["secret"])


def _consent_of(secret: Secret) -> str:
    """Everybody who does not say otherwise is one and the same person."""
    return secret.get("person", "siti")


def fake_spec(
    *,
    own_servers: bool = False,
    shared_consent: bool = False,
    consent_of: Callable[[Secret], str | None] | None = None,
) -> Spec:
    return Spec(
        client=FakeClient,  # type: ignore[arg-type]  # as much of one as connecting needs
        definitions={"fake/1": {"followers": "followers"}},
        addresses=None if own_servers else Addresses("https://api.x.example"),
        authorisation=FakeAuthorisation,
        renew_before=RENEW_BEFORE,
        register=_register if own_servers else None,
        consent_of=_consent_of if shared_consent else consent_of,
    )


@contextmanager
def standing_in_for(platform: str, spec: Spec) -> Iterator[None]:
    """Let ``spec`` be what the registry finds for ``platform``."""
    name = f"govsocial.platforms.{platform}"
    before = sys.modules.get(name)
    found = find_spec(name)
    module = ModuleType(name)
    module.__spec__ = ModuleSpec(name, None)
    # Whoever is imported only now finds the other modules of the platform all the same.
    module.__path__ = list((found and found.submodule_search_locations) or [])
    module.SPEC = spec  # type: ignore[attr-defined]  # what the registry looks for
    sys.modules[name] = module
    _forget()
    try:
        yield
    finally:
        if before is None:
            del sys.modules[name]
        else:
            sys.modules[name] = before
        _forget()


def _forget() -> None:
    registry.spec.cache_clear()
    registry.has_client.cache_clear()
