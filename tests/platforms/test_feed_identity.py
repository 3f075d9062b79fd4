"""The address of a feed may hold a key: it is read with it, and nobody is told."""

from __future__ import annotations

import pytest

from govsocial.platforms.feed.client import identity_of, may_differ_in_key_only
from tests.platforms.fakes import MemoryStore, Reply, Server
from tests.platforms.feed_stage import FEED, JSON_FEED, client_of


def test_a_key_in_the_address_is_told_to_nobody(server: Server) -> None:
    server.on(FEED, Reply(200, JSON_FEED, {"Content-Type": "application/feed+json"}))
    seen = []
    for query in ("key=RAHASIA", "key=RAHASIA", "key=LAIN", "", "?"):
        store = MemoryStore(feed_url=f"{server.base}/feed.json?{query}".rstrip("?"))
        client = client_of(server, store)
        told = client.profile()
        assert "RAHASIA" not in f"{told} {client.posts()}"
        assert store.secret["feed_url"].endswith(query.rstrip("?")), "it is read with its key"
        seen.append(told.platform_id)
    assert seen[0] == seen[1] == identity_of(f"{server.host}/feed.json?key=RAHASIA")
    assert len(set(seen)) == 3, "a site may have several"
    assert seen[3] == seen[4] == f"{server.host}/feed.json"
    # As earlier releases kept it.
    old = {"feed_url": f"{server.base}/feed.json?key=RAHASIA"}
    store = MemoryStore(**old, account_id=f"{server.host}/feed.json?key=RAHASIA")
    assert client_of(server, store).profile().platform_id == seen[0] == identity_of(seen[0])


@pytest.mark.parametrize(
    ("before", "now", "told", "untold"),
    # What is known where the address of before is kept, and where only its id is.
    [
        ("key=A", "key=B", True, True),
        ("unit=kominfo&key=A", "unit=kominfo&key=B", True, True),
        ("key=A&unit=kominfo", "unit=kominfo&TOKEN=B", True, True),
        ("", "key=A", True, True),
        ("key=A", "", True, True),
        ("unit=kominfo", "unit=dinkes", False, False),
        ("unit=kominfo", "unit=kominfo&page=2", False, False),
        ("", "unit=dinkes", False, False),
        ("", "unit=dinkes&key=A", False, False),
        # The id does not tell these apart: to refuse would be to refuse a changed key.
        ("unit=kominfo&key=A", "unit=dinkes&key=A", False, True),
        ("unit=kominfo", "", False, True),
    ],
)
def test_nothing_but_a_key_may_change_in_the_address_of_a_feed(
    before: str, now: str, told: bool, untold: bool
) -> None:
    was, is_now = (f"https://kota.example/rss.php?{one}".rstrip("?") for one in (before, now))
    known = identity_of(was.partition("://")[2])
    assert may_differ_in_key_only(known, is_now, before=was) is told
    assert may_differ_in_key_only(known, is_now) is untold
    moved = "https://kota.example/feed.xml"
    assert may_differ_in_key_only(known, is_now, before=moved) is untold
