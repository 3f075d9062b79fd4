"""A link as a browser reads it, which is not always as it looks.

After the URL Standard (https://url.spec.whatwg.org/#url-parsing) for http and https. Pure functions
on text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

SHORTENERS = frozenset(
    {
        "t.co", "bit.ly", "s.id", "goo.gl", "tinyurl.com", "ow.ly", "is.gd", "cutt.ly", "buff.ly",
        "lnkd.in", "shorturl.at", "rebrand.ly", "tiny.cc", "rb.gy", "bit.do", "v.gd", "t.ly",
        "wa.link", "vm.tiktok.com", "vt.tiktok.com", "fb.watch", "adf.ly", "dlvr.it", "trib.al",
    }
)  # fmt: skip
# Under these anybody may have a site, so that they are no part of a name.
SHARED = frozenset(
    {
        "go.id", "desa.id", "mil.id", "co.id", "or.id", "ac.id", "sch.id", "web.id", "my.id",
        "biz.id", "net.id", "ponpes.id", "blogspot.com", "blogspot.co.id", "wordpress.com",
        "github.io", "gitlab.io", "web.app", "firebaseapp.com", "netlify.app", "vercel.app",
        "pages.dev", "workers.dev", "weebly.com", "wixsite.com", "my.canva.site", "carrd.co",
        "glitch.me", "herokuapp.com", "onrender.com", "bsky.social", "substack.com", "medium.com",
        "tumblr.com", "webflow.io", "framer.website", "godaddysites.com", "myshopify.com",
    }
)  # fmt: skip
# Each with the parameter that holds the address it leads on to.
_FORWARDERS: Mapping[tuple[str, str | None], str] = {
    # On these hosts every page only leads on.
    ("l.facebook.com", None): "u",
    ("lm.facebook.com", None): "u",
    ("l.instagram.com", None): "u",
    ("l.threads.com", None): "u",
    ("l.threads.net", None): "u",
    ("go.bsky.app", "/redirect"): "u",
    **{(f"{part}facebook.com", "/l.php"): "u" for part in ("", "www.", "m.")},
    **{(f"{part}youtube.com", "/redirect"): "q" for part in ("", "www.", "m.")},
    **{(f"{part}tiktok.com", "/link/v2"): "target" for part in ("", "www.", "m.")},
    **{(f"{part}linkedin.com", "/redir/redirect"): "url" for part in ("", "www.")},
    **{(f"{part}linkedin.com", "/safety/go"): "url" for part in ("", "www.")},
}
# Google's own domains, of the countries from which links come here; not every google.<something>
# is Google's.
_GOOGLE = frozenset(
    f"{part}google.{ending}"
    for part in ("", "www.")
    for ending in (
        "com", "co.id", "com.sg", "com.my", "com.bn", "com.ph", "co.th", "com.vn", "tl", "com.au",
        "co.nz", "com.hk", "com.tw", "co.jp", "co.kr", "co.in", "com.sa", "ae", "com.tr", "com.eg",
        "co.uk", "nl", "de", "fr", "es", "it", "be", "ch", "ca",
    )
)  # fmt: skip
# A sign in code as no standard has it: %u002f.
_IN_UNICODE = re.compile(r"%u[\da-f]{4}", re.IGNORECASE)
_HERE = frozenset({".", "%2e"})
_UP = frozenset({"..", ".%2e", "%2e.", "%2e%2e"})
# A part of a path that leads up, in clear or in code.
UP = re.compile(
    r"(?:[/\\]|%(?:25)*(?:2f|5c))(?:\.|%(?:25)*2e){2}(?=[/\\?#;]|%(?:25)*(?:2f|5c|3f|23|3b)|$)",
    re.IGNORECASE,
)
# What a server may still undo after the browser: %252e is %2e is a point.
MOST_DECODED = 4


def as_read(address: str) -> str:
    """``address``, given without its scheme, as it is asked for: host, path and the rest.

    A "\\" is a "/", tabs and line breaks are nothing, what stands before "@" is a name to sign in
    with and no host, and ".." leads one part of the path up.
    """
    plain = _routed(re.sub(r"[\t\r\n]", "", address))
    start = re.split(r"[?#]", plain, maxsplit=1)[0]
    host, slash, path = start.replace("\\", "/").lstrip("/").partition("/")
    return f"{host.rpartition('@')[2]}{_walked(slash + path)}{plain[len(start) :]}"


# Telegram in the browser is one page; who is shown there stands behind the "#".
_TELEGRAM_APP = re.compile(r"web\.telegram\.org(?::\d+)?(?:/[^?#]*)?\?*#(.+)", re.IGNORECASE)
_SHOWN_THERE = (
    re.compile(r"@(\w+)(?:[/_][^?&]*)?(?:[?&](.*))?"),
    re.compile(r"/?im\?(?:.*&)?p=(?:@|%40)(\w+)(?:&(.*))?", re.IGNORECASE),
    re.compile(r"\??tgaddr=tg:/*resolve\?domain=(\w+)(?:&(.*))?", re.IGNORECASE),
)


def is_told_by_fragment(address: str) -> bool:
    """Whether what stands behind the "#" of ``address``, without its scheme, says which page."""
    return _TELEGRAM_APP.fullmatch(address) is not None


def _routed(address: str) -> str:
    """``address`` with the account that Telegram in the browser shows as the last of its path, and
    with what is asked of it there."""
    app = _TELEGRAM_APP.fullmatch(address)
    shown = unquote(app.group(1)) if app else ""
    for one in _SHOWN_THERE:
        if found := one.fullmatch(shown):
            return f"web.telegram.org/@{found[1]}?{found[2] or ''}"
    return address


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
    for _time in range(MOST_DECODED):
        plain = unquote(plain)
    parts = re.split(r"[/\\?#]", re.sub(r"\s", "", plain))
    # Some servers take off what stands behind ";" before they follow the points.
    return any(part.partition(";")[0] in {".", ".."} for part in parts)


def is_still_coded(address: str) -> bool:
    """Whether signs in it are coded more often than is undone here, so that nobody looks at what
    they may say, or as only some servers read them. Sites that hand an address on code it twice or
    three times."""
    plain = address
    for _time in range(MOST_DECODED):
        plain = unquote(plain)
    return unquote(plain) != plain or _IN_UNICODE.search(plain) is not None


def forwarded_to(host: str, path: str, query: Mapping[str, list[str]]) -> str | None:
    """Where a page of a platform that leads on to other sites leads to. None: it is no such page.

    Empty when the address does not say it once and clearly. Only pages of the platforms count:
    anybody's site may say that it leads to the agency.
    """
    names = _names_of(host, path.rstrip("/"))
    if not names:
        return None
    told = [address for name in names for address in query.get(name, ())]
    if len(told) != 1 or not re.match(r"https?://", told[0], re.IGNORECASE):
        return ""
    return told[0]


def _names_of(host: str, page: str) -> tuple[str, ...]:
    """The parameters that may say where this page leads on to; none for any other page."""
    if host in _GOOGLE and page == "/url":
        return ("q", "url")
    name = _FORWARDERS.get((host, page)) or _FORWARDERS.get((host, None))
    return (name,) if name else ()
