"""Addresses that a platform or a website sends and that are none: a refusal of ours, no crash."""

from __future__ import annotations

import random

import pytest

from govsocial.platforms.errors import BadAnswer, HostRefused, NotFound, PlatformError
from govsocial.platforms.feed.client import FeedClient
from govsocial.platforms.feed.discovery import find_feeds
from govsocial.platforms.http import Answer, Session
from govsocial.platforms.mastodon.client import _next_cursor
from govsocial.platforms.x.posts import _is_of_media
from tests.gathering import each
from tests.platforms.fakes import MemoryStore, Reply, Server
from tests.platforms.feed_stage import HOME, client_of
from tests.platforms.test_feed import RSS

NONE = [
    "http://[",
    "http://[::1]]/",
    "//[",
    "http://\u2100.example/",
    "http://x:99999999/",
    "\\\\x",
]
XML = "GET /feed.xml"


def session_of(server: Server) -> Session:
    client = client_of(server, MemoryStore())
    assert isinstance(client, FeedClient)
    return client._session


@each("address", [one for one in NONE if one.isascii()])
def test_a_feed_that_moved_to_no_address_is_refused(server: Server, address: str) -> None:
    client = client_of(server, MemoryStore(feed_url=f"{server.base}/feed.xml"))
    server.on(XML, Reply(301, headers={"Location": address}))
    with pytest.raises(HostRefused, match="does not go"):
        client.posts()


@each("address", NONE)
def test_a_page_whose_base_is_no_address_is_read_as_if_it_had_none(
    server: Server, address: str
) -> None:
    link = '<link rel="alternate" type="application/rss+xml" href="{}">'
    page = f'<head><base href="{address}">{link.format("/feed.xml")}{link.format(address)}</head>'
    server.on(HOME, Reply(200, page.encode(), {"Content-Type": "text/html; charset=utf-8"}))
    try:
        found = find_feeds(session_of(server), f"{server.base}/")
    except NotFound:
        # Where the base can be joined to, it leads to a host that nobody may be sent to.
        assert address not in {"http://[", "//["}
    else:
        assert f"{server.base}/feed.xml" in [one.url for one in found]


def changed(chance: random.Random, text: str) -> bytes:
    data = bytearray(text.encode())
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(data))
        match chance.randrange(3):
            case 0:
                data[at] = chance.choice(b'<>/"=&[]:\x00\xff ')
            case 1:
                del data[at : at + chance.randint(1, 30)]
            case _:
                data[at:at] = chance.choice(["http://[", "<base href='//['>", "&#0;"]).encode()
        if not data:
            break
    return bytes(data)


def test_no_change_of_a_feed_is_more_than_a_refusal(server: Server) -> None:
    chance = random.Random(7)
    store = MemoryStore(feed_url=f"{server.base}/feed.xml")
    told = {"Content-Type": "application/xml"}
    server.on(XML, *(Reply(200, changed(chance, RSS), told) for _ in range(150)))
    refusals = 0
    for _ in range(150):
        try:
            client_of(server, store).posts()
        except PlatformError:
            refusals += 1
    assert 0 < refusals < 150


def test_a_link_in_a_post_of_x_that_is_no_address_is_no_picture_of_it() -> None:
    assert not _is_of_media("https://[")
    assert _is_of_media("https://x.com/kota/status/1/photo/1")


def test_a_next_page_of_mastodon_that_is_no_address_is_a_bad_answer() -> None:
    with pytest.raises(BadAnswer, match="no address"):
        _next_cursor(leading_to("http://["))
    assert _next_cursor(leading_to("https://m.example/x?max_id=7")) == "7"


def leading_to(address: str) -> Answer:
    return Answer(200, {"Link": f'<{address}>; rel="next"'}, b"[]", "GET m.example/x")
