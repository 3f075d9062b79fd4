"""A link as a browser reads it, which is not always as it looks.

After the URL Standard (https://url.spec.whatwg.org/#url-parsing) for http and https. Pure functions
on text.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

SHORTENERS = frozenset(
    {
        "t.co", "bit.ly", "s.id", "goo.gl", "tinyurl.com", "ow.ly", "is.gd", "cutt.ly", "buff.ly",
        "lnkd.in", "shorturl.at", "rebrand.ly", "tiny.cc", "rb.gy", "bit.do", "v.gd", "t.ly",
        "wa.link", "vm.tiktok.com", "vt.tiktok.com", "fb.watch", "adf.ly", "dlvr.it", "trib.al",
    }
)  # fmt: skip


_HERE = frozenset({".", "%2e"})
_UP = frozenset({"..", ".%2e", "%2e.", "%2e%2e"})
# What a server may still undo after the browser: %252e is %2e is a point.
_MOST_DECODED = 4


def as_read(address: str) -> str:
    """``address``, given without its scheme, as it is asked for: host, path and the rest.

    A "\\" is a "/", tabs and line breaks are nothing, what stands before "@" is a name to sign in
    with and no host, and ".." leads one part of the path up.
    """
    plain = re.sub(r"[\t\r\n]", "", address)
    start = re.split(r"[?#]", plain, maxsplit=1)[0]
    host, slash, path = start.replace("\\", "/").lstrip("/").partition("/")
    return f"{host.rpartition('@')[2]}{_walked(slash + path)}{plain[len(start) :]}"


def _walked(path: str) -> str:
    """``path`` without the parts that only say "here" and "up"."""
    kept: list[str] = []
    parts = path.split("/")[1:]
    for place, part in enumerate(parts, start=1):
        sign = part.lower()
        if sign in _UP:
            del kept[-1:]
        if sign not in _UP | _HERE:
            kept.append(part)
        elif place == len(parts):
            kept.append("")
    return "".join(f"/{part}" for part in kept)


def has_dot_segments(address: str) -> bool:
    """Whether a part of it says "here" or "up", also in code that only some servers undo."""
    plain = address
    for _time in range(_MOST_DECODED):
        plain = unquote(plain)
    return any(part in {".", ".."} for part in re.split(r"[/\\?#]", re.sub(r"\s", "", plain)))
