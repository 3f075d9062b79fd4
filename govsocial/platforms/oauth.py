"""How an account is connected by its owner's consent (OAuth 2.0, RFC 6749; PKCE, RFC 7636).

Pure facts and steps: state, sessions of browsers and storing belong to the application.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Protocol

from oauthlib.oauth2 import WebApplicationClient
from pydantic import BeforeValidator, ValidationError, ValidatorFunctionWrapHandler

from govsocial.platforms.base import Secret
from govsocial.platforms.errors import PermissionMissing
from govsocial.platforms.figures import number

LONGEST_LIFE = 36_525 * 86_400.0
"""A hundred years in seconds: a token that is said to live longer has no end that is told."""


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


def require_scopes(rights: Sequence[str], secret: Secret) -> None:
    """Raise ``PermissionMissing`` where one of the rights is known not to be granted."""
    for wanted in missing_scopes(rights, secret):
        raise PermissionMissing(f"The token lacks the right {wanted}.")


def _seconds(value: object) -> float | None:
    """How long a token lives; None where that is not told, or not in a way that can be meant."""
    try:
        told = number(float(value) if isinstance(value, str) else value)
    except ValueError:
        return None
    return told if told is not None and 0 < told <= LONGEST_LIFE else None


def _rights(value: object) -> str | None:
    if isinstance(value, list):
        return " ".join(one for one in value if isinstance(one, str)) or None
    return _told(value)


def _told(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def or_none(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError:
        return None


Seconds = Annotated[float | None, BeforeValidator(_seconds)]
Rights = Annotated[str | None, BeforeValidator(_rights)]
Told = Annotated[str | None, BeforeValidator(_told)]
"""What stands beside the tokens in an answer of a token server; ``or_none`` is for other types.
Where it cannot be read it is not told: a token that was given once must not be lost over it."""


def renewed(secret: Secret, fresh: Secret) -> Secret:
    """``secret`` with the tokens of ``fresh``. The end of the access token that went is not that of
    the one that came: kept, it would have every call refresh anew."""
    kept = {name: value for name, value in secret.items() if name != "expires_at"}
    return {**kept, **fresh}


def moment_after(seconds: float | None, *, now: datetime | None = None) -> str | None:
    """``seconds`` from now as a secret keeps it; None for more than any token lives."""
    if seconds is None or not abs(seconds) <= LONGEST_LIFE:
        return None
    return ((now or datetime.now(UTC)) + timedelta(seconds=seconds)).isoformat(timespec="seconds")


def moment_at(unix: float | None) -> str | None:
    """A moment in Unix seconds as a secret keeps it; None for 0, which is never, and for what is
    further off than any token lives."""
    told = number(unix)
    if not told or abs(told - datetime.now(UTC).timestamp()) > LONGEST_LIFE:
        return None
    return datetime.fromtimestamp(told, tz=UTC).isoformat(timespec="seconds")


def is_near_end(secret: Secret, margin: timedelta, *, now: datetime | None = None) -> bool:
    """Whether the access token ends within ``margin``; False where it does not say when."""
    told = secret.get("expires_at")
    if not told:
        return False
    return datetime.fromisoformat(told) - (now or datetime.now(UTC)) <= margin
