"""Several accounts in one text, with commas, semicolons or strokes between them."""

from __future__ import annotations

import re

from accounts.glued import carries_all
from accounts.platform_readers import PLATFORM_SITES

_BETWEEN = re.compile(r"[,;]|\s/\s|/(?=@)")
# A handle, with or without its server; what has no letter is a part of a number.
_NAME = re.compile(r"@?(?=[\w.@-]*[^\W\d_])\w[\w.·-]*(?:@\w[\w.-]*)?")
_SITES = "|".join(re.escape(site) for site in PLATFORM_SITES)
# Addresses may hold commas: only where another one surely begins does the first one end.
_ADDRESS_NEXT = re.compile(
    rf"[,;]+(?=(?:https?|hxxps?)://|(?:[\w-]+\.)*(?:{_SITES})/)", re.IGNORECASE
)
# On a platform's own site a name behind a comma is another one. Elsewhere it may be a part of the
# page, and before the path "@" ends what a browser takes for the name of a person.
_NAME_NEXT = re.compile(r"[,;]+(?=@\w)")
_ON_PLATFORM = re.compile(rf"(?:https?://)?(?:[\w-]+\.)*(?:{_SITES})/", re.IGNORECASE)


def names(words: str) -> list[str]:
    """The names of a text that is nothing but a list of them; empty for any other text."""
    parts = [part for part in (one.strip() for one in _BETWEEN.split(words)) if part]
    if len(parts) < 2 or not all(_NAME.fullmatch(part) for part in parts):
        return []
    signed = [part.startswith("@") for part in parts]
    if re.search(r"\S/@", words) and not all(signed):
        # The address of an account on a server of the fediverse.
        return []
    return [] if _leads_on(parts) else parts


def _leads_on(parts: list[str]) -> bool:
    """Whether a browser would take them for one address: "site.example,x@other.example" leads to
    what stands behind the last "@", and all before it is the name of a person."""
    has_site = False
    for part in parts:
        if has_site and "@" in part:
            return True
        has_site = has_site or ("." in part and "@" not in part)
    return False


def pieces(token: str) -> list[str]:
    """The addresses that stand in one ``token`` with no space between them."""
    if carries_all(token):
        return [token]
    found: list[str] = []
    for address in _ADDRESS_NEXT.split(token):
        is_on_platform = _ON_PLATFORM.match(address)
        found += _NAME_NEXT.split(address) if is_on_platform else names(address) or [address]
    return found
