"""Websites as people write them: which names are sites, and which only look like a platform's."""

from __future__ import annotations

import re
from dataclasses import dataclass

import idna

from accounts.glued import ENDINGS
from accounts.links import SHARED
from accounts.lookalikes import skeleton
from accounts.references import PLATFORM_SITES

# Of the endings with two parts, such as .com.sg, the first.
_SECOND = frozenset({"com", "co", "net", "org", "or", "gov", "go", "edu", "ac"})
_SITE = re.compile(r"(?:[\w-]+\.)+([a-z]{2,})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Imitated:
    """``host`` is written so that a hurried reader takes it for ``site``, which is ``platform``'s.

    ``host`` is in the letters that the browser shows, not in the code of the network.
    """

    host: str
    site: str
    platform: str


def is_site(name: str) -> bool:
    """Whether a bare ``name`` is written as that of a website: it ends as those do."""
    found = _SITE.fullmatch(name)
    return found is not None and found.group(1).casefold() in ENDINGS


def is_governmental(host: str) -> bool:
    """Under the endings that only public bodies of Indonesia get (PANDI)."""
    return host.endswith((".go.id", ".desa.id", ".mil.id"))


def stem(host: str) -> str:
    """``host`` without www and without its ending: samudrakota of www.samudrakota.co.id."""
    labels = host.removeprefix("www.").split(".")
    kept = labels[:-2] if len(labels) > 2 and labels[-1] == "id" else labels[:-1]
    return ".".join(kept)


def own_name(host: str) -> str:
    """``host`` without www and without the ending, or the site, under which anybody may have one:
    samudrakota of samudrakota.go.id, of samudrakota.com.sg and of samudrakota.blogspot.com."""
    labels = legible(host).removeprefix("www.").split(".")
    for length in (3, 2):
        if len(labels) > length and ".".join(labels[-length:]) in SHARED:
            return ".".join(labels[:-length])
    is_second = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND
    return ".".join(labels[: -2 if is_second else -1])


def names(host: str, *, is_own: bool = True) -> list[str]:
    """The ``own_name``, and with ``is_own`` that of the domain of which the site is a part."""
    whole = own_name(host)
    return list(dict.fromkeys([whole, whole.rpartition(".")[2]] if is_own else [whole]))


def imitated(host: str) -> Imitated | None:
    """The platform's site that ``host``, which is none, could be taken for."""
    shown = legible(host).removeprefix("www.")
    bones = skeleton(".".join(shown.split(".")[-2:]))
    for site, platform in PLATFORM_SITES.items():
        # instagrarn.com, and instagram.com.login.example
        in_front = re.search(rf"(?:^|[.-]){re.escape(site)}[.-]", shown)
        if bones == skeleton(site) or in_front:
            return Imitated(shown, site, platform)
    return None


def legible(host: str) -> str:
    """``host`` with letters outside ASCII as letters; unchanged where the code is none."""
    try:
        return idna.decode(host) if "xn--" in host else host
    except idna.IDNAError:
        return host
