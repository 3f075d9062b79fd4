"""How an account is connected by its owner's consent (OAuth 2.0, RFC 6749; PKCE, RFC 7636).

Pure facts and steps: state, sessions of browsers and storing belong to the application.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from oauthlib.oauth2 import WebApplicationClient

from govsocial.platforms.base import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class AppCredentials:
    """The agency's application at a platform, as its developer pages name it."""

    client_id: str
    client_secret: str = field(repr=False)
    owner: str = ""
    """The handle of the account that owns it, where that changes a price; empty: not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One account that a consent reaches, with the secret that acts as it and no other."""

    platform_id: str
    handle: str
    display_name: str
    url: str = ""
    secret: Secret = field(repr=False)


class Authorisation(Protocol):
    """Consent on one platform. Every call but ``address`` raises ``PlatformError``."""

    scopes: Sequence[str]
    """The rights that govsocial asks for; without any of them something does not work."""
    pkce: bool

    def address(self, *, redirect_uri: str, state: str, verifier: str) -> str:
        """Where the browser goes to ask for consent."""

    def exchange(self, *, code: str, redirect_uri: str, verifier: str) -> Secret:
        """The secret that a code is good for, once."""

    def choices(self, secret: Secret) -> Sequence[Choice]:
        """The accounts that the secret reaches: pages of a person, or the one account itself."""

    def revoke(self, secret: Secret) -> None:
        """Tell the platform that the secret is not to be taken any more."""


def new_verifier() -> str:
    """A fresh PKCE code verifier of 64 characters."""
    return str(WebApplicationClient("").create_code_verifier(64))


def challenge(verifier: str) -> str:
    """The S256 challenge of ``verifier``."""
    return str(WebApplicationClient("").create_code_challenge(verifier, "S256"))


def missing_scopes(wanted: Sequence[str], secret: Secret) -> list[str]:
    """The rights that are wanted and not granted; none where the platform tells no rights."""
    told = secret.get("scope")
    if told is None:
        return []
    granted = set(told.replace(",", " ").split())
    return [scope for scope in wanted if scope not in granted]


def moment_after(seconds: float | None, *, now: datetime | None = None) -> str | None:
    """``seconds`` from now as a secret keeps it, or None."""
    if seconds is None:
        return None
    return ((now or datetime.now(UTC)) + timedelta(seconds=seconds)).isoformat(timespec="seconds")


def is_near_end(secret: Secret, margin: timedelta, *, now: datetime | None = None) -> bool:
    """Whether the access token ends within ``margin``; False where it does not say when."""
    told = secret.get("expires_at")
    if not told:
        return False
    return datetime.fromisoformat(told) - (now or datetime.now(UTC)) <= margin
