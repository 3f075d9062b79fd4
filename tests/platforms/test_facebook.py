"""The client of Facebook Pages: reading."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date
from typing import Any

import pytest

from govsocial.platforms.errors import (
    AccountBlocked,
    AppRefused,
    AuthRevoked,
    BadAnswer,
    PermissionMissing,
    RateLimited,
    Refused,
    Unavailable,
)
from govsocial.platforms.facebook.client import POST_METRICS, FacebookClient
from tests.gathering import each
from tests.platforms import facebook_stage as stage
from tests.platforms.fakes import Received, Reply, Server
from tests.platforms.meta_stage_parts import APP_SECRET, TOKEN, V, error

PARTS = {"is_from_ads": 7, "is_from_followers": {"yes": 20, "no": 30}}
DEBUG = f"GET {V}/debug_token"


@pytest.fixture
def client(server: Server) -> FacebookClient:
    stage.good(server)
    return stage.client(server)


def test_the_profile_is_read_with_token_and_proof(server: Server, client: FacebookClient) -> None:
    told = {"id": "1049", "name": "Kota", "username": "kota", "followers_count": 48_900}
    link = {"link": "https://f.example/kota", "verification_status": "blue_verified"}
    server.on(stage.PROFILE, Reply(200, {**told, **link, "unknown": [1]}))
    profile = client.profile()
    assert (profile.platform_id, profile.handle, profile.display_name) == ("1049", "kota", "Kota")
    assert (profile.followers, profile.following, profile.posts) == (48_900, None, None)
    assert (profile.url, profile.verified) == ("https://f.example/kota", True)
    (call,) = server.calls(stage.PROFILE)
    assert call.headers["Authorization"] == f"Bearer {TOKEN}"
    proof = hmac.new(APP_SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
    assert call.query["appsecret_proof"] == [proof]
    assert "access_token" not in call.query


def test_what_a_profile_does_not_say_is_not_given(server: Server, client: FacebookClient) -> None:
    server.on(stage.PROFILE, Reply(200, {"id": 1049, "link": "javascript:alert(1)"}))
    profile = client.profile()
    assert (profile.followers, profile.verified) == (None, None)
    assert (profile.handle, profile.url) == ("1049", f"{server.base}/1049")


def test_without_the_applications_secret_no_proof_is_sent(server: Server) -> None:
    stage.good(server)
    stage.client_of(server, stage.store(), app=False).profile()
    assert "appsecret_proof" not in server.calls(stage.PROFILE)[0].query


def test_posts_and_their_insights_come_in_one_call(server: Server, client: FacebookClient) -> None:
    server.on(stage.POSTS, stage.listing(stage.seen(7), after="older"))
    page = client.posts()
    first = page.posts[0]
    assert first.platform_id == "1049_7"
    assert (first.likes, first.comments, first.shares) == (12, 0, None)
    assert (first.views, first.reach, first.link_clicks) == (330, 210, None)
    assert first.video_views is None
    assert page.next_cursor == "older"
    assert len(server.received) == 1
    assert "insights.metric(" in server.received[0].query["fields"][0]


def test_paging_goes_by_the_cursor_and_never_by_the_address(
    server: Server, client: FacebookClient
) -> None:
    server.on(stage.POSTS, stage.listing(stage.seen(5), after="end"), stage.listing())
    assert client.posts(cursor="older").next_cursor == "end"
    assert server.received[-1].query["after"] == ["older"]
    assert client.posts(cursor="end").next_cursor is None


def test_a_page_that_leads_to_itself_is_the_last(server: Server, client: FacebookClient) -> None:
    server.on(stage.POSTS, stage.LOOP)
    assert client.posts(cursor="again").next_cursor is None


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"shares": {"count": 0}}, "shares", 0),
        ({"shares": {}}, "shares", None),
        ({"comments": {"data": []}}, "comments", None),
        ({"insights": {"data": []}}, "views", None),
        ({"insights": {"data": [stage.metric("post_media_view", {})]}}, "views", None),
        ({"insights": {"data": [stage.metric("post_media_view", 0)]}}, "views", 0),
        ({"insights": {"data": [stage.metric("post_media_view", PARTS)]}}, "views", 57),
        (
            {"insights": {"data": [stage.metric("post_media_view", {**PARTS, "c": "9"})]}},
            "views",
            None,
        ),
        ({"insights": {"data": [stage.metric("post_clicks", 4)]}}, "link_clicks", 4),
        (
            {"insights": {"data": [{"name": "post_clicks", "total_value": {"value": 6}}]}},
            "link_clicks",
            6,
        ),
        ({"insights": {"data": [stage.metric("post_impressions", 9)]}}, "views", None),
        ({"attachments": {"data": [{"media_type": "video"}]}}, "video_views", 330),
        ({"permalink_url": "/kota/videos/9/"}, "permalink", "{base}/kota/videos/9/"),
        ({"permalink_url": "//elsewhere.example/"}, "permalink", "{base}/1049_7"),
        ({"permalink_url": None}, "permalink", "{base}/1049_7"),
        ({"message": None}, "text", ""),
    ],
)
def test_given_zero_and_not_given_are_told_apart(
    server: Server, client: FacebookClient, changes: dict[str, Any], field: str, value: Any
) -> None:
    server.on(stage.POSTS, stage.listing(stage.seen(7, **changes)))
    wanted = value.format(base=server.base) if isinstance(value, str) else value
    assert getattr(client.posts().posts[0], field) == wanted


@pytest.mark.parametrize(
    "post", [{"id": "1049_7"}, stage.seen(7, created_time="soon"), stage.seen(7, shares=[1])]
)
def test_a_post_of_another_shape_is_a_bad_answer(
    server: Server, client: FacebookClient, post: dict[str, Any]
) -> None:
    server.on(stage.POSTS, Reply(200, {"data": [post]}))
    with pytest.raises(BadAnswer):
        client.posts()


def without(*removed: str) -> Any:
    """A Page whose platform has removed some metrics."""

    def answer(received: Received) -> Reply:
        fields = received.query["fields"][0]
        bad = any(metric in fields for metric in removed)
        return error(100, message="invalid metric") if bad else stage.listing(stage.seen(7))

    return answer


def test_a_metric_that_was_removed_takes_only_itself_along(
    server: Server, client: FacebookClient
) -> None:
    server.on(stage.POSTS, without("post_clicks"))
    assert client.posts().posts[0].views == 330
    assert len(server.received) == 1 + len(POST_METRICS) + 1
    client.posts()
    assert len(server.received) == 1 + len(POST_METRICS) + 2, "it is known from then on"


def test_a_wrong_secret_of_the_application_is_no_metric_that_was_removed(
    server: Server, client: FacebookClient
) -> None:
    wrong = error(100, message="Invalid appsecret_proof provided in the API argument")
    for route in (stage.POSTS, stage.INSIGHTS, stage.PUBLISH):
        server.on(route, wrong)
    day = date(2026, 10, 1)
    for call in (
        client.posts,
        lambda: client.days(day, day),
        lambda: client.publish(stage.outgoing()),
    ):
        with pytest.raises(AppRefused):
            call()
    assert len(server.calls(stage.POSTS)) == len(server.calls(stage.INSIGHTS)) == 1


def test_without_the_right_to_insights_posts_are_read_all_the_same(
    server: Server, client: FacebookClient
) -> None:
    def answer(received: Received) -> Reply:
        if "insights" in received.query["fields"][0]:
            return error(200, status=403)
        return stage.listing(stage.seen(7, insights=None))

    server.on(stage.POSTS, answer)
    post = client.posts().posts[0]
    assert (post.likes, post.views) == (12, None)


def test_a_refusal_that_is_not_about_insights_stays_one(
    server: Server, client: FacebookClient
) -> None:
    def answer(received: Received) -> Reply:
        return error(100) if "after" in received.query else stage.listing()

    server.on(stage.POSTS, answer)
    with pytest.raises(Refused):
        client.posts(cursor="unknown")
    server.on(stage.POSTS, error(200))
    with pytest.raises(PermissionMissing):
        client.posts()


def test_many_posts_are_read_in_one_call_and_the_removed_are_missing(
    server: Server, client: FacebookClient
) -> None:
    there = {"1049_1", "1049_2", "1049_3", "1049_5"}

    def several(received: Received) -> Reply:
        names = received.query["ids"][0].split(",")
        if not there.issuperset(names):
            return error(100, 33)
        return Reply(200, {name: stage.seen(int(name[-1])) for name in names})

    server.on(stage.METRICS, several)
    server.on(f"GET {V}/1049_4", error(100, 33))
    for name in there:
        server.on(f"GET {V}/{name}", Reply(200, stage.seen(int(name[-1]))))
    assert [post.platform_id for post in client.metrics(["1049_1", "1049_2", "1049_1"])] == [
        "1049_1",
        "1049_2",
    ]
    assert len(server.received) == 1
    read = client.metrics([f"1049_{number}" for number in range(1, 6)])
    assert [post.platform_id[-1] for post in read] == ["1", "2", "3", "5"]


def test_more_posts_than_one_call_takes_are_read_in_parts(
    server: Server, client: FacebookClient
) -> None:
    server.on(stage.METRICS, lambda received: Reply(200, {"1049_1": stage.seen(1)}))
    client.metrics([f"1049_{number}" for number in range(1, 111)])
    counts = [len(call.query["ids"][0].split(",")) for call in server.received]
    assert counts == [50, 50, 10]
    assert client.metrics([]) == []


@pytest.mark.parametrize("name", ["", "1049/../2", "1049?x", "a b", "1049_7,8", "é"])
def test_what_is_no_identifier_is_never_sent(
    server: Server, client: FacebookClient, name: str
) -> None:
    with pytest.raises(Refused):
        client.metrics([name])
    with pytest.raises(Refused):
        client.delete(name)
    assert not server.received


def test_days_are_those_of_pacific_time_and_ninety_a_call(
    server: Server, client: FacebookClient
) -> None:
    ends = "2026-10-02T07:00:00+0000"
    before, after = "2026-09-30T07:00:00+0000", "2027-10-02T07:00:00+0000"
    views = [
        {"value": {"is_from_ads": 7, "is_from_followers": 50}, "end_time": ends},
        {"value": 1, "end_time": before},
        {"value": 1, "end_time": after},
    ]
    data = [
        {"name": "page_media_view", "period": "day", "values": views},
        {
            "name": "page_daily_follows_unique",
            "period": "day",
            "values": [{"value": 0, "end_time": ends}],
        },
    ]
    server.on(stage.INSIGHTS, Reply(200, {"data": data}))
    (day,) = client.days(date(2026, 9, 30), date(2027, 1, 5))
    assert (day.day, day.views, day.followers_gained) == (date(2026, 10, 1), 57, 0)
    assert (day.reach, day.engagements) == (None, None)
    spans = [(call.query["since"][0], call.query["until"][0]) for call in server.received]
    assert len(spans) == 2
    assert spans[0][1] == spans[1][0]
    assert int(spans[0][0]) == 1_790_751_600, "midnight of 30 September in California"


def test_a_removed_metric_of_days_takes_only_itself_along(
    server: Server, client: FacebookClient
) -> None:
    def answer(received: Received) -> Reply:
        if "page_media_view" in received.query["metric"][0].split(","):
            return error(100, message="The value must be a valid insights metric")
        value = [{"value": 5, "end_time": "2026-10-02T07:00:00+0000"}]
        names = received.query["metric"][0].split(",")
        return Reply(200, {"data": [{"name": name, "values": value} for name in names]})

    server.on(stage.INSIGHTS, answer)
    (day,) = client.days(date(2026, 10, 1), date(2026, 10, 1))
    assert (day.views, day.reach, day.engagements) == (None, 5, 5)
    server.received.clear()
    client.days(date(2026, 10, 1), date(2026, 10, 1))
    assert len(server.received) == 1


def test_a_page_with_too_few_followers_has_no_days(server: Server, client: FacebookClient) -> None:
    server.on(stage.INSIGHTS, Reply(200, {"data": []}))
    assert client.days(date(2026, 10, 1), date(2026, 10, 3)) == []


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (stage.REVOKED, AuthRevoked),
        (error(190, 463), AuthRevoked),
        (error(190, 459), AccountBlocked),
        (stage.LIMITED, RateLimited),
        (error(2, status=500), Unavailable),
    ],
)
def test_failures_are_of_the_right_kind_without_the_token(
    server: Server, client: FacebookClient, answer: Reply, kind: type[Exception]
) -> None:
    server.on(stage.PROFILE, answer)
    with pytest.raises(kind) as caught:
        client.profile()
    assert TOKEN not in repr(caught.value) + getattr(caught.value, "words", "")


def test_a_passing_failure_of_a_read_is_tried_again(server: Server, client: FacebookClient) -> None:
    server.on(stage.PROFILE, error(2, is_transient=True), Reply(200, {"id": "1049"}))
    assert client.profile().platform_id == "1049"


def test_an_error_in_a_good_answer_is_an_error(server: Server, client: FacebookClient) -> None:
    failed = error(190)
    server.on(stage.PROFILE, Reply(200, failed.body))
    with pytest.raises(AuthRevoked):
        client.profile()


def test_without_a_token_nothing_is_sent(server: Server) -> None:
    with pytest.raises(AuthRevoked):
        stage.client(server, access_token="").profile()
    assert not server.received


@each(
    ("scope", "told", "kind"),
    [
        ("pages_show_list", None, PermissionMissing),
        (None, {"is_valid": True, "scopes": ["pages_show_list"]}, PermissionMissing),
        (None, {"is_valid": False, "scopes": ["pages_manage_posts"]}, AuthRevoked),
        ("pages_manage_posts", {"is_valid": True, "scopes": ["pages_manage_posts"]}, None),
    ],
)
def test_rights_to_publish_are_asked_for_without_publishing(
    server: Server, scope: str | None, told: Any, kind: type[Exception] | None
) -> None:
    server.on(DEBUG, Reply(200, {"data": told}))
    client = stage.client(server, **({"scope": scope} if scope else {}))
    if kind is None:
        client.check_can_publish()
        assert server.calls(DEBUG)[0].query["input_token"] == [TOKEN]
        return
    with pytest.raises(kind):
        client.check_can_publish()


def test_a_wrong_secret_of_the_application_does_not_end_the_connection(server: Server) -> None:
    server.on(DEBUG, error(190, message="Invalid OAuth access token signature"))
    with pytest.raises(AppRefused):
        stage.client(server).check_can_publish()


def test_deleting_what_is_gone_already_is_no_failure(
    server: Server, client: FacebookClient
) -> None:
    server.on(f"DELETE {V}/1049_7", Reply(200, {"success": True}), error(100, 33))
    client.delete("1049_7")
    client.delete("1049_7")
    server.on(f"DELETE {V}/1049_7", error(200))
    with pytest.raises(PermissionMissing):
        client.delete("1049_7")


def test_there_is_nothing_to_renew(server: Server, client: FacebookClient) -> None:
    client.renew()
    assert not server.received
