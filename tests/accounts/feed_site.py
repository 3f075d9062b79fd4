"""A website with a feed, and the official account that it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from accounts.models import OfficialAccount
from tests import factories
from tests.cast import Cast
from tests.platforms.fakes import Reply, Server
from tests.platforms.feed_stage import FEED, JSON_FEED

HOME = Reply(
    200,
    b'<html><head><link rel="alternate" type="application/feed+json" href="/feed.json"></head>',
    {"Content-Type": "text/html"},
)


@pytest.fixture
def site(settings: Settings) -> Iterator[Server]:
    server = Server()
    server.on("GET /", HOME)
    server.on(FEED, Reply(200, JSON_FEED, {"Content-Type": "application/feed+json"}))
    server.on("GET /tentang", Reply(200, b"<html><head></head>", {"Content-Type": "text/html"}))
    settings.PLATFORM_PRIVATE_HOSTS = frozenset({server.host})
    yield server
    server.close()


@pytest.fixture
def account(cast: Cast, site: Server) -> OfficialAccount:
    return factories.official_account(
        cast.diskominfo, platform="feed", handle="samudrakota.example", host=site.base
    )
