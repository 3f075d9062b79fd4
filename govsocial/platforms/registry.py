"""The platforms that govsocial has clients for, each in a package of its own with a ``SPEC``."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from govsocial.platforms.base import Limits, PlatformClient, SecretStore
from govsocial.platforms.budget import Budget, Meter, Unlimited
from govsocial.platforms.errors import HostRefused
from govsocial.platforms.guard import Guard, HostInvalid, normalise_host
from govsocial.platforms.http import Timing
from govsocial.platforms.limits import ANYTHING, LIMITS
from govsocial.platforms.oauth import AppCredentials, Authorisation
from govsocial.platforms.spec import Addresses, Connection, Home, Registration, Spec


class Platform(StrEnum):
    BLUESKY = "bluesky"
    MASTODON = "mastodon"
    INSTAGRAM = "instagram"
    FACEBOOK = "facebook"
    THREADS = "threads"
    X = "x"
    YOUTUBE = "youtube"
    TIKTOK = "tiktok"
    FEED = "feed"
    """The agency's website or blog: read only."""


@cache
def spec(platform: str) -> Spec:
    """The facts about a platform. Raises ``ValueError`` for one without a client."""
    name = Platform(platform).value
    found: Spec = import_module(f"govsocial.platforms.{name}").SPEC
    return found


@cache
def has_client(platform: str) -> bool:
    return platform in set(Platform) and find_spec(f"govsocial.platforms.{platform}") is not None


def with_clients() -> list[str]:
    """The platforms whose package is there, in the order of ``Platform``."""
    return [one.value for one in Platform if find_spec(f"govsocial.platforms.{one.value}")]


def connect(
    platform: str,
    *,
    host: str,
    handle: str,
    secrets: SecretStore,
    allowed_private: Collection[str] = (),
    timing: Timing | None = None,
    base: str = "",
    app: AppCredentials | None = None,
    budget: Budget | None = None,
    meter: Meter | None = None,
) -> PlatformClient:
    """Make the client of one official account; nothing is sent yet.

    ``host`` is what an operator typed or ``normalise_host`` made of it, for platforms where every
    account has a server; ``base`` replaces the addresses of all others (training platforms).
    ``allowed_private`` lists ``host:port`` that may be private and plain http. Raises
    ``HostRefused`` for a host that is not allowed by its form, ``ValueError`` for an unknown
    platform.
    """
    connection = _connection(
        platform,
        host=host,
        base=base,
        allowed_private=allowed_private,
        secrets=secrets,
        handle=handle,
        timing=timing,
        app=app,
        budget=budget,
        meter=meter,
    )
    return spec(platform).client(connection)


def authorisation(
    platform: str,
    *,
    app: AppCredentials,
    host: str = "",
    allowed_private: Collection[str] = (),
    timing: Timing | None = None,
    base: str = "",
    meter: Meter | None = None,
) -> Authorisation:
    """How the owner of an account consents. Raises ``ValueError`` where there is no such way."""
    make = spec(platform).authorisation
    if make is None:
        raise ValueError(f"Accounts on {platform} are connected with a secret, not by consent.")
    return make(
        _connection(
            platform,
            host=host,
            base=base,
            allowed_private=allowed_private,
            secrets=NoSecrets(),
            timing=timing,
            app=app,
            meter=meter,
        )
    )


def register_app(
    platform: str,
    registration: Registration,
    *,
    host: str,
    allowed_private: Collection[str] = (),
    timing: Timing | None = None,
) -> AppCredentials:
    """Ask the server ``host`` for application credentials.

    Raises ``PlatformError``, and ``ValueError`` where platforms give them to people only."""
    ask = spec(platform).register
    if ask is None:
        raise ValueError(f"Applications at {platform} are made by hand.")
    connection = _connection(
        platform,
        host=host,
        base="",
        allowed_private=allowed_private,
        secrets=NoSecrets(),
        timing=timing,
    )
    return ask(connection, registration)


def _connection(
    platform: str,
    *,
    host: str,
    base: str,
    allowed_private: Collection[str],
    secrets: SecretStore,
    handle: str = "",
    timing: Timing | None,
    app: AppCredentials | None = None,
    budget: Budget | None = None,
    meter: Meter | None = None,
) -> Connection:
    return Connection(
        addresses=_addresses(platform, host, base, allowed_private),
        guard=Guard(allowed_private),
        handle=handle,
        typed=spec(platform).addresses is None,
        secrets=secrets,
        app=app,
        timing=timing,
        budget=budget or Unlimited(),
        meter=meter,
    )


def issuers(
    platform: str, *, host: str = "", allowed_private: Collection[str] = (), base: str = ""
) -> frozenset[str]:
    """What the platform may call itself as an issuer (``iss``, RFC 9207), compared sign by sign.

    Mastodon's is its own address with a slash; others name theirs without. That a platform has
    several addresses of its own makes none of them a stranger's.
    """
    found = _addresses(platform, host, base, allowed_private)
    own = {getattr(found, one.name) for one in fields(found)}
    return frozenset({*own, *(f"{one}/" for one in own)})


def _addresses(platform: str, host: str, base: str, allowed_private: Collection[str]) -> Addresses:
    addresses = spec(platform).addresses
    if addresses is None:
        typed = host or DEFAULT_HOSTS.get(platform, "")
        return Addresses(_base_of(typed, allowed_private))
    return addresses.all_at(_base_of(base, allowed_private)) if base else addresses


def _base_of(host: str, allowed_private: Collection[str]) -> str:
    try:
        return normalise_host(host, allowed_private)
    except HostInvalid as invalid:
        reason = str(invalid)
    raise HostRefused(reason)


def home(
    platform: str,
    *,
    handle: str,
    platform_id: str = "",
    allowed_private: Collection[str] = (),
    base: str = "",
) -> Home | None:
    """What the platform's directory says of an account, whatever server it is registered on.

    None where the platform has no directory. Raises ``NotFound`` for an account that it does not
    know and other ``PlatformError`` where it could not be asked.
    """
    ask = spec(platform).home
    return ask(handle, platform_id, Guard(allowed_private), base) if ask is not None else None


DEFAULT_HOSTS: Mapping[str, str] = {Platform.BLUESKY: "https://bsky.social"}
"""Where an account lives when the operator names no server."""


class NoSecrets:
    """For steps before there is a secret."""

    def load(self) -> Mapping[str, str]:
        return {}

    def rotate(self, *, stale: object, refresh: object) -> Mapping[str, str]:
        return {}


def new_key(platform: str, at: datetime) -> str:
    """The key under which a post is sent, made before its first attempt and kept with it."""
    make = spec(platform).new_key if has_client(platform) else None
    return make(at) if make is not None else str(uuid.uuid4())


def limits(platform: str) -> Limits:
    """What the platform takes unless a server says otherwise."""
    return LIMITS.get(platform, ANYTHING)


def prices(platform: str) -> Mapping[str, str]:
    """US dollars of each item that the platform bills one by one, today; empty where calls are
    free."""
    known = spec(platform).prices_at(datetime.now(UTC)) if has_client(platform) else None
    return known.amounts if known is not None else {}


def rights_to_answer(platform: str) -> Sequence[str]:
    """The rights that what follows a post needs there; none where it needs no others."""
    return spec(platform).to_answer if has_client(platform) else ()


def native_names(platform: str, definition: str = "") -> dict[str, str]:
    """The platform's own name of each normalised metric that it gives, now or under an earlier
    ``definition``."""
    found = spec(platform)
    return dict(found.definitions.get(definition) or found.native_names)
