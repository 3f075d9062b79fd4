"""The reader of websites: what a feed says, and what a hostile one must not do."""

from __future__ import annotations

import socket
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from govsocial.platforms.base import PlatformClient, PostKind
from govsocial.platforms.errors import (
    BadAnswer,
    HostRefused,
    NotFound,
    NotOffered,
    PermissionMissing,
    PlatformError,
)
from govsocial.platforms.feed.client import FeedClient
from govsocial.platforms.feed.discovery import find_feeds
from govsocial.platforms.http import Session
from govsocial.platforms.registry import spec
from tests.platforms.fakes import MemoryStore, Received, Reply, Server
from tests.platforms.feed_stage import FEED, HOME, JSON_FEED, client_of
from tests.platforms.stages import load

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
XML = "GET /feed.xml"
RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Kota &amp; Warga</title><link>https://kota.example/</link>
<item><guid isPermaLink="false">berita-7</guid><title>Pasar murah</title><link>/berita/7</link>
<description>&lt;p&gt;Beras &lt;b&gt;murah&lt;/b&gt;&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;
</description><pubDate>Sun, 22 Nov 2026 08:00:00 +0700</pubDate></item>
<item><title>Tanpa guid</title><link>https://kota.example/berita/6</link></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Kota</title><id>urn:kota</id>
<link href="https://kota.example/"/><entry><id>tag:kota.example,2026:7</id>
<title type="html">Pasar &amp;lt;murah&amp;gt;</title><link href="https://kota.example/berita/7"/>
<updated>2026-11-22T01:00:00Z</updated><content type="html">&lt;p&gt;Beras&lt;/p&gt;</content>
</entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://kota.example/"><title>Kota</title><link>https://kota.example/</link>
</channel><item rdf:about="https://kota.example/berita/7"><title>Pasar murah</title>
<link>https://kota.example/berita/7</link><dc:date>2026-11-22T01:00:00Z</dc:date>
<description>Beras</description></item></rdf:RDF>"""
OLD = """<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"
 "http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel>
<title>Kota</title><link>https://kota.example/</link><item><title>Pasar murah</title>
<link>https://kota.example/berita/7</link><description>Beras</description></item></channel></rss>"""


@pytest.fixture
def store(server: Server) -> MemoryStore:
    return MemoryStore(feed_url=f"{server.base}/feed.xml")


@pytest.fixture
def client(server: Server, store: MemoryStore) -> PlatformClient:
    return client_of(server, store)


def says(server: Server, text: str | bytes, **headers: str) -> None:
    body = text if isinstance(text, bytes) else text.encode()
    server.on(XML, Reply(200, body, {"Content-Type": "application/xml", **headers}))


def items(*inner: str) -> str:
    return f'<rss version="2.0"><channel><title>K</title>{"".join(inner)}</channel></rss>'


def test_an_article_has_its_identity_its_words_and_no_numbers(
    server: Server, client: PlatformClient
) -> None:
    says(server, RSS)
    profile = client.profile()
    assert (profile.display_name, profile.url) == ("Kota & Warga", "https://kota.example/")
    assert profile.platform_id == f"{server.host}/feed.xml"
    assert profile.handle == "samudrakota.example"
    assert (profile.followers, profile.following, profile.posts) == (None, None, None)
    page = client.posts()
    undated, first = page.posts
    assert page.next_cursor is None
    assert first.platform_id == "berita-7"
    assert first.permalink == f"{server.base}/berita/7"
    assert first.text == "Pasar murah\n\nBeras murah"
    assert first.posted_at == datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
    assert (first.kind, first.definition) == (PostKind.POST, "feed/1")
    assert (first.likes, first.views, first.shares, first.comments) == (None, None, None, None)
    assert undated.platform_id == undated.permalink == "https://kota.example/berita/6"
    assert len(server.received) == 1, "the profile and the posts are one fetch"
    assert spec("feed").native_names == {}


@pytest.mark.parametrize("feed", [RSS, ATOM, RDF, OLD], ids=["rss2", "atom", "rss1", "rss0.91"])
def test_every_kind_of_feed_is_read(server: Server, client: PlatformClient, feed: str) -> None:
    says(server, feed)
    posts = client.posts().posts
    assert any("Pasar" in post.text and "Beras" in post.text for post in posts)
    assert all(post.permalink.startswith("http") for post in posts)
    assert all("<" not in post.text.replace("<murah>", "") for post in posts)


def test_a_json_feed_is_read_and_plain_text_in_it_is_not_html(server: Server) -> None:
    server.on(FEED, Reply(200, JSON_FEED))
    client = client_of(server, MemoryStore(feed_url=f"{server.base}/feed.json"))
    first, second = client.posts().posts
    assert (first.platform_id, first.text) == (
        "berita-2",
        "Pasar murah\n\nPasar murah di Alun-alun.",
    )
    assert second.text == "Jadwal vaksinasi <bulan ini>."


def test_a_feed_in_another_encoding_is_read(server: Server, client: PlatformClient) -> None:
    words = RSS.replace("utf-8", "iso-8859-1").replace("Beras", "Bér&#97;s")
    says(server, words.encode("iso-8859-1"))
    assert "Béras" in client.posts().posts[-1].text


def test_an_article_without_a_date_that_can_be_keeps_the_time_it_was_first_seen(
    server: Server, store: MemoryStore
) -> None:
    dates = ["", "<pubDate>kemarin</pubDate>", "<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>"]
    dates += ["<pubDate>Sun, 22 Nov 2037 08:00:00 GMT</pubDate>"]
    says(server, items(*(f"<item><guid>{n}</guid>{d}</item>" for n, d in enumerate(dates))))
    with time_machine.travel(NOW, tick=False):
        first = client_of(server, store).posts().posts
    assert {post.posted_at for post in first} == {NOW}
    assert all(post.raw["first_seen"] == NOW.isoformat() for post in first)
    with time_machine.travel(NOW + timedelta(days=3), tick=False):
        again = client_of(server, store).posts().posts
        says(server, items("<item><guid>9</guid></item>"))
        (other,) = client_of(server, store).posts().posts
    assert {post.posted_at for post in again} == {NOW}
    assert other.posted_at == NOW + timedelta(days=3)
    assert "0" not in store.load()["first_seen"].split('"'), "what left the feed is forgotten"


def test_a_feed_that_did_not_change_is_not_sent_again_and_once_a_day_it_is(
    server: Server, store: MemoryStore
) -> None:
    def answer(received: Received) -> Reply:
        if received.headers.get("If-None-Match") == '"v1"':
            assert received.headers["If-Modified-Since"] == "Sun, 22 Nov 2026 01:00:00 GMT"
            return Reply(304, b"")
        marks = {"ETag": '"v1"', "Last-Modified": "Sun, 22 Nov 2026 01:00:00 GMT"}
        return Reply(200, RSS.encode(), marks)

    server.on(XML, answer)
    with time_machine.travel(NOW, tick=False):
        assert len(client_of(server, store).posts().posts) == 2
        unchanged = client_of(server, store)
        assert unchanged.profile().display_name == "Kota & Warga"
        assert unchanged.posts().posts == []
        rotations = store.rotations
        assert len(client_of(server, store).metrics(["berita-7"])) == 1
    assert store.rotations == rotations == 1
    with time_machine.travel(NOW + timedelta(hours=25), tick=False):
        assert len(client_of(server, store).posts().posts) == 2


def test_what_left_the_feed_is_not_said_to_be_gone(server: Server, client: PlatformClient) -> None:
    says(server, RSS)
    with pytest.raises(NotOffered):
        client.metrics(["berita-7", "berita-1"])


def test_nothing_is_published_deleted_or_found(client: PlatformClient) -> None:
    post = load("feed", __import__("tests.platforms.feed_stage", fromlist=["x"])).outgoing()
    for call in (
        client.check_can_publish,
        lambda: client.publish(post),
        lambda: client.delete("1"),
    ):
        with pytest.raises(NotOffered):
            call()
    assert client.find(post) is None
    assert client.days(date(2026, 11, 1), date(2026, 11, 2)) == []
    assert spec("feed").read_only


def test_a_feed_that_moved_for_good_is_asked_there_from_then_on_and_stays_the_same_account(
    server: Server, store: MemoryStore
) -> None:
    says(server, RSS)
    before = client_of(server, store).profile().platform_id
    server.on(XML, Reply(301, headers={"Location": "/baru/feed.xml?a=1"}))
    server.on("GET /baru/feed.xml", Reply(200, ATOM.encode()))
    assert client_of(server, store).profile().platform_id == before
    assert store.load()["feed_url"] == f"{server.base}/baru/feed.xml?a=1"
    client_of(server, store).posts()
    assert len(server.calls(XML)) == 2


def test_an_article_stays_the_same_when_the_feed_moves(server: Server, store: MemoryStore) -> None:
    feed = items("<item><guid>berita-7</guid><link>/berita/7</link></item>")
    says(server, feed)
    (before,) = client_of(server, store).posts().posts
    server.on(XML, Reply(308, headers={"Location": "/baru/feed.xml"}))
    server.on("GET /baru/feed.xml", Reply(200, feed.encode()))
    (after,) = client_of(server, store).posts().posts
    assert before.platform_id == after.platform_id == "berita-7"
    assert after.permalink == f"{server.base}/berita/7"


def test_a_feed_that_moved_for_now_is_asked_at_its_own_address(
    server: Server, store: MemoryStore
) -> None:
    server.on(XML, Reply(302, headers={"Location": "/kini.xml"}))
    server.on("GET /kini.xml", Reply(301, headers={"Location": "/x.xml"}))
    server.on("GET /x.xml", Reply(200, RSS.encode()))
    assert len(client_of(server, store).posts().posts) == 2
    assert store.load()["feed_url"] == f"{server.base}/feed.xml"


def test_a_feed_is_read_on_another_host_only_through_the_guard_and_while_its_site_says_so(
    server: Server,
) -> None:
    other = Server()
    other.on("GET /feed", Reply(200, RSS.encode()))
    server.on(XML, Reply(301, headers={"Location": f"{other.base}/feed"}))
    store = MemoryStore(feed_url=f"{server.base}/feed.xml")
    with pytest.raises(HostRefused):
        client_of(server, store).posts()
    assert other.received == []
    client = client_of(server, store)
    assert isinstance(client, FeedClient)
    session: Session = client._session
    session.guard.allowed_private = frozenset({server.host, other.host})
    assert len(client.posts().posts) == 2
    assert store.load()["feed_url"] == f"{server.base}/feed.xml"
    other.close()
    says(server, ATOM)
    assert client.posts().posts


def test_redirects_in_a_circle_end(server: Server, client: PlatformClient) -> None:
    server.on(XML, Reply(301, headers={"Location": "/feed.xml"}))
    with pytest.raises(BadAnswer):
        client.posts()
    assert len(server.received) == 5


@pytest.mark.parametrize(
    ("status", "error"),
    [(404, NotFound), (410, NotFound), (401, PermissionMissing), (403, PermissionMissing)],
)
def test_a_feed_that_is_gone_or_closed_says_so(
    server: Server, client: PlatformClient, status: int, error: type[PlatformError]
) -> None:
    server.on(XML, Reply(status, b"<html>"))
    with pytest.raises(PlatformError) as caught:
        client.posts()
    assert type(caught.value) is error
    server.on(XML, Reply(304, b""))
    with pytest.raises(BadAnswer):
        client.posts()


LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
BOMB = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{LAUGHS}]>' + items(
    "<item><title>&l9;</title></item>"
)
QUADRATIC = f'<!DOCTYPE rss [<!ENTITY a "{"a" * 50_000}">]>' + items(
    f"<item><title>{'&a;' * 10_000}</title></item>"
)
FILE = '<!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/passwd">]>' + items(
    "<item><title>&f;</title></item>"
)


@pytest.mark.parametrize(
    "feed",
    [
        BOMB.encode(),
        BOMB.encode("utf-16"),
        (BOMB + "<unclosed").encode(),
        BOMB.replace("<?xml", '<?xml version="1.0" encoding="utf-7"?><?y').encode(),
        QUADRATIC.encode(),
        FILE.encode(),
        b"/etc/passwd",
        b"<html><head><title>Kota</title></head><body>404</body></html>",
        b"",
        b"{" * 100_000,
        b'{"version": "https://jsonfeed.org/version/1.1", "items": ' + b"[" * 50_000,
        b'{"version": "1", "items": []}',
        ("<rss version='2.0'>" + "<a>" * 100_000).encode(),
        (items("<item>" + "<x/>" * 150_000 + "</item>")).encode(),
        ("<rss version='2.0'><channel>" + "<item><b>" * 50_000).encode(),
        b"\0" * 1000,
    ],
    ids=range(16),
)
def test_a_hostile_feed_is_refused_before_it_is_read(
    server: Server, client: PlatformClient, feed: bytes
) -> None:
    says(server, feed)
    started = time.process_time()
    with pytest.raises(BadAnswer):
        client.posts()
    assert time.process_time() - started < 2


def test_only_so_many_articles_and_words_are_read(server: Server, client: PlatformClient) -> None:
    long = "<guid>" + "g" * 400 + "</guid><description>" + "kata " * 1_000 + "</description>"
    says(server, items(*(f"<item>{long.replace('g' * 9, str(n), 1)}</item>" for n in range(300))))
    started = time.process_time()
    posts = client.posts().posts
    assert time.process_time() - started < 5
    assert len(posts) <= 200
    assert all(len(post.text) <= 20_000 and len(post.platform_id) <= 300 for post in posts)


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "http://["]
)
def test_a_link_that_may_not_stand_in_a_page_is_left_out(
    server: Server, client: PlatformClient, link: str
) -> None:
    says(server, items(f"<item><guid isPermaLink='false'>1</guid><link>{link}</link></item>"))
    assert client.posts().posts[0].permalink == ""


def test_the_reader_opens_neither_files_nor_sockets(
    server: Server, client: PlatformClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    says(server, RSS)
    opened: list[Any] = []
    connect = socket.create_connection

    def noted(*arguments: Any, **named: Any) -> socket.socket:
        opened.append(arguments)
        return connect(*arguments, **named)

    monkeypatch.setattr(socket, "create_connection", noted)
    client.posts()
    assert len(opened) == 1


HEAD = """<!doctype html><html><head><base href="/situs/">
<link rel="stylesheet" href="x.css"><link rel="alternate" hreflang="en" href="/en">
<link rel="alternate" type="application/rss+xml" title="Berita" href="rss.xml">
<link rel="ALTERNATE" type="application/atom+xml; charset=utf-8" href="/atom.xml">
<link rel="alternate" type="application/atom+xml" href="/atom.xml">
<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
<link rel="alternate" type="application/rss+xml" href="http://10.0.0.1/x">
<link rel="alternate" type="application/rss+xml" href="http://["></head>
<body><link rel="alternate" type="application/rss+xml" href="/komentar.xml"></body></html>"""


def test_the_feeds_of_a_site_are_found_on_its_home_page(server: Server) -> None:
    server.on(HOME, Reply(200, HEAD.encode(), {"Content-Type": "text/html"}))
    server.on("GET /situs/rss.xml", Reply(200, RSS.encode()))
    store = MemoryStore()
    client = client_of(server, store)
    assert isinstance(client, FeedClient)
    found = find_feeds(client._session, f"{server.base}/")
    assert [(one.url.removeprefix(server.base), one.title) for one in found] == [
        ("/situs/rss.xml", "Berita"),
        ("/atom.xml", ""),
    ]
    assert client.profile().display_name == "Kota & Warga"
    assert store.load()["feed_url"] == f"{server.base}/situs/rss.xml"


def test_a_page_without_a_feed_says_what_to_do(server: Server) -> None:
    server.on(HOME, Reply(200, b"<html><head></head></html>"))
    with pytest.raises(NotFound, match="enter the address of the feed"):
        client_of(server, MemoryStore()).profile()


SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "platform_samples" / "feeds"


@pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="the recorded feeds are not beside this repository"
)
@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("feed_with_audio_video_rss.xml", ["i'm ready to speak", "i'm ready to perform"]),
        ("feed_with_note_rss.xml", ["something i have to say."]),
        ("jsonfeed_feedparser_example.json", ["post 2", "Hello, world!"]),
        ("jsonfeed_note.json", ["A note. link too"]),
    ],
)
def test_a_recorded_feed_is_read(
    server: Server, client: PlatformClient, name: str, texts: list[str]
) -> None:
    says(server, (SAMPLES / name).read_bytes())
    posts = client.posts().posts
    assert len(posts) == len(texts)
    assert all(any(post.text.startswith(text) for post in posts) for text in texts)
    assert all("alert" not in post.text for post in posts)
