"""What a citizen pastes, read as accounts: handles, addresses of accounts and of posts, anything.

Nothing is fetched. What cannot be known from the text alone is said in ``note``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, unquote, urlsplit

import idna

from accounts import handles
from accounts.links import SHORTENERS, as_read, forwarded_to, has_dot_segments
from accounts.lookalikes import skeleton

LONGEST_TEXT = 2_000
# Read before anything is stripped: more than any address, less than what a stranger may send.
_LONGEST_READ = 20_000
LONGEST_NAME = 200
LONGEST_TYPED = 500
MOST = 5
# Addresses inside addresses that are followed.
_DEEPEST = 2

# Notes: why the account is not known, or not for certain.
SHORTENED = "shortened"
NO_ACCOUNT = "no_account"
INVITATION = "invitation"
OLD_ADDRESS = "old_address"
# Written so that it may lead elsewhere than it looks.
DOUBTFUL = "doubtful"
IMITATED_HOST = "imitated_host"
PHONE = "phone"
# The number that the platform gave an account: no handle, even where handles may be digits.
NUMBER = "number"
# Written like an e-mail address, which an address of the fediverse may be too.
EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Reference:
    """One account that a text names.

    ``platform`` is None for a bare name, or for a website that is no known platform. ``handle`` is
    empty when the text does not name an account; then ``note`` says why and ``typed`` is what was
    read. ``altered``: the text held hidden or unusual signs, which are gone here.
    """

    platform: str | None
    host: str
    handle: str
    note: str = ""
    altered: bool = False
    typed: str = ""

    @property
    def shown(self) -> str:
        """The reading in one line, which reads back as the same."""
        if not self.handle:
            return self.typed or self.host
        if self.platform is None:
            return self.handle if self.host else f"@{self.handle}"
        if self.note == EMAIL:
            return f"{self.handle}@{self.host}"
        if self.note == NUMBER:
            return f"x.com/i/user/{self.handle}"
        if self.platform == "mastodon":
            return f"@{self.handle}@{handles.host_name(self.host)}"
        if self.note == OLD_ADDRESS:
            return f"youtube.com/c/{self.handle}"
        address = handles.page_of(self.platform, self.host, self.handle).partition("://")[2]
        return handles.legible(address.removeprefix("www.").rstrip("/"))


def tidy(text: str) -> tuple[str, bool]:
    """Return ``text`` in its plain form, and whether that took more than spaces away."""
    cut = text[:_LONGEST_READ]
    if cut.isascii() and cut.isprintable():
        return " ".join(cut.split())[:LONGEST_TEXT], False
    plain = unicodedata.normalize("NFKC", cut)
    seen = "".join(sign for sign in plain if not _hidden(sign))
    words = " ".join(seen.split())[:LONGEST_TEXT]
    return words, words != " ".join(cut.split())[:LONGEST_TEXT]


def _hidden(sign: str) -> bool:
    if sign.isspace():
        return False
    category = unicodedata.category(sign)
    # Variation selectors are marks that nobody sees; tags and joiners are formats.
    return category in {"Cf", "Cc", "Cs", "Co", "Cn"} or "\ufe00" <= sign <= "\ufe0f"


def parse(text: str) -> list[Reference]:
    """The accounts that ``text`` names, in its order, each once, at most ``MOST``.

    Empty when the text is prose without a handle or an address: it may be somebody's name.
    """
    words, altered = tidy(text)
    if _is_phone(words):
        return [Reference(None, words, "", PHONE, altered)]
    tokens = [token for token in (_bare(word) for word in words.split(" ")) if token]
    found: list[Reference] = []
    for token in tokens:
        reference = _read(token, alone=len(tokens) == 1)
        if reference is not None and altered and has_dot_segments(token):
            # A browser asks for "‥" as it is; read as ".." it would lead elsewhere.
            reference = Reference(None, "", "", DOUBTFUL)
        if reference is not None and not reference.handle:
            reference = replace(reference, typed=token[:LONGEST_TYPED])
        if reference is not None and reference not in found:
            found.append(reference)
    return [replace(one, altered=altered) for one in found[:MOST]]


_PHONE = re.compile(r"(?:\+|0|62)[0-9 ().-]+")


def _is_phone(words: str) -> bool:
    """A number as people write it here. Accounts that are named by a number have no 0 or 62."""
    digits = sum(sign.isdigit() for sign in words)
    return 9 <= digits <= 15 and _PHONE.fullmatch(words.strip("()")) is not None


def _bare(word: str) -> str:
    return word.strip("<>()[]{}\"'“”‘’«»,;!|*`").rstrip(".:?…")


_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:/*", re.IGNORECASE)
_HOST = re.compile(r"(?=[^/]*\.)[^\s/@?#:]+(:\d+)?(?=[/?#]|$)")
_ADDRESS = re.compile(r"@?([^\s@/:?#]+)@((?:[^\s@/:?#.]+\.)+[^\s@/:?#.]+(?::\d+)?)")


def _read(token: str, *, alone: bool) -> Reference | None:
    token = token.replace("\\", "/")
    scheme = _SCHEME.match(token)
    if scheme and scheme.group().lower().startswith(("http:", "https:", "hxxp")):
        return _from_url(token[scheme.end() :])
    if token.lower().startswith("tg:"):
        name = parse_qs(urlsplit(token).query).get("domain", [""])[0]
        return _named("telegram", "", name)
    if match := _ADDRESS.fullmatch(token):
        host = _host(match.group(2))
        if platform := _PLATFORM_OF.get(_known(host)):
            return _named(platform, "", match.group(1))
        server = _with_port(host, match.group(2))
        return _named("mastodon", server, match.group(1), "" if token[0] == "@" else EMAIL)
    if token.startswith("@"):
        name = token.strip("@").rstrip("/")
        return _named(None, "", name) if name and "/" not in name else None
    if _HOST.match(token):
        # "samudrakota.id" alone may be a handle as well as a website.
        has_path = len(token.rstrip("/")) > len(_HOST.match(token).group())  # type: ignore[union-attr]  # it has matched
        if has_path or _known(_host(token.rstrip("/"))):
            return _from_url(token)
        return _named(None, "", token.rstrip("/")) if alone else _from_url(token)
    if alone and "/" not in token and any(sign.isalnum() for sign in token):
        return _named(None, "", token)
    return None


def _named(platform: str | None, host: str, name: str, note: str = "") -> Reference | None:
    name = tidy(unquote(name))[0].replace(" ", "").strip("@").rstrip("/")[:LONGEST_NAME]
    if not name:
        return None
    return Reference(platform, host, handles.normal(platform, name) if platform else name, note)


def _host(typed: str) -> str:
    host = typed.casefold().partition(":")[0].rstrip(".")
    if host.isascii():
        return host
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        return host


def _with_port(host: str, typed: str) -> str:
    """The server: ``host`` with the port that was ``typed`` after it, where it is not the usual."""
    port = typed.rpartition(":")[2]
    return f"{host}:{port}" if port.isdigit() and port not in {"80", "443"} else host


def _known(host: str) -> str:
    """The known site that ``host`` is, or is a part of."""
    for site in (*_SITES, *SHORTENERS):
        if host == site or host.endswith(f".{site}"):
            return site
    return ""


def read_url(url: str) -> Reference | None:
    """What this one address names itself, never where it forwards to. None: not an address."""
    return _from_url(url.partition("://")[2], _DEEPEST)


def _from_url(rest: str, depth: int = 0) -> Reference | None:
    try:
        parts = urlsplit(f"//{as_read(rest)}")
        typed = parts.hostname or ""
    except ValueError:
        return None
    host = _host(typed)
    if "." not in host:
        return None
    query = parse_qs(parts.query)
    inner = forwarded_to(host, parts.path, query)
    if inner is not None:
        if not inner or depth >= _DEEPEST:
            return Reference(None, host, "", SHORTENED)
        return _from_url(inner.partition("://")[2], depth + 1)
    if has_dot_segments(parts.path):
        return Reference(None, host, "", DOUBTFUL)
    segments = [tidy(unquote(part))[0] for part in parts.path.split("/") if part]
    if host.removeprefix("www.") in SHORTENERS:
        return Reference(None, host, "", SHORTENED)
    if site := _known(host):
        return _SITES[site](host, segments, query) or Reference(
            _PLATFORM_OF.get(site), host, "", NO_ACCOUNT
        )
    server = _with_port(host, parts.netloc)
    name = _fediverse_name(segments) if segments else ""
    # "@instagram.com" is nobody's name: who writes it wants to be taken for that site.
    if name and not _known(name.casefold()):
        return _named("mastodon", server, name)
    shown = handles.address_of(server, "/" + "/".join(segments) if segments else "")
    note = IMITATED_HOST if _imitates(typed) else ""
    return Reference(None, host, shown[:LONGEST_NAME], note)


def _fediverse_name(segments: list[str]) -> str:
    first = segments[1] if segments[0] == "web" and len(segments) > 1 else segments[0]
    if first.startswith("@") and len(first) > 1:
        return first[1:].partition("@")[0]
    if segments[0] == "users" and len(segments) > 1:
        return segments[1]
    return ""


def _imitates(host: str) -> bool:
    """A host that only looks like a platform's: lnstagram.com, or a letter of another script."""
    site = ".".join(host.split(".")[-2:])
    return any(skeleton(site) == skeleton(known) for known in _PLATFORM_OF)


Query = Mapping[str, list[str]]
Reader = Callable[[str, list[str], Query], Reference | None]


def _first(platform: str, *not_accounts: str) -> Reader:
    """The account is the first part of the path, but for the platform's own pages."""

    def read(host: str, path: list[str], query: Query) -> Reference | None:
        if not path or path[0].lower() in not_accounts:
            return None
        return _named(platform, "", path[0])

    return read


_instagram_name = _first(
    "instagram", "p", "reel", "reels", "tv", "explore", "accounts", "direct", "s", "share", "about"
)


def _instagram(host: str, path: list[str], query: Query) -> Reference | None:
    if path and path[0].lower() in {"stories", "_u", "m"}:
        path = path[1:]
    return None if path and path[0] == "highlights" else _instagram_name(host, path, query)


_facebook_name = _first(
    "facebook", "watch", "share", "groups", "events", "photo", "photo.php", "hashtag", "reel",
    "story.php", "permalink.php", "login", "marketplace", "gaming", "sharer", "sharer.php",
    "dialog", "help", "public", "search", "stories", "media", "l.php", "video.php",
)  # fmt: skip


def _facebook(host: str, path: list[str], query: Query) -> Reference | None:
    number = (query.get("id") or query.get("owner_id") or [""])[0]
    if number.isdigit() and path and path[0].lower() in {
        "profile.php", "permalink.php", "story.php", "photo.php", "photo",
    }:  # fmt: skip
        return _named("facebook", "", number)
    if path and path[0].lower() in {"pages", "people", "p", "pg"}:
        last = next((part for part in reversed(path[1:4]) if part.isdigit()), "")
        named = path[1] if len(path) > 1 else ""
        ending = re.search(r"(?:^|-)(\d{8,25})$", named)
        return _named("facebook", "", last or (ending.group(1) if ending else named))
    if path and (ending := re.search(r"-(\d{8,25})$", path[0])):
        return _named("facebook", "", ending.group(1))
    return _facebook_name(host, path, query)


_x_name = _first(
    "x", "i", "home", "search", "hashtag", "intent", "share", "explore", "settings", "messages",
    "login", "tos", "privacy", "compose", "notifications",
)  # fmt: skip


def _x(host: str, path: list[str], query: Query) -> Reference | None:
    screen_name = query.get("screen_name")
    if screen_name and path and path[0].lower() == "intent":
        return _named("x", "", screen_name[0])
    if len(path) > 2 and path[:2] == ["i", "user"]:
        return _named("x", "", path[2], NUMBER) if path[2].isdigit() else None
    return _x_name(host, path, query)


def _youtube(host: str, path: list[str], query: Query) -> Reference | None:
    first = path[0] if path else ""
    if first.startswith("@"):
        return _named("youtube", "", first)
    if first == "channel":
        is_channel = len(path) > 1 and handles.is_id("youtube", path[1])
        return _named("youtube", "", path[1]) if is_channel else None
    if first in {"c", "user"} and len(path) > 1:
        return _named("youtube", "", path[1], OLD_ADDRESS)
    if host.endswith("youtu.be") or first in {
        "", "watch", "shorts", "live", "playlist", "embed", "results", "hashtag", "feed", "post",
        "clip", "v", "redirect", "premium", "gaming",
    }:  # fmt: skip
        return None
    return _named("youtube", "", first, OLD_ADDRESS)


def _signed(platform: str) -> Reader:
    """The account is a part of the path that begins with the sign."""

    def read(host: str, path: list[str], query: Query) -> Reference | None:
        return _named(platform, "", path[0]) if path and path[0].startswith("@") else None

    return read


def _tiktok(host: str, path: list[str], query: Query) -> Reference | None:
    if path and path[0] == "t":
        return Reference(None, host, "", SHORTENED)
    return _signed("tiktok")(host, path, query)


def _linkedin(host: str, path: list[str], query: Query) -> Reference | None:
    if len(path) < 2:
        return None
    if path[0] in {"company", "school", "showcase"}:
        return _named("linkedin", "", path[1])
    if path[0] == "in":
        return _named("linkedin", "", f"in/{path[1]}")
    return _named("linkedin", "", path[1].partition("_")[0]) if path[0] == "posts" else None


def _telegram(host: str, path: list[str], query: Query) -> Reference | None:
    if host.count(".") == 2 and host.endswith(".t.me") and not host.startswith("www."):
        return _named("telegram", "", host.partition(".")[0])
    if path and (path[0].startswith("+") or path[0] == "joinchat"):
        return Reference("telegram", host, "", INVITATION)
    path = path[1:] if path and path[0] == "s" else path
    return _first("telegram", "c", "share", "addstickers", "proxy")(host, path, query)


def _whatsapp(host: str, path: list[str], query: Query) -> Reference | None:
    if host == "chat.whatsapp.com":
        return Reference("whatsapp", host, "", INVITATION)
    if host.endswith("wa.me") or (path and path[0] == "send"):
        return Reference("whatsapp", host, "", PHONE)
    if len(path) > 1 and path[0] == "channel":
        return _named("whatsapp", "", handles.whatsapp_address(path[1]))
    return None


def _bluesky(host: str, path: list[str], query: Query) -> Reference | None:
    return _named("bluesky", "", path[1]) if len(path) > 1 and path[0] == "profile" else None


_BY_PLATFORM: Mapping[str, tuple[Reader, tuple[str, ...]]] = {
    "instagram": (_instagram, ("instagram.com", "instagr.am", "ig.me")),
    "facebook": (_facebook, ("facebook.com", "fb.com", "fb.me", "m.me", "fb.gg")),
    "x": (_x, ("x.com", "twitter.com")),
    "youtube": (_youtube, ("youtube.com", "youtu.be", "youtube-nocookie.com")),
    "tiktok": (_tiktok, ("tiktok.com",)),
    "threads": (_signed("threads"), ("threads.net", "threads.com")),
    "linkedin": (_linkedin, ("linkedin.com",)),
    "telegram": (_telegram, ("t.me", "telegram.me", "telegram.dog")),
    "whatsapp": (_whatsapp, ("whatsapp.com", "wa.me")),
    "bluesky": (_bluesky, ("bsky.app",)),
}
_SITES: dict[str, Reader] = {
    site: reader for reader, sites in _BY_PLATFORM.values() for site in sites
}
_PLATFORM_OF: dict[str, str] = {
    site: platform for platform, (_reader, sites) in _BY_PLATFORM.items() for site in sites
}
# The sites of the platforms, for those who ask whether a host is or resembles one.
PLATFORM_SITES: Mapping[str, str] = _PLATFORM_OF
