"""Pages and batches of the Graph API: as large as it gives them, and smaller where it must be."""

from __future__ import annotations

import pytest

from govsocial.platforms.errors import Unavailable
from govsocial.platforms.meta.graph import LEAST_A_PAGE, MOST_A_PAGE
from tests.platforms import facebook_stage, instagram_stage
from tests.platforms.fakes import Received, Reply, Server
from tests.platforms.meta_stage_parts import V, error

TOO_MUCH = error(1, message="Please reduce the amount of data you're asking for, then retry")


def asked(server: Server, route: str) -> list[int]:
    return [int(call.query["limit"][0]) for call in server.calls(route)]


def test_a_page_is_as_large_as_graph_allows(server: Server) -> None:
    facebook_stage.good(server)
    facebook_stage.client(server).posts()
    assert asked(server, facebook_stage.POSTS) == [MOST_A_PAGE]


def test_a_page_that_is_too_heavy_is_halved_and_stays_so(server: Server) -> None:
    facebook_stage.good(server)
    good = facebook_stage.listing(facebook_stage.seen(7), after="older")
    server.on(facebook_stage.POSTS, TOO_MUCH, TOO_MUCH, good, good)
    client = facebook_stage.client(server)
    page = client.posts()
    assert [post.platform_id for post in page.posts] == ["1049_7"]
    client.posts(cursor=page.next_cursor)
    assert asked(server, facebook_stage.POSTS) == [100, 50, 25, 25]
    assert server.received[-1].query["after"] == ["older"]


def test_what_is_too_heavy_however_small_is_for_later(server: Server) -> None:
    facebook_stage.good(server)
    server.on(facebook_stage.POSTS, TOO_MUCH)
    with pytest.raises(Unavailable):
        facebook_stage.client(server).posts()
    assert asked(server, facebook_stage.POSTS) == [100, 50, 25, 12, LEAST_A_PAGE]


def test_named_posts_that_are_too_heavy_together_are_read_in_halves(server: Server) -> None:
    facebook_stage.good(server)

    def heavy(call: Received) -> Reply:
        names = call.query["ids"][0].split(",")
        if len(names) > 2:
            return TOO_MUCH
        return Reply(200, {name: facebook_stage.seen(int(name[-1])) for name in names})

    server.on(facebook_stage.METRICS, heavy)
    found = facebook_stage.client(server).metrics([f"1049_{number}" for number in range(1, 5)])
    assert [post.platform_id for post in found] == ["1049_1", "1049_2", "1049_3", "1049_4"]
    assert len(server.received) == 3


def test_insights_that_are_too_heavy_together_are_read_in_halves(server: Server) -> None:
    instagram_stage.good(server)
    media = [instagram_stage.seen(number) for number in (7, 6)]
    server.on(instagram_stage.POSTS, instagram_stage.listing(*media))
    server.on(f"GET {V}/", TOO_MUCH)
    for number in ("7", "6"):
        insights = instagram_stage.with_insights(number, "FEED")
        server.on(f"GET {V}/{number}", Reply(200, insights))
    posts = instagram_stage.client(server).posts().posts
    assert [post.views for post in posts] == [900, 900]
