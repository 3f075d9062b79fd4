"""The client of Instagram: reading."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from govsocial.platforms.errors import (
    AuthRevoked,
    BadAnswer,
    NotOffered,
    PermissionMissing,
    RateLimited,
    Refused,
    Unavailable,
)
from govsocial.platforms.instagram.client import InstagramClient
from govsocial.platforms.instagram.figures import METRICS
from tests.platforms import instagram_stage as stage
from tests.platforms.fakes import Received, Reply, Server
from tests.platforms.meta_stage_parts import TOKEN, V, error

BEFORE = error(100, 2108006)
SOON = datetime(2026, 11, 23, 1, 0, 5, tzinfo=UTC)
BAD_METRIC = error(100, message="invalid metric")


@pytest.fixture
def client(server: Server) -> InstagramClient:
    stage.good(server)
    return stage.client(server)


def test_the_profile_is_that_of_the_chosen_account(server: Server, client: InstagramClient) -> None:
    told = {"follows_count": 0, "media_count": 427}
    server.on(stage.PROFILE, Reply(200, {"id": "1784", "username": "kota", **told}))
    profile = client.profile()
    assert (profile.platform_id, profile.handle) == ("1784", "kota")
    assert (profile.followers, profile.following, profile.posts) == (None, 0, 427)
    assert (profile.verified, profile.url) == (None, f"{server.base}/kota/")


def test_a_connection_without_an_account_must_be_made_again(server: Server) -> None:
    for missing in ("account_id", "access_token"):
        with pytest.raises(AuthRevoked):
            stage.client(server, **{missing: ""}).profile()
    assert not server.received


def test_a_page_of_media_and_their_insights_take_two_calls(
    server: Server, client: InstagramClient
) -> None:
    page = client.posts()
    first = page.posts[0]
    assert (first.platform_id, first.text, first.permalink) == (
        "7",
        "Kabar 7",
        "https://i.example/p/7/",
    )
    assert (first.likes, first.comments, first.shares, first.saves) == (12, 0, 0, 3)
    assert (first.views, first.reach, first.profile_clicks) == (900, 700, 5)
    assert (first.engagements, first.watch_seconds, first.video_views) == (None, None, None)
    assert page.next_cursor == "older"
    assert len(server.received) == 2
    assert first.raw["insights"]["views"] == 900


def test_each_kind_of_media_is_asked_for_its_own_metrics(
    server: Server, client: InstagramClient
) -> None:
    reel = stage.seen(6, media_type="VIDEO", media_product_type="REELS")
    advert = stage.seen(5, media_product_type="AD")
    old = stage.seen(4)
    del old["media_product_type"]
    server.on(stage.POSTS, stage.listing(stage.seen(7), reel, advert, old))
    server.on(f"GET {V}/6", Reply(200, stage.with_insights("6", "REELS")))
    posts = {post.platform_id: post for post in client.posts().posts}
    assert (posts["6"].watch_seconds, posts["6"].video_views) == (30_017, 800)
    assert (posts["5"].views, posts["4"].views) == (None, 900)
    (feed,) = server.calls(stage.METRICS)
    (reels,) = server.calls(f"GET {V}/6")
    assert feed.query["ids"] == ["7,4"]
    assert "profile_visits" in feed.query["fields"][0]
    assert "ig_reels_video_view_total_time" in reels.query["fields"][0]


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"like_count": 0}, "likes", 0),
        ({"like_count": None}, "likes", None),
        ({"caption": None}, "text", ""),
        ({"permalink": "javascript:1"}, "permalink", "{base}/kota/"),
        ({"timestamp": "2026-11-23T08:00:05+0700"}, "posted_at", SOON),
    ],
)
def test_given_zero_and_not_given_are_told_apart(
    server: Server, client: InstagramClient, changes: dict[str, Any], field: str, value: Any
) -> None:
    server.on(stage.POSTS, stage.listing(stage.seen(7, **changes)))
    server.on(f"GET {V}/7", Reply(200, {"id": "7"}))
    wanted = value.format(base=server.base) if isinstance(value, str) else value
    post = client.posts().posts[0]
    assert getattr(post, field) == wanted
    assert post.views is None


def by_names(judge: Callable[[list[str], str], Reply | None]) -> Callable[[Received], Reply]:
    """Insights of many or one, refused for whatever ``judge`` says."""

    def answer(received: Received) -> Reply:
        alone = received.path.rpartition("/")[2]
        names = [alone] if alone else received.query["ids"][0].split(",")
        refused = judge(names, received.query["fields"][0])
        if refused is not None:
            return refused
        told = {name: stage.with_insights(name) for name in names}
        return Reply(200, told[alone] if alone else told)

    return answer


def serve(server: Server, numbers: range, judge: Callable[[list[str], str], Reply | None]) -> None:
    """Media with these numbers, older the smaller, one a day."""
    newest = datetime(2026, 11, 20, tzinfo=UTC)
    media = [
        stage.seen(
            number,
            timestamp=(newest - timedelta(days=index)).isoformat(),
            media_product_type="FEED",
        )
        for index, number in enumerate(numbers)
    ]
    server.on(stage.POSTS, stage.listing(*media))
    server.on(stage.METRICS, by_names(judge))
    for number in numbers:
        server.on(f"GET {V}/{number}", by_names(judge))


def test_media_older_than_the_professional_account_have_none_and_are_asked_for_once(
    server: Server, client: InstagramClient
) -> None:
    def judge(names: list[str], fields: str) -> Reply | None:
        return BEFORE if any(int(name) < 20 for name in names) else None

    serve(server, range(49, 9, -1), judge)
    posts = client.posts().posts
    assert [post.views for post in posts] == [900] * 30 + [None] * 10
    assert [post.likes for post in posts] == [12] * 40
    calls = len(server.received)
    assert calls < 15
    client.posts()
    assert len(server.received) == calls + 2, "the listing, and those that have insights"


def test_a_metric_that_was_removed_takes_only_itself_along(
    server: Server, client: InstagramClient
) -> None:
    serve(server, range(9, 5, -1), lambda names, fields: BAD_METRIC if "saved" in fields else None)
    assert [post.reach for post in client.posts().posts] == [700] * 4
    assert len(server.received) == 2 + len(METRICS["FEED"]) + 1
    client.posts()
    assert len(server.received) == 2 + len(METRICS["FEED"]) + 3, "it is known from then on"


def test_one_medium_that_is_refused_takes_no_other_along(
    server: Server, client: InstagramClient
) -> None:
    serve(server, range(9, 1, -1), lambda names, fields: BAD_METRIC if "7" in names else None)
    posts = client.posts().posts
    assert [post.platform_id for post in posts if post.views is None] == ["7"]


def test_too_few_viewers_and_removed_media_have_no_insights(
    server: Server, client: InstagramClient
) -> None:
    few = error(10, message="(#10) Not enough viewers for the media to show insights")

    def judge(names: list[str], fields: str) -> Reply | None:
        if "8" in names:
            return few
        return error(100, 33) if "6" in names else None

    serve(server, range(9, 5, -1), judge)
    views = {post.platform_id: post.views for post in client.posts().posts}
    assert views == {"9": 900, "8": None, "7": 900, "6": None}


def test_without_the_right_to_insights_media_are_read_all_the_same(
    server: Server, client: InstagramClient
) -> None:
    serve(server, range(40, 0, -1), lambda names, fields: error(10, status=403))
    assert [post.likes for post in client.posts().posts] == [12] * 40
    assert len(server.received) == 2
    client.posts()
    assert len(server.received) == 3


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (stage.REVOKED, AuthRevoked),
        (stage.LIMITED, RateLimited),
        (error(2, status=500), Unavailable),
        (Reply(200, {"7": []}), BadAnswer),
        (Reply(200, b"<html>"), BadAnswer),
    ],
)
def test_other_failures_of_insights_are_failures(
    server: Server, client: InstagramClient, answer: Reply, kind: type[Exception]
) -> None:
    server.on(stage.METRICS, answer)
    with pytest.raises(kind) as caught:
        client.posts()
    assert TOKEN not in repr(caught.value)


def test_named_media_are_read_in_two_calls(server: Server, client: InstagramClient) -> None:
    posts = client.metrics(["7", "6", "7"])
    assert [(post.platform_id, post.views) for post in posts] == [("7", 900), ("6", 900)]
    assert len(server.received) == 2
    with pytest.raises(Refused):
        client.metrics(["7", "../1"])
    assert len(server.received) == 2


def test_a_page_that_leads_to_itself_is_the_last(server: Server, client: InstagramClient) -> None:
    server.on(stage.POSTS, stage.LOOP)
    assert client.posts(cursor="again").next_cursor is None


def totals(received: Received) -> Reply:
    names = received.query["metric"][0].split(",")
    if "time_series" in received.query["metric_type"]:
        ends = ["2026-10-02T07:00:00+0000", "2026-10-03T07:00:00+0000"]
        values = [{"value": number, "end_time": end} for number, end in enumerate(ends)]
        return Reply(200, {"data": [{"name": names[0], "values": values}]})
    data = [{"name": name, "total_value": {"value": 40}} for name in names if name != "reach"]
    return Reply(200, {"data": data})


def test_days_are_asked_for_one_by_one_with_the_series_of_followers(
    server: Server, client: InstagramClient
) -> None:
    server.on(stage.INSIGHTS, totals)
    first, second = client.days(date(2026, 10, 1), date(2026, 10, 2))
    assert (first.day, first.views, first.reach, first.followers_gained) == (
        date(2026, 10, 1),
        40,
        None,
        0,
    )
    assert (second.engagements, second.link_clicks, second.followers_gained) == (40, 40, 1)
    assert len(server.received) == 3


def test_days_that_are_not_over_are_left_out(server: Server, client: InstagramClient) -> None:
    server.on(stage.INSIGHTS, totals)
    today = datetime.now(UTC).date()
    assert client.days(today + timedelta(days=1), today + timedelta(days=9)) == []
    assert not server.received


def test_an_account_with_few_followers_has_days_without_them(
    server: Server, client: InstagramClient
) -> None:
    def answer(received: Received) -> Reply:
        return BAD_METRIC if "follower" in received.query["metric"][0] else totals(received)

    server.on(stage.INSIGHTS, answer)
    (day,) = client.days(date(2026, 10, 1), date(2026, 10, 1))
    assert (day.views, day.followers_gained) == (40, None)


def test_a_removed_metric_of_days_takes_only_itself_along(
    server: Server, client: InstagramClient
) -> None:
    def answer(received: Received) -> Reply:
        return BAD_METRIC if "views" in received.query["metric"][0] else totals(received)

    server.on(stage.INSIGHTS, answer)
    first, second = client.days(date(2026, 10, 1), date(2026, 10, 2))
    assert (first.views, first.engagements, second.engagements) == (None, 40, 40)
    assert len(server.received) == 1 + 4 + 1 + 1


def test_deleting_is_not_offered(server: Server, client: InstagramClient) -> None:
    with pytest.raises(NotOffered):
        client.delete("7")
    client.renew()
    assert not server.received


def test_rights_to_publish_are_asked_for_without_publishing(server: Server) -> None:
    told = {"is_valid": True, "scopes": ["instagram_basic"]}
    server.on(f"GET {V}/debug_token", Reply(200, {"data": told}))
    with pytest.raises(PermissionMissing):
        stage.client(server).check_can_publish()
    told["scopes"] = ["instagram_content_publish"]
    stage.client(server).check_can_publish()
    without_app = stage.client_of(server, stage.store(scope="instagram_basic"), app=False)
    with pytest.raises(PermissionMissing):
        without_app.check_can_publish()
