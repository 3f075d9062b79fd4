"""Access and refresh tokens of the platforms with OAuth 2.0, and whom they act for."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from govsocial.training.agency import ACCOUNTS, BY_KEY, TrainingAccount
from govsocial.training.app_consent import Consents, Grant
from govsocial.training.http import Request
from govsocial.training.state import State

GRANTS = ("authorization_code", "refresh_token")


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whom an access token acts for, and with which rights."""

    account: TrainingAccount
    scopes: frozenset[str]
    client: str = ""
    """The application that it was given to; empty for the account's own secret."""


@dataclass(frozen=True, slots=True)
class Opened:
    """Tokens just given out; ``refresh`` is empty where the old one stays good."""

    access: str
    refresh: str
    account: TrainingAccount
    scopes: tuple[str, ...]
    client: str = ""


class Tokens:
    """The tokens of one platform. All that came of one consent ends with that consent.

    The account's own secret is taken as an access token without end, for seeding.
    """

    def __init__(
        self,
        state: State,
        *,
        platform: str,
        scopes: tuple[str, ...],
        access_seconds: float,
        refresh_seconds: float,
        rotates: bool,
        prefixes: tuple[str, str],
    ) -> None:
        self._state = state
        self._platform = platform
        self._scopes = scopes
        self._access_seconds = access_seconds
        self._refresh_seconds = refresh_seconds
        self._rotates = rotates
        self._prefixes = prefixes
        self._by_secret = {one.secret: one for one in ACCOUNTS if one.platform == platform}

    def bearer(self, request: Request) -> Bearer | None:
        token = request.bearer or ""
        if token in self._by_secret:
            return Bearer(self._by_secret[token], frozenset(self._scopes))
        grant = self._grant(token, "access", request.wall)
        if grant is None:
            return None
        return Bearer(grant.account, frozenset(grant.scopes), grant.client)

    def owner(self, token: str) -> TrainingAccount | None:
        """The account of a token, good or not."""
        session = self._state.session(token)
        told = BY_KEY.get(session.account) if session is not None else None
        return self._by_secret.get(token) or told

    def open(self, grant: Grant, now: float) -> Opened:
        """The tokens of a new consent."""
        consent = secrets.token_hex(8)
        self._state.put_thing(
            f"{self._platform}:consent", consent, account=grant.account.key, at=now, value={}
        )
        scopes = tuple(scope for scope in self._scopes if scope in grant.scopes)
        given = Grant(grant.account, scopes, grant.client)
        return self._give(given, consent, now, renewed=False)

    def asked_for(self, request: Request, consents: Consents, client: str = "") -> Opened | None:
        """What a token endpoint gives out for a code that was consented to, or for a refresh
        token; None for anything else, and to another application than it was given to."""
        if request.field("grant_type") == "refresh_token":
            token = str(request.field("refresh_token") or "")
            return self.refresh(token, request.wall, client)
        if request.field("grant_type") != "authorization_code":
            return None
        grant = consents.take(
            str(request.field("code") or ""),
            redirect_uri=str(request.field("redirect_uri") or ""),
            verifier=str(request.field("code_verifier") or ""),
            now=request.wall,
        )
        if grant is None or not _is_given_to(grant, client):
            return None
        return self.open(grant, request.wall)

    def refresh(self, token: str, now: float, client: str = "") -> Opened | None:
        """New tokens for a refresh token that is still good; the old one ends where they rotate."""
        with self._state.write():
            grant = self._grant(token, "refresh", now)
            session = self._state.session(token)
            if grant is None or session is None or not _is_given_to(grant, client):
                return None
            if self._rotates:
                self._state.revoke_refresh(session.family)
            consent = self._consent(session.family)
            return self._give(grant, consent, now, renewed=True)

    def revoke(self, token: str) -> bool:
        """End the consent that a token came from; whether there was one."""
        session = self._state.session(token)
        consent = self._consent(session.family) if session is not None else ""
        return self._state.take_thing(f"{self._platform}:consent", consent) is not None

    def expire(self, token: str) -> None:
        self._state.expire(token)

    def _give(self, grant: Grant, consent: str, now: float, *, renewed: bool) -> Opened:
        account, scopes = grant.account, grant.scopes
        first, second = self._prefixes
        access = first + secrets.token_urlsafe(40)
        refresh = "" if renewed and not self._rotates else second + secrets.token_urlsafe(40)
        self._state.open_session(
            account=account.key,
            tokens={"access": (access, now + self._access_seconds)},
            family=None,
        )
        session = self._state.session(access)
        family = session.family if session is not None else ""
        if refresh:
            self._state.open_session(
                account=account.key,
                tokens={"refresh": (refresh, now + self._refresh_seconds)},
                family=family,
            )
        self._state.put_thing(
            f"{self._platform}:grant",
            family,
            account=account.key,
            at=now,
            value={"scope": " ".join(scopes), "consent": consent, "client": grant.client},
        )
        return Opened(access, refresh, account, scopes, grant.client)

    def _grant(self, token: str, kind: str, now: float) -> Grant | None:
        session = self._state.session(token)
        if session is None or session.kind != kind or session.revoked or session.expires <= now:
            return None
        kept = self._state.thing(f"{self._platform}:grant", session.family)
        consent = self._consent(session.family)
        if kept is None or self._state.thing(f"{self._platform}:consent", consent) is None:
            return None
        scopes, client = tuple(str(kept.value["scope"]).split()), str(kept.value.get("client", ""))
        return Grant(BY_KEY[session.account], scopes, client)

    def _consent(self, family: str) -> str:
        kept = self._state.thing(f"{self._platform}:grant", family)
        return str(kept.value["consent"]) if kept is not None else ""


def _is_given_to(grant: Grant, client: str) -> bool:
    """Earlier releases did not keep to which application something was given."""
    return "" in {grant.client, client} or grant.client == client
