"""Of a long feed the newest articles are read, in whatever order it lists them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from govsocial.platforms.feed import reading
from govsocial.platforms.feed.fetching import Document
from tests.gathering import each

NOW = datetime(2026, 11, 26, tzinfo=UTC)
PLACE = "https://situs.example/feed"


def read(content: str, media_type: str) -> list[str]:
    document = Document(PLACE, PLACE, content.encode(), media_type=media_type)
    return [one.id for one in reading.read(document, now=NOW).entries]


def days(number: int, *, oldest_first: bool) -> list[tuple[str, datetime]]:
    found = [(f"g{place}", NOW - timedelta(days=number - place)) for place in range(number)]
    return found if oldest_first else found[::-1]


def rss(articles: list[tuple[str, datetime]]) -> str:
    items = "".join(
        f"<item><guid>{name}</guid><pubDate>{at:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
        for name, at in articles
    )
    return f'<rss version="2.0"><channel><title>Situs</title>{items}</channel></rss>'


def json_feed(articles: list[tuple[str, datetime]]) -> str:
    items = [{"id": name, "date_published": at.isoformat()} for name, at in articles]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items})


@each("oldest_first", [True, False])
@each(("write", "media_type"), [(rss, "text/xml"), (json_feed, "text/json")])
def test_the_newest_articles_are_read(write: object, media_type: str, oldest_first: bool) -> None:
    assert callable(write)
    found = read(write(days(260, oldest_first=oldest_first)), media_type)
    assert found == [f"g{place}" for place in range(259, 59, -1)]


def test_of_articles_without_a_day_the_first_are_read() -> None:
    items = "".join(f"<item><guid>g{place}</guid></item>" for place in range(260))
    found = read(f'<rss version="2.0"><channel>{items}</channel></rss>', "text/xml")
    assert sorted(found) == sorted(f"g{place}" for place in range(200))
