"""Texts that are built to take a reader's time, or to fell it: each ends in words or a refusal.

Of each there is so much that a reader whose time grows with its square needs minutes.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from html import escape

import pytest

from govsocial.platforms import markup, text
from govsocial.platforms.clock import moment
from govsocial.platforms.errors import BadAnswer, NotFound
from govsocial.platforms.feed import reading
from govsocial.platforms.feed.discovery import find_feeds
from govsocial.platforms.feed.fetching import Document
from govsocial.platforms.feed.reading import Feed
from tests.gathering import each
from tests.platforms import mastodon_stage
from tests.platforms.fakes import Reply, Server
from tests.platforms.feed_stage import HOME, JSON_FEED
from tests.platforms.test_hostile_addresses import session_of

MUCH = 50_000
MANY_DIGITS = "&#" + "9" * 5_000
UNITS = [
    *(
        "<a ",
        "<!--",
        "<![CDATA[",
        "</",
        '<a b="',
        "<a b='",
        "&",
        "&#",
        "<script>",
        '<a "',
        "<",
        "<a",
    ),
    *("</script", "<template>", "<title>", "<?", "<a\n\n\n", "&#9", '"', "&" + "a" * 32, "<p>"),
]
PEOPLE = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'


@contextmanager
def soon() -> Iterator[None]:
    """Generous: all of this takes less than a second, and took minutes."""
    started = time.process_time()
    yield
    assert time.process_time() - started < 3.75


def many(unit: str, size: int = MUCH) -> str:
    return unit * (size // len(unit))


def read(body: str | bytes, media_type: str = "application/xml") -> Feed:
    content = body if isinstance(body, bytes) else body.encode()
    place = "https://kota.example/feed.xml"
    document = Document(place, place, content, media_type=media_type)
    with soon():
        return reading.read(document, now=datetime.now(UTC))


def article(inner: str, *, root: str = "") -> str:
    return (
        f'<rss version="2.0" {root}><channel><title>K</title>'
        f"<item><guid>1</guid>{inner}</item></channel></rss>"
    )


def numbered(name: str, count: int) -> str:
    return " ".join(f'{name}{number}="{number}"' for number in range(count))


@each("unit", UNITS)
def test_what_closes_nowhere_is_read_once(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "LONGEST_HTML", MUCH)
    with soon():
        text.html_to_text(many(unit))
        assert text.html_to_text(f"<p>Halo</p>{many(unit)}").startswith("Halo")


def test_elements_that_are_not_shown_are_closed_once() -> None:
    with soon():
        assert text.html_to_text("<template>" * 10_000 + "</x>" * 20_000) == ""
    assert text.html_to_text("<template><b>x</template></b>Halo") == "Halo"


@each(
    ("content", "read_as"),
    [
        ("5 < 6 > 4", "5 < 6 > 4"),
        ("<p>suhu <b", "suhu <b"),
        ("a<!-- <p>b</p> -->c", "ac"),
        ("a<!-- b", "a"),
        ("a<!-->b<!--->c<!-- d --!>e<!---->f<!-- > --g-->h", "abcefh"),
        ("a<![CDATA[b]]>c<?php d ?>e<!doctype html>f", "acef"),
        ("<script>if (a</b) '<p>'</SCRIPT >Halo", "Halo"),
        ("<title>a <b></title>Halo", "Halo"),
        ('<a title="a > b" href=https://k.example/…>k…</a>', "https://k.example/…"),
        ("<a href='https://k.example/?a&amp;b'>k…</a>", "https://k.example/?a&b"),
        ("<P CLASS=x>a<BR/>b</P\n><p/>c", "a\nb\n\nc"),
        ("don't <p don't>a</p>", "don't \n\na"),
        (f"a{MANY_DIGITS};b&#x{'f' * 5_000};c&#{'0' * 9}65 &#65;", "a�b�c� A"),
    ],
)
def test_html_is_read_as_browsers_read_it(content: str, read_as: str) -> None:
    assert text.html_to_text(content) == read_as


def test_more_of_a_text_than_anybody_writes_is_left_out() -> None:
    assert len(text.html_to_text("a" * 1_000_000)) == text.LONGEST_HTML


@each("unit", UNITS)
def test_a_feed_whose_texts_close_nowhere_is_read(unit: str) -> None:
    told = escape(many(unit))
    found = read(article(f"<title>Halo</title><description>{told}</description>"))
    assert found.entries[0].title == "Halo"
    assert len(found.entries[0].text) < 2 * reading.LONGEST_TEXT
    items = [{"id": str(n), "content_html": "Halo" + many(unit, 20_000)} for n in range(20)]
    body = json.dumps({**JSON_FEED, "items": items})
    assert len(read(body).entries) == 20


@each(
    "feed",
    [
        article("", root=numbered("a", 40_000)),
        article("", root=" ".join(f'xmlns:a{n}="u{n}"' for n in range(10_000))),
        article(f"<description><p {numbered('a', 40_000)}/></description>"),
        article(f'<enclosure url="{"a" * 100_000}"/>'),
        article(f'<x xml:base="https://k.example/{"a/" * 50_000}">{"<y/>" * 20_000}</x>'),
        article(f"<author>{'a' * 400_000}</author>"),
        article(f"<dc:creator>{'&#97;' * 200_000}</dc:creator>", root=PEOPLE),
        article(f"<author>{'a<![CDATA[a]]>' * 50_000}</author>"),
        article(f"<webMaster>a {'b.' * 200_000}</webMaster>"),
        article("<x a='1'/>" * 60_000),
    ],
)
def test_a_feed_with_more_than_one_can_need_is_refused(feed: str) -> None:
    with pytest.raises(BadAnswer, match="too large or too broken"):
        read(feed)
    assert read(article(f"<author>{'Sekretariat Daerah ' * 50}</author>")).entries


@each(
    "feed",
    [
        "\n" * 500_000 + article(""),
        f"<?xml version='1.0'?><!--{many('<!DOCTYPE ' + chr(10))}-->{article('')}",
        f"<?xml version='1.0'?><!--{many('encoding=' + chr(39))}-->{article('')}",
        f"<?xml version='1.0' encoding='punycode'?>{article('')}<!--{'a-b9' * 100_000}-->",
        f"<b></c>{article('')}<author>{'a' * 250_000}</author>",
        f"<b></c>{article(f'<dc:creator>{chr(97) * 250_000}</dc:creator>')}",
        f"<b></c>{article('')}<x xml:base='http://a/{'a/' * 70_000}'>{'<y/>' * 30_000}",
        f"<b></c>{article('')}<x {numbered('a', 20_000)}/>",
        *(f"<b></c>{article('')}{many(unit, 30_000)}" for unit in UNITS),
    ],
)
def test_a_feed_that_is_hard_to_guess_at_is_read_in_time(feed: str) -> None:
    try:
        found = read(feed)
    except BadAnswer:
        return
    assert [one.id for one in found.entries] == ["1"]


@each(
    "feed",
    [
        article(f"<title>a{MANY_DIGITS};b</title>"),
        article(f"<title>a{escape(MANY_DIGITS)};b</title>"),
        article(f"<title><![CDATA[a{MANY_DIGITS};b]]></title>"),
        article(f"<title>a{MANY_DIGITS};b</title><b>"),
        article("<title>a&#9999999;b</title><b>"),
        article("<title>a&#xD800;b</title>"),
        article("<title>a&#0;b</title>"),
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id>'
        f'<title type="html">a{escape(MANY_DIGITS)};b</title>'
        f'<content type="html">c{escape(MANY_DIGITS)};d</content></entry></feed>',
        '{"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", '
        f'"title": "a{MANY_DIGITS};b", "content_html": "c{MANY_DIGITS};d"}}]}}',
    ],
)
def test_a_reference_to_no_character_does_not_cost_the_article(feed: str) -> None:
    (entry,) = read(feed).entries
    assert (entry.id, entry.title) == ("1", "a�b")


def test_a_feed_that_its_parser_cannot_bear_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_given: object, **_named: object) -> None:
        raise AttributeError("author")

    feed = article("<title>a</title>")
    assert read(feed).entries
    monkeypatch.setattr("feedparser.parse", fails)
    with pytest.raises(BadAnswer):
        read(feed)


@each("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le"])
def test_a_feed_is_read_by_the_mark_of_its_encoding(encoding: str) -> None:
    told = f"<?xml version='1.0' encoding='utf-16'?>{article('<title>café</title>')}"
    if encoding.startswith("utf-8"):
        told = told.replace("utf-16", "utf-8")
    assert read(told.encode(encoding), "text/xml").entries[0].title == "café"


@pytest.mark.parametrize(
    ("told", "charset", "encoded"),
    [("", "iso-8859-1", "latin-1"), ("windows-1252", "", "cp1252"), ("", "", "cp1252")],
)
def test_a_feed_is_read_by_what_it_says_of_its_encoding(
    told: str, charset: str, encoded: str
) -> None:
    declared = f"<?xml version='1.0' encoding='{told}'?>" if told else ""
    feed = declared + article("<title>café</title>")
    media_type = f'application/xml; charset="{charset}"' if charset else "application/xml"
    assert read(feed.encode(encoded), media_type).entries[0].title == "café"


@each("unit", [*UNITS, MANY_DIGITS, f'<link rel="{MANY_DIGITS}">'])
def test_a_home_page_is_searched_in_time(server: Server, unit: str) -> None:
    link = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'
    server.on(HOME, Reply(200, f"{link}{many(unit)}".encode()), Reply(200, many(unit).encode()))
    with soon():
        found = find_feeds(session_of(server), f"{server.base}/")
        assert [one.url for one in found] == [f"{server.base}/feed.xml"]
        with pytest.raises(NotFound):
            find_feeds(session_of(server), f"{server.base}/")


@each("unit", [*UNITS, MANY_DIGITS])
def test_a_status_that_closes_nowhere_is_collected_and_found(server: Server, unit: str) -> None:
    mastodon_stage.good(server)
    told = [mastodon_stage.status(7, many(unit)), mastodon_stage.status(6, "<p>Halo</p>")]
    server.on(mastodon_stage.POSTS, Reply(200, told))
    client = mastodon_stage.client(server)
    with soon():
        assert [one.platform_id for one in client.posts().posts] == ["7", "6"]
        sent = client.find(mastodon_stage.outgoing(images=[]))
    assert sent is not None
    assert sent.platform_id == "6"


def test_a_reference_of_any_length_is_one_character() -> None:
    assert markup.unescaped(f"a{MANY_DIGITS};&amp;&#x1F600;&#39;&#") == "a�&😀'&#"


@pytest.mark.parametrize("year", ["9" * 12, "9" * 5_000])
def test_a_day_that_no_calendar_knows_is_none(year: str) -> None:
    assert moment(f"Sun, 22 Nov {year} 08:00:00 +0700") is None
    assert moment(f"{year}-11-22") is None
