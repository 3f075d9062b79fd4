"""The platforms that govsocial has clients for."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from govsocial.platforms import bluesky, mastodon, text, tid
from govsocial.platforms.base import Limits, PlatformClient, SecretStore
from govsocial.platforms.errors import HostRefused
from govsocial.platforms.guard import Guard, HostInvalid, normalise_host
from govsocial.platforms.http import Session, Timing


class Platform(StrEnum):
    BLUESKY = "bluesky"
    MASTODON = "mastodon"


DEFAULT_HOSTS = {Platform.BLUESKY: bluesky.DEFAULT_HOST}
"""Where an account lives when the operator names no server."""


def connect(
    platform: str,
    *,
    host: str,
    handle: str,
    secrets: SecretStore,
    allowed_private: Collection[str] = (),
    timing: Timing | None = None,
) -> PlatformClient:
    """Make the client of one official account; nothing is sent yet.

    ``host`` is what an operator typed or ``normalise_host`` made of it. ``allowed_private`` lists
    ``host:port`` that may be private and plain http. Raises ``HostRefused`` for a host that is not
    allowed by its form, ``ValueError`` for an unknown platform.
    """
    known = Platform(platform)
    guard = Guard(allowed_private)
    try:
        base = normalise_host(host or DEFAULT_HOSTS.get(known, ""), allowed_private)
    except HostInvalid as invalid:
        reason = str(invalid)
    else:
        session = Session(base, guard=guard, timing=timing)
        if known is Platform.BLUESKY:
            return bluesky.BlueskyClient(handle=handle, session=session, secrets=secrets)
        return mastodon.MastodonClient(session=session, secrets=secrets)
    raise HostRefused(reason)


def new_key(platform: str, at: datetime) -> str:
    """The key under which a post is sent, made before its first attempt and kept with it."""
    if Platform(platform) is Platform.BLUESKY:
        return tid.new_tid(at)
    return mastodon.new_key()


def limits(platform: str) -> Limits:
    """What the platform takes unless a server says otherwise."""
    return bluesky.LIMITS if Platform(platform) is Platform.BLUESKY else mastodon.LIMITS


def text_length(platform: str, body: str) -> int:
    """Length of ``body`` as the platform counts it, in ``limits(platform).unit``.

    Bluesky also limits the bytes of UTF-8 (``limits(platform).text_bytes``).
    """
    if Platform(platform) is Platform.BLUESKY:
        return text.graphemes(body)
    return text.mastodon_length(body, per_link=mastodon.LIMITS.url_length or 23)


def native_names(platform: str) -> dict[str, str]:
    """The platform's own name of each normalised metric that it gives."""
    if Platform(platform) is Platform.BLUESKY:
        return dict(bluesky.BlueskyClient.NATIVE_NAMES)
    return dict(mastodon.MastodonClient.NATIVE_NAMES)
