"""A link as a browser reads it, which is not always as it looks.

After the URL Standard (https://url.spec.whatwg.org/#url-parsing) for http and https. Pure functions
on text.
"""

from __future__ import annotations

import re

SHORTENERS = frozenset(
    {
        "t.co", "bit.ly", "s.id", "goo.gl", "tinyurl.com", "ow.ly", "is.gd", "cutt.ly", "buff.ly",
        "lnkd.in", "shorturl.at", "rebrand.ly", "tiny.cc", "rb.gy", "bit.do", "v.gd", "t.ly",
        "wa.link", "vm.tiktok.com", "vt.tiktok.com", "fb.watch", "adf.ly", "dlvr.it", "trib.al",
    }
)  # fmt: skip


def as_read(address: str) -> str:
    """``address``, given without its scheme, as it is asked for: host, path and the rest.

    A "\\" is a "/", tabs and line breaks are nothing, and what stands before "@" is a name to sign
    in with and no host.
    """
    plain = re.sub(r"[\t\r\n]", "", address)
    start = re.split(r"[?#]", plain, maxsplit=1)[0]
    host, slash, path = start.replace("\\", "/").lstrip("/").partition("/")
    return f"{host.rpartition('@')[2]}{slash}{path}{plain[len(start) :]}"
