"""What clients pass on of addresses and ids that a server invents."""

from __future__ import annotations

from typing import Any

import pytest

from govsocial.platforms.keeping import fits, web_link
from govsocial.platforms.registry import connect
from tests.gathering import each
from tests.platforms.conftest import QUICK
from tests.platforms.fakes import MemoryStore, Reply, Server
from tests.platforms.test_mastodon import ACCOUNT, ME, OWN, PUBLISH, post, status

LONG = "https://s.example/" + "a" * 600


@each("address", [None, "", LONG, "https://s.example/\0", "javascript:x"])
def test_an_address_that_no_page_can_show_and_no_column_keeps_is_none(address: str | None) -> None:
    assert web_link(address) is None


def test_a_text_fits_by_its_characters_and_without_what_postgresql_refuses() -> None:
    assert fits("é" * 300, 300)
    assert not any(fits(text, 300) for text in ("a" * 301, "a\0", "a\ud800"))
    assert web_link("https://s.example/1") == "https://s.example/1"


@pytest.mark.parametrize(
    ("told", "address"),
    [
        ({"url": LONG, "uri": None}, "7"),
        ({"url": LONG, "uri": "https://s.example/\0", "id": "../7 é"}, "..%2F7%20%C3%A9"),
        ({"url": None, "uri": None, "id": ""}, ""),
    ],
)
def test_a_status_that_is_out_is_told_whatever_the_server_calls_it(
    server: Server, told: dict[str, Any], address: str
) -> None:
    server.on(ME, Reply(200, ACCOUNT))
    server.on(PUBLISH, Reply(200, {**status(7), **told}))
    server.on(OWN, Reply(200, [{**status(7), **told}]))
    client = connect(
        "mastodon",
        host=server.base,
        handle="kota",
        secrets=MemoryStore(access_token="token-1"),
        allowed_private={server.host},
        timing=QUICK,
    )
    assert client.publish(post()).permalink == f"{server.base}/web/statuses/{address}"
    (seen,) = client.posts().posts
    assert seen.permalink == f"{server.base}/web/statuses/{address}"
