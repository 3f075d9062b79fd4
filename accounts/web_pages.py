"""When two addresses are of the same page. Pure functions on text, on addresses without scheme."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from accounts import handles, leads
from accounts.reading import tidy

_FILE = re.compile(r"(?<![^/])[\w-]+\.(?:php\d?|html?|aspx?|jsp|cgi|cfm)(?=/|$)", re.IGNORECASE)
# The wikis of Wikimedia, also as telephones are led to them; what their app adds is of no page.
_FOR_PHONES = re.compile(
    r"(?P<before>(?:[\w-]+\.)*?)(?:m\.)?(?P<site>(?:mediawiki|wikibooks|wikidata|wikimedia|wikinews"
    r"|wikipedia|wikiquote|wikisource|wikiversity|wikivoyage|wiktionary)\.org)",
    re.IGNORECASE,
)
# Decoded, these would be parts of the address and no longer signs of a name.
_MEANING = re.compile(r"[\s%/?#\\<>\"{}|^`]")


def address(server: str, path: str, query: str = "", fragment: str = "") -> str:
    """The page in the one spelling in which it is shown: letters as letters, marks of links gone.

    Reads back as the same. The place on the page stays only where it may lead to another site.
    """
    parts = [plain for part in path.split("/") if (plain := _plain(part))]
    pairs = [
        pair
        for pair in parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
        if not leads.is_added(*pair)
    ]
    kept = urlencode(pairs, errors="surrogateescape")
    page = handles.address_of(server, "".join(f"/{part}" for part in parts), kept)
    whole = f"{page}#{fragment}"
    return whole if fragment and _leads_by_fragment(server, page, whole) else page


def _leads_by_fragment(server: str, page: str, whole: str) -> bool:
    """Whether the fragment names another site, or a page that leads on to what the query does."""
    fragment = whole[len(page) :]
    return bool(leads.of(f"{server}{fragment}")) or leads.is_lost(whole, page)


def untracked(link: str) -> str:
    """``link`` as it is written, without what apps and mailings add."""
    page, _mark, query = link.partition("?")
    pairs = [part.partition("=") for part in query.split("&")]
    kept = ["".join(pair) for pair in pairs if not leads.is_added(pair[0], pair[2])]
    return f"{page}?{'&'.join(kept)}" if any(kept) else page


def place(written: str) -> str:
    """Equal for two spellings of the same page, capitals aside: not surely the same one."""
    try:
        parts = urlsplit(f"//{written}")
    except ValueError:
        return handles.small(written)
    page, mark, query = address(parts.netloc, parts.path, parts.query).partition("?")
    return f"{handles.small(page)}{mark}{query}"


def exact(written: str) -> str:
    """Equal for two spellings of what surely is the same page: capitals count in its path, where a
    wiki or a shortener has one page for each spelling, and not in the name of a file."""
    try:
        parts = urlsplit(f"//{written}")
    except ValueError:
        return handles.small(written)
    server, query = parts.netloc, parts.query
    if found := _FOR_PHONES.fullmatch(server):
        server = f"{found['before']}{found['site']}"
        query = "&".join(one for one in query.split("&") if not one.startswith("wprov="))
    page, mark, query = address(server, parts.path, query).partition("?")
    host, slash, path = page.partition("/")
    path = _FILE.sub(lambda name: handles.small(name.group()), path)
    return f"{handles.small(host)}{slash}{path}{mark}{query}"


def site(page: str) -> str:
    """The server in an address, with its port."""
    return re.split(r"[/?]", page, maxsplit=1)[0]


def above(page: str) -> str:
    """The ``place`` that this one is a page of; empty above a whole site."""
    whole = re.split(r"[?#]", page, maxsplit=1)[0]
    return whole if whole != page else whole.rpartition("/")[0]


def within(page: str, longest: int) -> str:
    """``page`` if it is no longer than that, else the first above it that is: cut off, it would
    be the address of another page."""
    while len(page) > longest and "/" in page:
        page = above(page)
    return page[:longest]


def _plain(part: str) -> str:
    decoded = unquote(part)
    plain, altered = tidy(decoded)
    if altered and "%" in part:
        # Signs that nobody sees, or that look like others, make it another page to the server.
        return part
    return _MEANING.sub(lambda sign: quote(sign.group(), safe=""), plain)
