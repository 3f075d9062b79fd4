"""What each platform calls its accounts: which handles can be, which are the same, where they are.

Pure functions on text. Handles are kept without the sign, addresses without their scheme.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models.kinds import ADDRESSED, OfficialPlatform
from accounts.models.kinds import is_id as is_id

# Each account has a server of its own; elsewhere the platform has one for everybody.
ON_SERVERS = frozenset({"mastodon", "bluesky"})
"""Platforms on which a person says on which server the account is."""
WITH_HOST = ON_SERVERS | {"feed", "wiki", "other"}
# Named by the address of a page on that server.
BY_ADDRESS = frozenset(ADDRESSED - {"whatsapp"})

_WHATSAPP = "whatsapp.com/channel/"


@dataclass(frozen=True, slots=True)
class Rule:
    """Which handles a platform gives out, how to say so, and the page of one.

    ``lower``: the platform itself shows handles in small letters, whatever was typed.
    """

    pattern: re.Pattern[str]
    problem: str | Promise
    page: str
    lower: bool = False


RULES: Mapping[str, Rule] = {
    "instagram": Rule(
        re.compile(r"(?!.*\.\.)(?!\.)[a-z0-9._]{1,30}(?<!\.)"),
        _("An Instagram handle has letters, digits, points and underscores, for example @humas."),
        "https://www.instagram.com/{}/",
        lower=True,
    ),
    "facebook": Rule(
        re.compile(r"(?=.*[A-Za-z])(?!\.)[A-Za-z0-9.]{4,49}[A-Za-z0-9]|[0-9]{5,25}"),
        _(
            "The name of a Facebook page has letters, digits and points between them only, at "
            "least five of them. Copy it from the address of the page."
        ),
        "https://www.facebook.com/{}",
    ),
    "x": Rule(
        re.compile(r"[A-Za-z0-9_]{1,15}"),
        _("An X handle has up to 15 letters, digits and underscores, for example @humas."),
        "https://x.com/{}",
    ),
    "youtube": Rule(
        re.compile(r"UC[A-Za-z0-9_-]{22}|[\w][\w.\-·]{1,28}[\w]"),
        _("A YouTube channel has a handle such as @humas, or an id that begins with UC."),
        "https://www.youtube.com/@{}",
    ),
    "tiktok": Rule(
        re.compile(r"[a-z0-9._]{2,24}(?<!\.)"),
        _("A TikTok handle has letters, digits, points and underscores, for example @humas."),
        "https://www.tiktok.com/@{}",
        lower=True,
    ),
    "threads": Rule(
        re.compile(r"(?!.*\.\.)(?!\.)[a-z0-9._]{1,30}(?<!\.)"),
        _("A Threads handle has letters, digits, points and underscores, for example @humas."),
        "https://www.threads.com/@{}",
        lower=True,
    ),
    "linkedin": Rule(
        re.compile(r"(in/)?[\w-]{1,100}"),
        _("Copy the last part of the page's address on LinkedIn: linkedin.com/company/…"),
        "https://www.linkedin.com/company/{}/",
        lower=True,
    ),
    "telegram": Rule(
        re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}"),
        _("A Telegram name has at least four letters, digits and underscores: t.me/humas."),
        "https://t.me/{}",
    ),
    "whatsapp": Rule(
        re.compile(r"whatsapp\.com/channel/[A-Za-z0-9_-]{10,60}"),
        _("Copy the whole link of the WhatsApp channel: https://whatsapp.com/channel/…"),
        "https://{}",
    ),
    "bluesky": Rule(
        re.compile(
            r"(?=.{1,200}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?"
        ),
        _("A Bluesky handle is a domain name, for example humas.bsky.social."),
        "https://bsky.app/profile/{}",
        lower=True,
    ),
    "mastodon": Rule(
        re.compile(r"[A-Za-z0-9_]+([A-Za-z0-9_.-]*[A-Za-z0-9_]+)?"),
        _("A Mastodon handle has letters, digits and underscores, for example @humas."),
        "https://{host}/@{}",
    ),
}
ADDRESS_PROBLEM = _("Copy the whole address of the website, beginning with https://.")


def small(text: str) -> str:
    """Small letters, sign by sign: no letter becomes two, as ß would be taken for ss."""
    if text.isascii():
        return text.lower()
    return "".join(low if len(low := sign.lower()) == 1 else sign for sign in text)


def without_www(host: str) -> str:
    """The site's own name; www.com is one itself."""
    while host.startswith("www.") and "." in host[4:]:
        host = host[4:]
    return host


def normal(platform: str, handle: str) -> str:
    """The one spelling that is stored and shown."""
    rule = RULES.get(platform)
    if rule is None or not rule.lower:
        return handle
    return handle.lower()


def key(platform: str, host: str, handle: str) -> tuple[str, str, str]:
    """The same for two spellings exactly when the platform takes them for the same account."""
    if platform == "facebook" and not handle.isdigit():
        # Facebook ignores points and capitals in the names of pages.
        return platform, "", small(handle.replace(".", ""))
    if (platform == "youtube" and is_id(platform, handle)) or platform == "whatsapp":
        return platform, "", handle
    where = host_name(host) if platform == "mastodon" else ""
    return platform, where, small(handle).rstrip("/")


def is_number(platform: str, handle: str) -> bool:
    """Whether it can be nothing but what the platform gave out, wherever a handle may stand."""
    return is_id(platform, handle) or (platform == "bluesky" and handle.startswith("did:"))


def host_name(host: str) -> str:
    """The bare name of a stored server, which may carry its scheme."""
    return host.rpartition("://")[2].casefold().rstrip("/")


def page_of(platform: str, host: str, handle: str) -> str:
    """The address at which people see the account."""
    if platform in BY_ADDRESS:
        scheme = "http" if host.startswith("http://") else "https"
        return f"{scheme}://{quote(handle, safe='/%:~@!$&()*+,;=-._?')}"
    rule = RULES[platform]
    if platform == "facebook" and is_id(platform, handle):
        return f"https://www.facebook.com/profile.php?id={handle}"
    if platform == "youtube" and is_id(platform, handle):
        return f"https://www.youtube.com/channel/{handle}"
    if platform == "linkedin" and handle.startswith("in/"):
        return f"https://www.linkedin.com/{quote(handle)}/"
    if platform == "mastodon":
        base = host if "://" in host else f"https://{host}"
        return f"{base}/@{quote(handle)}"
    return rule.page.format(quote(handle, safe="/._-"))


def address_of(host: str, path: str, query: str = "") -> str:
    """The name of an account that is known by its address: without scheme, ``www.`` and slash."""
    shown = f"{without_www(host.casefold())}{path.rstrip('/')}"
    return f"{shown}?{query}" if query else shown


_CHANNEL_CODE = re.compile(r"0029[A-Za-z0-9_-]{6,56}")


def is_channel_code(name: str) -> bool:
    """Whether it is what WhatsApp calls a channel in its links; no handle begins so."""
    return _CHANNEL_CODE.fullmatch(name) is not None


def whatsapp_address(code: str) -> str:
    return f"{_WHATSAPP}{code}"


def without_site(handle: str) -> str:
    """What is the account's own of a name that is an address on the platform's site."""
    return handle.removeprefix(_WHATSAPP)


def known_by_address(platform: str) -> bool:
    return platform in BY_ADDRESS


def split_address(handle: str) -> tuple[str, str]:
    """Host and path of a name made by ``address_of``."""
    parts = urlsplit(f"//{handle}")
    return parts.netloc, parts.path


def platform_label(platform: str) -> str:
    """The name of the platform as people say it."""
    return str(OfficialPlatform(platform).label)


_LETTERS_IN_CODE = re.compile(r"(?:%[89A-Fa-f][0-9A-Fa-f])+")


def legible(address: str) -> str:
    """Letters outside ASCII as letters; signs that mean something in an address stay in code."""
    return _LETTERS_IN_CODE.sub(lambda found: unquote(found.group()), address)
