"""The made-up city's website and its three feeds, and our client reading them."""

from __future__ import annotations

from datetime import datetime

import feedparser
import pytest

from govsocial.platforms.base import PlatformClient
from govsocial.platforms.errors import PermissionMissing, RateLimited, Unavailable
from govsocial.platforms.registry import connect
from govsocial.training.app import TrainingPlatforms
from tests.platforms.conftest import QUICK
from tests.platforms.fakes import MemoryStore
from tests.training.conftest import CONTROL, Caller

FEEDS = ["/feed/rss.xml", "/feed/atom.xml", "/feed/feed.json"]


def reader(served: Caller, store: MemoryStore) -> PlatformClient:
    host = served.base.removeprefix("http://")
    return connect(
        "feed",
        host=served.base,
        handle="samudrakota.example",
        secrets=store,
        allowed_private={host},
        timing=QUICK,
    )


@pytest.mark.parametrize("path", FEEDS)
def test_every_feed_says_the_same(served: Caller, path: str) -> None:
    client = reader(served, MemoryStore(feed_url=served.base + path))
    profile = client.profile()
    posts = client.posts().posts
    assert profile.display_name == "Portal Berita Kota Samudra"
    assert len(posts) == 20
    other = reader(served, MemoryStore(feed_url=served.base + FEEDS[0])).posts().posts
    assert [(one.platform_id, one.permalink, one.posted_at, one.text) for one in posts] == [
        (one.platform_id, one.permalink, one.posted_at, one.text) for one in other
    ]
    article = served.get(posts[0].permalink.removeprefix(served.base))
    assert article.status_code == 200
    assert posts[0].text.partition("\n")[0].rstrip("…") in article.text.replace("&quot;", '"')


def test_a_reader_that_we_did_not_write_sees_the_same_articles(served: Caller) -> None:
    ours = reader(served, MemoryStore(feed_url=f"{served.base}/feed/atom.xml")).posts().posts
    parsed = feedparser.parse(f"{served.base}/feed/atom.xml")
    assert [entry.id for entry in parsed.entries] == [one.platform_id for one in ours]
    assert [datetime(*entry.published_parsed[:6]) for entry in parsed.entries] == [  # noqa: DTZ001 - compared without zone
        one.posted_at.replace(tzinfo=None) for one in ours
    ]


def test_the_feed_is_found_on_the_home_page_and_not_sent_twice(served: Caller) -> None:
    store = MemoryStore()
    first = reader(served, store)
    assert first.profile().platform_id == f"{served.base.removeprefix('http://')}/feed/rss.xml"
    assert len(first.posts().posts) == 20
    assert store.load()["etag"]
    assert reader(served, store).posts().posts == []


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("rate_limited", RateLimited),
        ("server_error", Unavailable),
        ("drop_before_accept", Unavailable),
        ("revoked_token", PermissionMissing),
    ],
)
def test_the_website_misbehaves_on_command(
    served: Caller, kind: str, error: type[Exception]
) -> None:
    order = {"kind": kind, "account": "feed:samudrakota", "times": None, "retry_after": 90}
    headers = {"X-Training-Control": CONTROL}
    assert served.post("/training/behave", json=order, headers=headers).status_code == 201
    with pytest.raises(error):
        reader(served, MemoryStore(feed_url=f"{served.base}/feed/rss.xml")).posts()


def test_the_site_has_pages_for_people(caller: Caller, app: TrainingPlatforms) -> None:
    home = caller.get("/situs/")
    assert "Portal Berita Kota Samudra" in home.text
    assert home.text.count('<li class="card">') == 20
    assert caller.get("/situs/berita/1").status_code == 404
    assert caller.post("/feed/rss.xml").status_code == 405
    assert "<script" not in home.text
