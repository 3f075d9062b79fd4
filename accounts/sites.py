"""Addresses on no platform's site: websites, and the servers of the fediverse among them."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import SplitResult

import idna

from accounts import handles, web_pages
from accounts.links import SHORTENERS
from accounts.lookalikes import skeleton
from accounts.platform_readers import PLATFORM_SITES, READERS
from accounts.reading import (
    EMAIL,
    IMITATED_HOST,
    LONGEST_NAME,
    NUMBER,
    POST,
    REMOTE,
    Reference,
    named,
)

LONGEST_TYPED = 500
SERVER = re.compile(r"(?:[^\s@/:?#.]+\.)+[^\s@/:?#.]+(?::\d+)?")
# Opened as an address, a handle that Bluesky gave out leads to the profile. Whether one that is a
# domain of its own is such a handle, the address alone does not tell.
_BLUESKY = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.bsky\.social")


def host_of(typed: str) -> str:
    host = handles.small(typed).partition(":")[0].rstrip(".")
    if host.isascii():
        return host
    try:
        return idna.encode(host, uts46=True).decode("ascii").rstrip(".")
    except idna.IDNAError:
        return host


def with_port(host: str, typed: str) -> str:
    """The server: ``host`` with the port that was ``typed`` after it, where it is not the usual."""
    port = typed.rpartition(":")[2]
    return f"{host}:{port}" if port.isdigit() and port not in {"80", "443"} else host


def known(host: str) -> str:
    """The known site that ``host`` is, or is a part of."""
    # A platform's own shortener is a part of its site.
    for site in (*SHORTENERS, *READERS):
        if host == site or host.endswith(f".{site}"):
            return site
    return ""


def of_site(parts: SplitResult, segments: list[str]) -> Reference:
    """What is read of an address that is on no platform's site."""
    typed = parts.hostname or ""
    host = host_of(typed)
    server = with_port(host, parts.netloc)
    whole = web_pages.address(server, parts.path, parts.query, parts.fragment)
    page = web_pages.within(whole, LONGEST_TYPED)
    if one := _on_the_fediverse(server, segments):
        # With www. it is another server.
        page = server + page[len(handles.without_www(server)) :]
        short = handles.small(page) == handles.small(f"{server}/@{one.handle}")
        return one if short else replace(one, page=page)
    if whole == host and _BLUESKY.fullmatch(host):
        return Reference("bluesky", "", host)
    note = IMITATED_HOST if _imitates(typed) else ""
    bare = re.split(r"[?#]", page, maxsplit=1)[0]
    handle = web_pages.within(bare, LONGEST_NAME)
    return Reference(None, host, handle, note, page=page if page != bare else "")


def _on_the_fediverse(server: str, segments: list[str]) -> Reference | None:
    """The account in an address as the servers of the fediverse build them."""
    if number := _fediverse_number(segments):
        return named("mastodon", server, number, NUMBER)
    name, at, elsewhere = _fediverse_name(segments).partition("@") if segments else ("", "", "")
    # "@instagram.com" is nobody's name: who writes it wants to be taken for that site.
    if not name or known(name.casefold()):
        return None
    if not at or handles.small(elsewhere) == server:
        # For who is signed in the server shows a post by its number alone.
        is_post = segments[0] in {"web", "deck"} and len(segments) > 2
        return named("mastodon", server, name, POST if is_post else "")
    return at_server(name, elsewhere, REMOTE) if SERVER.fullmatch(elsewhere) else None


def at_server(name: str, typed: str, note: str) -> Reference | None:
    """The account of an address such as name@server, which may be that of a known platform."""
    host = host_of(typed)
    # Mail from a platform's domain is the platform's, and no word of the account of that name.
    if note != EMAIL and (platform := PLATFORM_SITES.get(known(host))):
        return named(platform, "", name, note)
    return named("mastodon", with_port(host, typed), name, note)


def _fediverse_number(segments: list[str]) -> str:
    """The number in the addresses in which Mastodon names an account of its own by it."""
    is_one = len(segments) > 2 and segments[:2] in (["ap", "users"], ["web", "accounts"])
    return segments[2] if is_one and segments[2].isdigit() else ""


def _fediverse_name(segments: list[str]) -> str:
    # Mastodon's pages of whoever is signed in put a word before the name.
    within = segments[0] in {"web", "deck"} and len(segments) > 1
    first = segments[1] if within else segments[0]
    if first.startswith("@") and len(first) > 1:
        return first[1:]
    if segments[0] == "users" and len(segments) > 1:
        return segments[1]
    return ""


def _imitates(host: str) -> bool:
    """A host that only looks like a platform's: lnstagram.com, or a letter of another script."""
    site = ".".join(host.split(".")[-2:])
    return any(skeleton(site) == skeleton(site_known) for site_known in PLATFORM_SITES)
