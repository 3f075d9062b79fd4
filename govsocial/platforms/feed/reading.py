"""From the bytes of a feed to what it says: RSS 0.9x to 2.0, RSS 1.0, Atom, and JSON Feed.

A feed is hostile until it is proven harmless: XML is looked over first (``defusing``). feedparser
is handed bytes in memory and never an address, so it opens neither a file nor a socket.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from time import struct_time
from typing import Annotated, Any
from urllib.parse import urljoin, urlsplit

import feedparser
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from govsocial.platforms import text
from govsocial.platforms.clock import moment
from govsocial.platforms.errors import BadAnswer
from govsocial.platforms.feed.defusing import Harm, defused
from govsocial.platforms.feed.fetching import Document

MOST_ENTRIES = 200
LONGEST_TEXT = 20_000
LONGEST_ID = 300
_PARSER_FAILS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What feedparser is known to raise for feeds that nobody thought of."""
_EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One article. ``at`` is None where the feed gives no date, or one that cannot be."""

    id: str
    link: str
    title: str
    text: str
    at: datetime | None
    raw: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Feed:
    title: str
    home: str
    entries: list[Entry]


def read(document: Document, *, now: datetime) -> Feed:
    """Raises ``BadAnswer`` for anything that is no feed, or one that is built to do harm."""
    body = document.body or b""
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    feed = _json(body, document) if start == b"{" else _xml(body, document)
    # Of two entries with one identity, the first stands.
    named = {entry.id: entry for entry in reversed(feed.entries) if entry.id}
    entries = [replace(one, at=_believable(one.at, now)) for one in named.values()]
    entries.sort(key=lambda one: one.at or now, reverse=True)
    return Feed(feed.title, feed.home, entries)


def is_feed(document: Document, *, now: datetime) -> bool:
    try:
        read(document, now=now)
    except BadAnswer:
        return False
    return True


def _believable(at: datetime | None, now: datetime) -> datetime | None:
    """Websites write year 1, year 1970 and next year; none of that is when an article came out."""
    return at if at is not None and _EARLIEST <= at <= now + _AHEAD else None


def _refuse(document: Document, why: str) -> BadAnswer:
    return BadAnswer(f"GET {urlsplit(document.base).hostname}: {why}")


# XML


def _xml(body: bytes, document: Document) -> Feed:
    clean = defused(body, document.media_type)
    if isinstance(clean, Harm):
        raise _refuse(document, clean)
    # The encoding is settled. No base of relative addresses is told: the parser would put it before
    # identities as well, and every article would be another one once the feed has moved. It cleans
    # no HTML: that takes time without end, and only the words of it are kept.
    headers = {"content-type": "application/xml; charset=utf-8"}
    parsed = None
    with suppress(*_PARSER_FAILS):
        parsed = feedparser.parse(
            BytesIO(clean),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    if parsed is None:
        raise _refuse(document, Harm.TOO_MUCH)
    if not parsed.version:
        raise _refuse(document, Harm.NO_FEED)
    entries = [_entry(one, document) for one in _newest(parsed.entries, _day_of_entry)]
    about = parsed.feed
    return Feed(_line(about.get("title")), _web(about.get("link"), document.base), entries)


def _entry(one: Mapping[str, Any], document: Document) -> Entry:
    contents = [part.get("value") for part in one.get("content") or () if isinstance(part, Mapping)]
    content = next((part for part in contents if part), None) or one.get("summary") or ""
    dated = "published" if one.get("published") else "updated"
    raw = {
        "id": one.get("id"),
        "link": one.get("link"),
        "title": one.get("title"),
        "published": one.get(dated),
        "author": one.get("author"),
        "tags": [tag.get("term") for tag in one.get("tags") or ()],
        "content": str(content)[:LONGEST_TEXT],
    }
    at = _day_of_entry(one)
    link = _web(one.get("link"), document.base)
    return _made(_id(one.get("id"), link), link, one.get("title"), content, at, raw)


def _day_of_entry(one: Mapping[str, Any]) -> datetime | None:
    # Its own get() would warn of what it once took for the day of a change.
    known = dict(one)
    return _of_struct(known.get(f"{'published' if known.get('published') else 'updated'}_parsed"))


def _of_struct(value: object) -> datetime | None:
    if not isinstance(value, struct_time):
        return None
    try:
        return datetime(*value[:6], tzinfo=UTC)
    except ValueError:
        return None


# JSON Feed (https://www.jsonfeed.org/version/1.1/)


def _as_text(value: Any) -> Any:
    # Identifiers must be texts; numbers are to be taken as such.
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


class _Item(BaseModel):
    model_config = ConfigDict(extra="ignore")
    id: Annotated[str | None, BeforeValidator(_as_text)] = None
    url: str | None = None
    external_url: str | None = None
    title: str | None = None
    content_html: str | None = None
    content_text: str | None = None
    summary: str | None = None
    date_published: str | None = None
    date_modified: str | None = None


class _JsonFeed(BaseModel):
    model_config = ConfigDict(extra="ignore")
    version: str = Field(pattern=r"^https?://jsonfeed\.org/version/1")
    title: str | None = None
    home_page_url: str | None = None
    items: list[dict[str, Any]]


def _json(body: bytes, document: Document) -> Feed:
    try:
        feed = _JsonFeed.model_validate_json(body.removeprefix(b"\xef\xbb\xbf"))
        newest = _newest(feed.items, _day_of_item)
        items = [(_Item.model_validate(raw), raw) for raw in newest]
    except ValidationError:
        feed = None
    if feed is None:
        raise _refuse(document, Harm.NO_FEED)
    entries = [_item(item, raw, document) for item, raw in items]
    return Feed(_line(feed.title), _web(feed.home_page_url, document.base), entries)


def _day_of_item(raw: Mapping[str, Any]) -> datetime | None:
    written = raw.get("date_published") or raw.get("date_modified")
    return moment(written) if isinstance(written, str) else None


def _item(item: _Item, raw: Mapping[str, Any], document: Document) -> Entry:
    link = _web(item.url or item.external_url, document.base)
    content = item.content_html or ""
    plain = item.content_text or item.summary or ""
    written = item.date_published or item.date_modified
    at = moment(written) if written else None
    kept = {
        name: value[:LONGEST_TEXT] if isinstance(value, str) else value
        for name, value in raw.items()
        if name in _Item.model_fields
    }
    made = _made(_id(item.id, link), link, item.title, content, at, kept)
    return made if content else _made(made.id, link, item.title, plain, at, kept, html=False)


# Both


def _newest(
    found: list[dict[str, Any]], day: Callable[[Mapping[str, Any]], datetime | None]
) -> list[dict[str, Any]]:
    """As many as are read, in their order: a feed may begin with its oldest. Those without a day
    come after the others."""
    if len(found) <= MOST_ENTRIES:
        return found
    days = [day(one) or _EARLIEST for one in found]
    newest = sorted(range(len(found)), key=lambda place: days[place], reverse=True)
    return [found[place] for place in sorted(newest[:MOST_ENTRIES])]


def _made(
    name: str,
    link: str,
    title: object,
    content: object,
    at: datetime | None,
    raw: Mapping[str, Any],
    *,
    html: bool = True,
) -> Entry:
    head = _line(title)
    words = str(content)[:LONGEST_TEXT]
    words = text.html_to_text(words) if html else words.strip()
    whole = words if _repeats(head, words) else f"{head}\n\n{words}"
    return Entry(name, link, head, whole.strip(), at, raw)


def _repeats(head: str, words: str) -> bool:
    """Whether the title is the beginning of the text: short notes have none of their own."""
    if head.endswith(("…", "...")):
        return " ".join(words.split()).startswith(head.rstrip("… ."))
    return not head or words.partition("\n")[0].strip() == head


def _id(given: object, link: str) -> str:
    """The article's own identity, else its address; what is too long is named by its digest."""
    name = str(given).strip() if given else link
    if len(name) <= LONGEST_ID:
        return name
    return f"sha256:{hashlib.sha256(name.encode()).hexdigest()}"


def _line(value: object) -> str:
    return " ".join(text.html_to_text(value).split())[:300] if isinstance(value, str) else ""


def _web(value: object, base: str) -> str:
    """An address that may stand in a page, or nothing: a feed's text is not trusted."""
    if not isinstance(value, str) or not value.strip():
        return ""
    try:
        url = urljoin(base, value.strip())
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in {"http", "https"} and parts.hostname else ""
