"""Finding the feed of a website on its home page (``<link rel="alternate">``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from govsocial.platforms import markup
from govsocial.platforms.errors import NotFound
from govsocial.platforms.feed import reading
from govsocial.platforms.feed.fetching import Document, fetch, joined, safe_link
from govsocial.platforms.http import Session

_TYPES = {
    "application/atom+xml",
    "application/rss+xml",
    "application/rdf+xml",
    "application/feed+json",
    "application/json",
}
_MOST = 20


@dataclass(frozen=True, slots=True)
class FeedLink:
    url: str
    title: str


def find_feeds(session: Session, url: str) -> Sequence[FeedLink]:
    """The feeds of the page at ``url``, as it lists them; ``url`` itself when it is a feed.

    Raises ``NotFound`` when there is none, and whatever ``fetch`` raises.
    """
    document = fetch(session, url)
    if reading.is_feed(document, now=datetime.now(UTC)):
        return [FeedLink(document.url, "")]
    found = [
        FeedLink(link, title)
        for href, title in _links(document)
        if (link := safe_link(session, href))
    ]
    if not found:
        host = urlsplit(document.base).hostname
        raise NotFound(f"GET {host}: this page names no feed; enter the address of the feed.")
    return list({one.url: one for one in reversed(found)}.values())[::-1][:_MOST]


def _links(document: Document) -> list[tuple[str, str]]:
    page = _Head()
    page.read((document.body or b"").decode("utf-8", "replace"))
    # Browsers pass over a base that is no address as well.
    base = joined(document.base, page.base) or document.base
    return [(joined(base, href), title) for href, title in page.links]


class _Head(markup.Reader):
    """Reads the links of a page's head; what stands in the body is the words of others."""

    def __init__(self) -> None:
        self.base = ""
        self.links: list[tuple[str, str]] = []

    def starts(self, tag: str, attributes: markup.Attributes) -> None:
        if tag == "body":
            self.finished = True
        elif tag == "base" and not self.base:
            self.base = attributes.get("href", "").strip()
        elif (
            tag == "link"
            and "alternate" in attributes.get("rel", "").lower().split()
            and attributes.get("type", "").lower().partition(";")[0].strip() in _TYPES
            and attributes.get("href", "").strip()
        ):
            title = attributes.get("title", "").strip()[:200]
            self.links.append((attributes["href"].strip(), title))

    def ends(self, tag: str) -> None:
        self.finished = self.finished or tag == "head"
