"""The name of a server as a browser reads it (https://url.spec.whatwg.org/#host-parsing).

Pure functions on text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import unquote

import idna

from accounts import handles
from accounts.links import MOST_DECODED
from govsocial.platforms.weighted import top_level_domains

_FORBIDDEN = re.compile(r"[\s#%/:<>?@\[\\\]^|]")
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]*|\d+")
_OTHER_BASE = re.compile(r"0x[\da-f]+|0[1-3][0-7]{2}|0[0-7]{8,}", re.IGNORECASE)
_DAY = re.compile(
    r"(?:19|20)\d\d(?:0\d|1[0-2])[0-3]\d|[0-3]?\d\.[01]?\d\.(?:19|20)\d\d|[01]?\d\.(?:19|20)\d\d"
)


def host_of(authority: str) -> str:
    """The server in ``authority`` as a browser reads it: without name, password and port, numbers
    as the address that they are. Empty for what is none, or no site of the internet."""
    typed = unquote(authority.rpartition("@")[2])
    if typed.startswith("["):
        try:
            return f"[{IPv6Address(typed[1:].partition(']')[0])}]"
        except AddressValueError:
            return ""
    name = plain_of(typed).partition(":")[0].rstrip(".")
    if "." not in name and not _NUMBER.fullmatch(name):
        return ""
    if _FORBIDDEN.search(name) or not any(sign.isalnum() for sign in name):
        return ""
    if _NUMBER.fullmatch(name.rpartition(".")[2]):
        return _of_numbers(name.split("."))
    return in_code(handles.small(name))


def _of_numbers(parts: list[str]) -> str:
    """As the "IPv4 parser" of the standard: in any base, the last for all that remain."""
    if len(parts) > 4 or not all(_NUMBER.fullmatch(part) for part in parts):
        return ""
    try:
        *first, last = [_number(part) for part in parts]
        if any(one > 255 for one in first) or last >= 256 ** (5 - len(parts)):
            return ""
    except ValueError:
        return ""
    return str(IPv4Address(sum(one << (24 - 8 * n) for n, one in enumerate(first)) + last))


def is_odd_number(name: str) -> bool:
    """Whether ``name`` is the number of a server, written as people hardly write anything else: in
    another base, or with fewer points than usual."""
    parts = name.split(".")
    host = host_of(name) if all(_NUMBER.fullmatch(part) for part in parts) else ""
    # No server has a number that begins with 0, so that a small number is that of a page.
    if not host or host.startswith("0.") or _DAY.fullmatch(name):
        return False
    is_short = len(parts) < 4 and len(parts[-1]) > len("999")
    return is_short or any(_OTHER_BASE.fullmatch(part) for part in parts)


def _number(part: str) -> int:
    if part[:2].lower() == "0x":
        return int(part[2:] or "0", 16)
    return int(part, 8 if part.startswith("0") else 10)


def has_ending(name: str) -> bool:
    """Whether ``name`` ends as those of sites do."""
    _name, point, ending = name.rpartition(".")
    return bool(point) and in_code(handles.small(ending)) in _TOP


def in_code(name: str) -> str:
    if name.isascii():
        return name
    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError:
        return name


def plain_of(text: str) -> str:
    """``text`` without the signs that nobody sees, which browsers and servers take out."""
    if text.isascii() and text.isprintable():
        return text
    plain = unicodedata.normalize("NFKC", text).replace("\u3002", ".")
    return "".join(sign for sign in plain if unicodedata.category(sign)[0] != "C")


def decoded(text: str) -> Iterator[str]:
    """``text`` as it stands, and as often decoded as servers may do."""
    for _time in range(MOST_DECODED + 1):
        yield text
        if (plain := unquote(text)) == text:
            return
        text = plain


_TOP = top_level_domains()
