"""How an official account is addressed: one spelling for what people type in many ways."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import handles, leads
from accounts.errors import AccountError
from accounts.links import has_dot_segments
from accounts.models.kinds import OfficialPlatform
from accounts.references import (
    DOUBTFUL,
    LONGEST_NAME,
    NUMBER,
    Reference,
    is_whole,
    parse,
    read_url,
    tidy,
)
from govsocial.platforms.guard import HostInvalid, normalise_host
from govsocial.platforms.registry import DEFAULT_HOSTS
from govsocial.web.hidden_signs import has_hidden

__all__ = [
    "HOST_PROBLEMS",
    "Reference",
    "clean_handle",
    "clean_host",
    "kept_host",
    "parse",
    "profile_url",
    "same_handle",
]

HOST_PROBLEMS: dict[str, str | Promise] = {
    "empty": _("Enter the address of the server, for example mastodon.social."),
    "syntax": _("This is not the address of a server."),
    "scheme": _("The address must begin with https://."),
    "credentials": _("The address must not contain a user name or password."),
    "port": _("The address must not name a port."),
    "host": _("The address must be a public host name, not an IP address."),
}
TOO_LONG = _("At most %(most)s characters.")
ANOTHER_PLATFORM = _(
    "This is an address of %(other)s. Choose the platform %(other)s, or write the name of the "
    "account on %(platform)s."
)


def clean_host(platform: str, typed: str) -> str:
    """Return the server as it is stored: empty where the platform has one for everybody.

    Raises ``AccountError`` for what cannot be a server.
    """
    if platform not in handles.WITH_HOST:
        return ""
    allowed = settings.PLATFORM_PRIVATE_HOSTS
    try:
        base = normalise_host(typed.strip() or DEFAULT_HOSTS.get(platform, ""), allowed)
    except HostInvalid as exc:
        problem = HOST_PROBLEMS.get(exc.code, HOST_PROBLEMS["syntax"])
        raise AccountError(str(problem), field="host") from exc
    bare = urlsplit(base).netloc
    # Only what reads back as the same address may lose its scheme.
    server = bare if normalise_host(bare, allowed) == base else base
    if len(server) > LONGEST_NAME:
        raise AccountError(str(TOO_LONG) % {"most": LONGEST_NAME}, field="host")
    return server


def clean_handle(platform: str, typed: str, host: str) -> tuple[str, str]:
    """Return handle and server as they are stored, from a handle or an address.

    A Mastodon address such as @humas@mastodon.social names both; so does a website's, and there
    ``host`` may only repeat it. Raises ``AccountError`` for what the platform cannot have given
    out.
    """
    if platform in handles.BY_ADDRESS:
        handle, server = _clean_address(typed)
        return handle, _same_site(server, clean_host(platform, host)) if host.strip() else server
    handle, server = _named(platform, typed.strip())
    handle = handles.normal(platform, unicodedata.normalize("NFKC", handle))
    rule = handles.RULES[platform]
    # Some letters of a pattern are blank all the same.
    is_name = rule.pattern.fullmatch(handle) and not has_hidden(handle)
    if not is_name or not _reads_back(platform, handle):
        raise AccountError(str(rule.problem), field="handle")
    if platform == "mastodon" and server:
        host = _same_server(server, host) if host.strip() else server
    return handle, host if platform in handles.WITH_HOST else ""


def _named(platform: str, typed: str) -> tuple[str, str]:
    """Handle and server in what a person typed for an account on a platform that they chose."""
    if handles.RULES[platform].pattern.fullmatch(handles.normal(platform, typed)):
        return typed, ""
    if "/" in typed.strip("@/"):
        found = parse(typed)
        one = found[0] if len(found) == 1 else None
        if (
            one is None
            or not one.handle
            or one.note == NUMBER
            or one.platform not in {platform, None}
        ):
            rule = handles.RULES[platform]
            if one is not None and one.platform is not None and one.platform != platform:
                names = {
                    "other": OfficialPlatform(one.platform).label,
                    "platform": OfficialPlatform(platform).label,
                }
                raise AccountError(str(ANOTHER_PLATFORM) % names, field="handle")
            raise AccountError(str(rule.problem), field="handle")
        # A page that no platform is known for: the last part may still be the name.
        handle = one.handle if one.platform else one.handle.rpartition("/")[2].lstrip("@")
        return handle, one.host
    handle = typed.lstrip("@").rstrip("/")
    if platform == "mastodon":
        name, _at, server = handle.partition("@")
        return name, server
    return handle, ""


def _reads_back(platform: str, handle: str) -> bool:
    """Whether the address that would be published names this account and no page of the site."""
    url = profile_url(platform, "server.example" if platform in handles.WITH_HOST else "", handle)
    seen = read_url(url)
    return seen is not None and (seen.platform, seen.handle) == (platform, handle)


def _clean_address(typed: str) -> tuple[str, str]:
    text = typed.strip()
    if not text or tidy(text)[0] != text or " " in text or "\\" in text:
        raise AccountError(str(handles.ADDRESS_PROBLEM), field="handle")
    allowed = settings.PLATFORM_PRIVATE_HOSTS
    # An "@" or "://" further on is a part of the page.
    start = re.match(r"(?:[a-z][a-z0-9+.-]*://)?[^/?#]*", text, re.IGNORECASE)
    site = start.group() if start else ""
    try:
        base = normalise_host(site, allowed)
        parts = urlsplit(text if "://" in site else f"https://{text}")
    except (HostInvalid, ValueError) as exc:
        raise AccountError(str(handles.ADDRESS_PROBLEM), field="handle") from exc
    server = urlsplit(base).netloc
    handle = handles.address_of(server, parts.path, parts.query)
    seen = read_url(f"https://{handle}")
    leads_away = has_dot_segments(parts.path) or leads.path_leads(parts.path)
    # What the public check could not tell is no address to register.
    is_clear = (seen is None or seen.note != DOUBTFUL) and is_whole(handle)
    odd = "@" in site or leads_away or not is_clear
    # Some letters are blank, and the register takes none of them.
    if len(handle) > LONGEST_NAME or odd or has_hidden(handle):
        raise AccountError(str(handles.ADDRESS_PROBLEM), field="handle")
    return handle, server if normalise_host(server, allowed) == base else base


def _same_server(server: str, host: str) -> str:
    """Return ``host``, which may only repeat the ``server`` that the handle names.

    Raises ``AccountError`` beside the server: one of the two is not meant. Training accounts have
    made-up servers, and are all on the training platforms.
    """
    typed, named = (handles.host_name(clean_host("mastodon", one)) for one in (host, server))
    if typed == named or typed == urlsplit(settings.TRAINING_URL).netloc.casefold() != "":
        return host
    problem = _("The handle names the server %(host)s: write the same here, or leave this empty.")
    raise AccountError(str(problem) % {"host": named}, field="host")


def _same_site(server: str, host: str) -> str:
    """Return ``host``, which may differ from the address's own ``server`` by ``www.`` only.

    Raises ``AccountError`` beside the server: the site would be called official and another one
    read for it. Training accounts have made-up addresses, and are all on the training platforms.
    """
    training = urlsplit(settings.TRAINING_URL).netloc
    if _site(host) == _site(server) or handles.host_name(host) == training.casefold() != "":
        return host
    problem = _("The server is that of the address: write %(host)s, or leave this empty.")
    raise AccountError(str(problem) % {"host": _site(server)}, field="host")


def _site(server: str) -> str:
    return handles.without_www(handles.host_name(server))


def kept_host(platform: str, typed: str, handle: str, host: str) -> str:
    """The server of an account that is registered as ``handle`` on ``host`` when ``typed`` is sent.

    Empty where a person says the server, or where another address is typed. A stored address does
    not tell by itself that its site is reached with ``www.``.
    """
    return host if platform in handles.BY_ADDRESS and typed.strip() == handle else ""


def same_handle(platform: str, registered: str, seen: str) -> bool:
    """Whether the handle that a platform shows is the registered one."""
    registered, seen = registered.lstrip("@"), seen.lstrip("@")
    if platform == "mastodon":
        registered, seen = registered.partition("@")[0], seen.partition("@")[0]
    return handles.key(platform, "", registered) == handles.key(platform, "", seen)


def profile_url(platform: str, host: str, handle: str) -> str:
    """The address at which people see the account, made from how it is registered."""
    return handles.page_of(platform, host, handle)
