"""A website with a feed, for the tests of its client."""

from __future__ import annotations

from typing import Any

from govsocial.platforms.base import PlatformClient
from govsocial.platforms.registry import connect
from tests.platforms.conftest import QUICK
from tests.platforms.fakes import MemoryStore, Reply, Server

FEED = "GET /feed.json"
HOME = "GET /"
PROFILE = POSTS = FEED
PUBLISH = ""
SECRETS = ()
JSON_FEED: dict[str, Any] = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Kota Samudra",
    "home_page_url": "https://samudrakota.example/",
    "items": [
        {
            "id": "berita-2",
            "url": "https://samudrakota.example/berita/2",
            "title": "Pasar murah",
            "content_html": "<p>Pasar murah di <b>Alun-alun</b>.</p>",
            "date_published": "2026-11-22T08:00:00+07:00",
        },
        {
            "id": "berita-1",
            "url": "https://samudrakota.example/berita/1",
            "content_text": "Jadwal vaksinasi <bulan ini>.",
            "date_published": "2026-11-20T08:00:00+07:00",
        },
    ],
}


def client_of(server: Server, store: MemoryStore) -> PlatformClient:
    return connect(
        "feed",
        host=server.base,
        handle="samudrakota.example",
        secrets=store,
        allowed_private={server.host},
        timing=QUICK,
    )


def client(server: Server, **secret: str) -> PlatformClient:
    return client_of(server, MemoryStore(**{"feed_url": f"{server.base}/feed.json", **secret}))


def good(server: Server) -> None:
    server.on(FEED, Reply(200, JSON_FEED, {"Content-Type": "application/feed+json"}))
