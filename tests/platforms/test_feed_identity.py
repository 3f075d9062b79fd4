"""The address of a feed may hold a key: it is read with it, and nobody is told."""

from __future__ import annotations

from govsocial.platforms.feed.client import identity_of
from govsocial.platforms.feed.queries import differing_names, without_keys
from tests.gathering import each
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


@each(
    ("query", "told"),
    [
        ("", ""),
        ("?unit=dinkes&key=RAHASIA", "?unit=dinkes&key=…"),
        # Whatever may be a key as a whole.
        ("?RAHASIA", "?…"),
        ("?RAHASIA==&unit=a", "?…&unit=a"),
        ("?RAHASIA0123456789RAHASIA=1", "?…"),
        ("?unit=a;key=RAHASIA&%52AHASIA=1", "?unit=…&…"),
    ],
)
def test_an_address_is_shown_without_what_may_be_a_key(query: str, told: str) -> None:
    assert without_keys(f"kota.example/rss.php{query}") == f"kota.example/rss.php{told}"


def test_a_value_is_shown_that_says_which_feed_it_is_and_cannot_be_a_key() -> None:
    def shown(query: str) -> bool:
        told = without_keys(f"kota.example/rss.php?{query}").partition("?")[2]
        assert told in {query, f"{query.partition('=')[0]}=…"}
        return told == query

    plain = (
        "3", "123456", "2026-11", "IKP", "DPMPTSP", "SMPN3", "Berita", "disnakertrans",
        "dinas-kesehatan", "kecamatan-12", "id-ID", "rss2", "bappelitbangda",
    )  # fmt: skip
    assert [one for one in plain if not shown(f"unit={one}")] == []
    assert shown("OPD=dinkes")
    # Small and plain, under a name that says nothing of feeds.
    assert [
        name for name in ("key", "k", "token", "unitkey", "s", "user") if shown(f"{name}=3")
    ] == []
    odd = (
        "9f86d081884c7d65", "9f86d08", "deadbeef", "cafe-f00d-1234", "48213377", "1234-5678-9012",
        "a1b2c3", "aBcDeFgH", "KRPWVBQZ", "ABCD-EFGH-IJKL", "krpwvtbn-xz", "abcdef12", "qzxkw12",
        "ratikolenabusodimeka", "dinas-kesehatan-kota-a", "MFRGGZDFMZTW", "sk_live_abc", "a.b.c",
        "a%20b", "a+b", "a;key=b", "a,b", "-a", "a-", "٣", "dinké",
    )  # fmt: skip
    assert [one for one in odd if shown(f"id={one}")] == []
    # Long initials are those of units, and anything elsewhere.
    assert [one for one in ("xkqzvbt", "hjkwptz", "DPMPTSP") if shown(f"p={one}")] == []
    assert shown("feed=rss2")
    assert without_keys("kota.example/?id=3&id=9f86d081884c7d65") == "kota.example/?id=3&id=…"


def test_the_parameters_that_differ_are_named() -> None:
    before = "kota.example/rss.php?unit=a&key=LAMA&tag=x&tag=y"
    assert differing_names(before, "kota.example/rss.php?tag=x&tag=y&key=LAMA&unit=a") == []
    now = "kota.example/rss.php?unit=b&key=LAMA&tag=y&RAHASIA&lang=id"
    assert differing_names(before, now) == ["unit", "tag", "lang"]
