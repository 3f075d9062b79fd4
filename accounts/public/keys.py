"""Under what the public register finds an account: equal keys are the same account or page."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from accounts import handles
from accounts.models.kinds import OfficialPlatform
from accounts.public import hosts
from accounts.references import CUT, DOUBTFUL, EMAIL, OLD_ADDRESS, POST, Reference
from accounts.web_pages import address, exact

Key = tuple[str, ...]
NumberKey = tuple[str, str, str]


def of_number(platform: str, host: str, number: str) -> NumberKey:
    """Of the number that a platform gave out, on Mastodon each server for itself."""
    server = handles.host_name(host) if platform == OfficialPlatform.MASTODON else ""
    return platform, server, number


def of_name(handle: str) -> str:
    """Small letters, but for an id: a handle of the same letters is somebody else's."""
    return handle if handles.is_id("youtube", handle) else handles.small(handle)


def of_beginning(platform: str, handle: str) -> str:
    """What people write of a name who leave out its server, domain or ending; empty for none."""
    if platform == OfficialPlatform.MASTODON:
        return handles.small(handle)
    if platform == OfficialPlatform.BLUESKY:
        return handles.small(handle).partition(".")[0]
    is_site = platform in handles.BY_ADDRESS
    return hosts.stem(handles.small(handle).partition("/")[0]) if is_site else ""


def own_part(platform: str, handle: str) -> str:
    """The handle without what belongs to its server or to the domain of others."""
    name = handles.small(handles.without_site(handle))
    if platform == OfficialPlatform.BLUESKY:
        return hosts.stem(name) if hosts.is_governmental(name) else name.partition(".")[0]
    if platform not in handles.BY_ADDRESS:
        return name
    host, _slash, page = name.partition("/")
    return f"{hosts.own_name(host)}{page}"


def of_site(platform: str, handle: str) -> list[str]:
    """The names, without their endings, by which people know a website; empty for a page on the
    site of others."""
    place = handles.small(handle)
    if platform not in handles.BY_ADDRESS or "/" in place or "?" in place:
        return []
    return hosts.names(place, is_own=hosts.is_governmental(place))


def of_page(reference: Reference, typed: str) -> Key | None:
    """Equal for two readings of one address. None for what is no address, or not for certain."""
    if reference.note in {CUT, DOUBTFUL, OLD_ADDRESS, EMAIL}:
        return None
    if not reference.handle:
        return _as_written(typed)
    host, page = handles.host_name(reference.host), reference.page
    if reference.platform is None:
        return ("page", exact(page or reference.handle)) if host else None
    if reference.platform == OfficialPlatform.MASTODON:
        return "page", host, exact(page or f"{host}/@{reference.handle}")
    note = "" if reference.note == POST else reference.note
    return note, *handles.key(reference.platform, reference.host, reference.handle)


def _as_written(typed: str) -> Key | None:
    """Of a page that names no account, such as an invitation: there capitals may count."""
    bare = re.sub(r"^[a-z]+:/*", "", typed, flags=re.IGNORECASE)
    try:
        parts = urlsplit(f"//{bare}")
    except ValueError:
        return None
    return ("page", address(parts.netloc, parts.path, parts.query)) if "." in bare else None
