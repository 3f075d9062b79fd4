"""How an official account is addressed: one spelling for what people type in many ways."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.errors import AccountError
from accounts.models import OfficialAccount
from accounts.models.kinds import ADDRESSED
from govsocial.platforms.guard import HostInvalid, normalise_host
from govsocial.platforms.registry import DEFAULT_HOSTS, Platform

_MASTODON_NAME = re.compile(r"[A-Za-z0-9_]+([A-Za-z0-9_.-]*[A-Za-z0-9_]+)?")
_DOMAIN = re.compile(
    r"(?=.{1,200}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?"
)

HOST_PROBLEMS: dict[str, str | Promise] = {
    "empty": _("Enter the address of the server, for example mastodon.social."),
    "syntax": _("This is not the address of a server."),
    "scheme": _("The address must begin with https://."),
    "credentials": _("The address must not contain a user name or password."),
    "port": _("The address must not name a port."),
    "host": _("The address must be a public host name, not an IP address."),
}


_CENTRAL_NAME = re.compile(r"[^\s/@?#]{1,200}")
_ADDRESS = re.compile(r"[^\s/]+\.[^\s/]{2,}(/\S*)?")


def has_server(platform: str) -> bool:
    """Whether accounts of the platform live on different servers."""
    return platform in {OfficialAccount.Platform.BLUESKY, OfficialAccount.Platform.MASTODON}


def _central_handle(platform: str, typed: str) -> str:
    bare = typed.strip().partition("://")[2] or typed.strip()
    if platform in ADDRESSED:
        address = bare.rstrip("/")
        if not _ADDRESS.fullmatch(address):
            raise AccountError(
                str(_("Enter the address, for example samudrakota.example/kabar.")), field="handle"
            )
        host, slash, path = address.partition("/")
        return host.lower() + slash + path
    name = bare.rstrip("/").rsplit("/", 1)[-1].lstrip("@")
    if not _CENTRAL_NAME.fullmatch(name):
        raise AccountError(
            str(_("Enter the handle without spaces, for example @samudrakota.")), field="handle"
        )
    return name


def clean_host(platform: str, typed: str) -> str:
    """Return the server as it is stored. Raises ``AccountError`` for what cannot be one."""
    if not has_server(platform):
        return ""
    allowed = settings.PLATFORM_PRIVATE_HOSTS
    try:
        base = normalise_host(typed.strip() or DEFAULT_HOSTS.get(Platform(platform), ""), allowed)
    except HostInvalid as exc:
        problem = HOST_PROBLEMS.get(exc.code, HOST_PROBLEMS["syntax"])
        raise AccountError(str(problem), field="host") from exc
    bare = urlsplit(base).netloc
    # Only what reads back as the same address may lose its scheme.
    return bare if normalise_host(bare, allowed) == base else base


def clean_handle(platform: str, typed: str, host: str) -> tuple[str, str]:
    """Return handle and server. A Mastodon address such as @humas@mastodon.social names both."""
    if not has_server(platform):
        return _central_handle(platform, typed), ""
    handle = typed.strip().lstrip("@").rstrip("/")
    if "://" in handle:
        handle = handle.rsplit("/", 1)[-1].lstrip("@")
    if platform == OfficialAccount.Platform.BLUESKY:
        handle = handle.lower()
        if not _DOMAIN.fullmatch(handle):
            raise AccountError(
                str(_("A Bluesky handle is a domain name, for example humas.bsky.social.")),
                field="handle",
            )
        return handle, host
    name, _at, server = handle.partition("@")
    if not _MASTODON_NAME.fullmatch(name):
        raise AccountError(
            str(_("A Mastodon handle has letters, digits and underscores, for example @humas.")),
            field="handle",
        )
    return name, host or server


def same_handle(platform: str, registered: str, seen: str) -> bool:
    """Whether the handle that a platform shows is the registered one."""
    if platform == OfficialAccount.Platform.MASTODON:
        registered, seen = registered.partition("@")[0], seen.lstrip("@").partition("@")[0]
    return registered.lstrip("@").casefold() == seen.lstrip("@").casefold()
