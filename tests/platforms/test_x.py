"""The client of X: reading, and what its refusals mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from govsocial.platforms.base import PostKind
from govsocial.platforms.errors import (
    AccountBlocked,
    AppRefused,
    AuthRevoked,
    BadAnswer,
    NotFound,
    NotFromPlatform,
    OperatorNeeded,
    PermissionMissing,
    PlatformError,
    RateLimited,
    Refused,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.registry import native_names
from govsocial.platforms.x.errors import Duplicate
from tests.gathering import each
from tests.platforms import x_stage as x
from tests.platforms.fakes import Received, Reply, Server
from tests.platforms.test_secrecy import chain


def id_at(moment: datetime, low: int = 0) -> str:
    """An id as X makes them: milliseconds and a number."""
    return str(((int(moment.timestamp() * 1000) - 1_288_834_974_657) << 22) + low)


def problem(kind: str, **more: Any) -> dict[str, Any]:
    return {"title": "T", "detail": "D", "type": f"{x.PROBLEM}{kind}", **more}


# Reading


def test_a_profile_has_the_names_of_the_vocabulary(server: Server) -> None:
    x.good(server)
    profile = x.client(server).profile()
    assert (profile.platform_id, profile.handle) == (x.ACCOUNT, "samudrakota")
    assert (profile.followers, profile.following, profile.posts) == (27_650, 141, 0)
    assert profile.verified is True
    assert profile.definition == "x/1"
    assert native_names("x")["saves"] == "bookmark_count"


def test_what_is_not_given_is_none_and_zero_is_zero(server: Server) -> None:
    x.good(server)
    bare = {"id": "1", "text": "Lama", "created_at": "2021-02-23T18:07:07.000Z"}
    old = {**bare, "id": "2", "public_metrics": {"like_count": 0}}
    server.on(x.POSTS, Reply(200, {"data": [bare, old]}))
    first, second = x.client(server).posts().posts
    assert (first.likes, first.views, first.saves, first.link_clicks) == (None,) * 4
    assert (second.likes, second.views) == (0, None)
    server.on(x.PROFILE, Reply(200, {"data": {"id": "5", "username": "a", "name": "A"}}))
    assert x.client(server).profile().followers is None


def test_a_text_is_read_as_it_was_written(server: Server) -> None:
    x.good(server)
    short = {"url": "https://t.co/a", "expanded_url": "https://samudrakota.example/x?a=1&b=2"}
    picture = {
        "url": "https://t.co/p",
        "expanded_url": "https://x.com/samudrakota/status/1/photo/1",
        "media_key": "3_1",
    }
    tweets = [
        x.tweet(
            "1",
            text="A &lt;b&gt; https://t.co/a https://t.co/p",
            entities={"urls": [short, picture]},
        ),
        x.tweet(
            "2",
            text="Terpotong… https://t.co/c",
            entities={},
            note_tweet={"text": "Panjang https://t.co/a", "entities": {"urls": [short]}},
        ),
        x.tweet("3", text="Balas", referenced_tweets=[{"type": "replied_to", "id": "9"}]),
        x.tweet("4", text="RT", referenced_tweets=[{"type": "retweeted", "id": "9"}]),
        x.tweet("5", text="Kutip", referenced_tweets=[{"type": "quoted", "id": "9"}]),
    ]
    server.on(x.POSTS, Reply(200, {"data": tweets}))
    posts = x.client(server).posts().posts
    assert [one.text for one in posts[:2]] == [
        "A <b> https://samudrakota.example/x?a=1&b=2",
        "Panjang https://samudrakota.example/x?a=1&b=2",
    ]
    assert [one.kind for one in posts[2:]] == [PostKind.REPLY, PostKind.REPOST, PostKind.POST]


def test_views_of_films_come_from_their_media(server: Server) -> None:
    x.good(server)
    tweet = x.tweet("1", attachments={"media_keys": ["7_5"]})
    media = [
        {"media_key": "7_5", "type": "video", "public_metrics": {"view_count": 340}},
        {"media_key": "7_6", "type": "video", "public_metrics": {"view_count": 1}},
    ]
    server.on(x.POSTS, Reply(200, {"data": [tweet], "includes": {"media": media}}))
    assert x.client(server).posts().posts[0].video_views == 340


def test_a_list_is_read_to_its_end_in_two_parts(server: Server) -> None:
    x.good(server)
    pages = {
        ("start_time", ""): Reply(200, {"data": [x.tweet("5")], "meta": {"next_token": "r2"}}),
        ("start_time", "r2"): Reply(200, {"data": [x.tweet("4")]}),
        ("end_time", ""): Reply(200, {"data": [x.tweet("3")], "meta": {"next_token": "o2"}}),
        ("end_time", "o2"): Reply(200, {"data": [x.tweet("2")], "meta": {"next_token": "o2"}}),
    }
    boundaries = set()

    def answer(received: Received) -> Reply:
        side = "start_time" if "start_time" in received.query else "end_time"
        boundaries.add(received.query[side][0])
        private = "non_public_metrics" in received.query["tweet.fields"][0]
        assert private == (side == "start_time")
        return pages[side, received.query.get("pagination_token", [""])[0]]

    server.on(x.POSTS, answer)
    seen, cursor, client = [], None, x.client(server)
    for _ in range(9):
        page = client.posts(cursor=cursor)
        seen += [one.platform_id for one in page.posts]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == ["5", "4", "3", "2"]
    assert len(boundaries) == 1
    assert len(server.calls(x.POSTS)) == 4


@each("cursor", ["", "x", "recent", "recent.abc.t", "lain.1.t", "recent.٣.t", f"older.{9**30}."])
def test_a_place_that_is_none_is_refused(server: Server, cursor: str) -> None:
    x.good(server)
    with pytest.raises(Refused):
        x.client(server).posts(cursor=cursor or "?")
    assert server.received == []


@pytest.mark.parametrize("status", [400, 403])
def test_clicks_that_are_refused_leave_the_other_numbers(server: Server, status: int) -> None:
    x.good(server)
    refusal = Reply(status, problem("invalid-request"))
    server.on(x.POSTS, refusal, Reply(200, {"data": [x.tweet("1")]}))
    client = x.client(server)
    assert client.posts().posts[0].views == 840
    client.posts()
    first, second, third = server.calls(x.POSTS)
    assert "non_public_metrics" in first.query["tweet.fields"][0]
    assert "non_public_metrics" not in second.query["tweet.fields"][0]
    assert "non_public_metrics" not in third.query["tweet.fields"][0]


def test_posts_left_out_for_their_clicks_are_asked_for_again(server: Server) -> None:
    x.good(server)
    young = datetime.now(UTC) - timedelta(days=2)
    ids = [id_at(young, 1), id_at(young, 2)]
    clicks = {"url_link_clicks": 0, "user_profile_clicks": 2, "engagements": 14}
    unseen = problem("not-authorized-for-field", resource_id=ids[1], field="non_public_metrics")
    server.on(
        x.METRICS,
        Reply(200, {"data": [x.tweet(ids[0], non_public_metrics=clicks)], "errors": [unseen]}),
        Reply(200, {"data": [x.tweet(one) for one in ids]}),
    )
    assert len(x.client(server).metrics(ids)) == 2
    both = [x.tweet(one, non_public_metrics=clicks) for one in ids]
    server.on(x.METRICS, Reply(200, {"data": both, "errors": [unseen]}))
    found = x.client(server).metrics(ids)
    assert [(one.link_clicks, one.profile_clicks, one.engagements) for one in found] == [
        (0, 2, 14)
    ] * 2
    assert len(server.calls(x.METRICS)) == 3


def test_metrics_take_the_fewest_calls_and_keep_the_order(server: Server) -> None:
    x.good(server)
    young = datetime.now(UTC) - timedelta(days=2)
    old = datetime.now(UTC) - timedelta(days=60)
    ids = [id_at(young, n) for n in range(150)] + [id_at(old, n) for n in range(100)]

    def answer(received: Received) -> Reply:
        asked = received.query["ids"][0].split(",")
        assert len(asked) <= 100
        return Reply(200, {"data": [x.tweet(one) for one in reversed(asked)]})

    server.on(x.METRICS, answer)
    found = x.client(server).metrics([*ids, ids[0], "bukan-id", "1" * 30])
    assert [one.platform_id for one in found] == ids
    assert len(server.calls(x.METRICS)) == 3


def test_a_post_that_is_gone_is_missing_and_one_without_a_reason_is_not_gone(
    server: Server,
) -> None:
    x.good(server)
    gone = problem("resource-not-found", resource_id="2", parameter="ids")
    server.on(x.METRICS, Reply(200, {"data": [x.tweet("1")], "errors": [gone]}))
    assert [one.platform_id for one in x.client(server).metrics(["1", "2"])] == ["1"]
    server.on(x.METRICS, Reply(200, {"errors": [gone]}))
    assert x.client(server).metrics(["2"]) == []
    server.on(x.METRICS, Reply(200, {"data": [], "errors": [{"title": "Over capacity"}]}))
    with pytest.raises(Unavailable):
        x.client(server).metrics(["1", "2"])


def test_an_error_in_a_good_answer_is_no_profile(server: Server) -> None:
    x.good(server)
    server.on(x.PROFILE, Reply(200, {"errors": [problem("resource-not-found")]}))
    with pytest.raises(BadAnswer):
        x.client(server).profile()


def test_x_counts_nothing_by_day(server: Server) -> None:
    today = datetime.now(UTC).date()
    assert x.client(server).days(today, today) == []


def test_an_account_id_that_is_not_stored_is_asked_for(server: Server) -> None:
    x.good(server)
    x.client(server, account_id="").posts()
    assert len(server.calls(x.PROFILE)) == 1


# Refusals


@each(
    ("status", "body", "kind"),
    [
        (400, problem("invalid-request"), Refused),
        (
            403,
            {"title": "Forbidden", "detail": "Forbidden", "type": "about:blank"},
            PermissionMissing,
        ),
        (403, problem("client-forbidden"), PermissionMissing),
        (403, problem("not-authorized-for-resource"), PermissionMissing),
        (403, problem("client-forbidden", reason="client-not-enrolled"), AppRefused),
        (403, {"errors": [{"code": 64, "message": "Your account is suspended"}]}, AccountBlocked),
        (403, {"errors": [{"code": 326, "message": "This account is locked"}]}, AccountBlocked),
        (403, x.plain(403, "You are not permitted to perform this action.").body, Refused),
        (
            403,
            x.plain(403, "You are not allowed to create a Tweet with duplicate content.").body,
            Duplicate,
        ),
        (403, {"reason": "client-not-enrolled"}, AppRefused),
        (403, {"errors": [{"code": 416, "message": "Invalid / suspended app"}]}, AppRefused),
        (403, {"errors": [{"code": 261, "message": "Application cannot write"}]}, AppRefused),
        (403, problem("user-suspended"), AccountBlocked),
        (403, {"errors": [{"code": 185, "message": "User is over daily limit"}]}, RateLimited),
        (403, {"errors": [{"code": 226, "message": "This looks automated"}]}, Refused),
        (400, {"errors": [{"message": "x", "parameters": {"ids": ["y"]}}]}, Refused),
        (403, {"errors": [{"code": 187, "message": "Status is a duplicate."}]}, Duplicate),
        (404, problem("resource-not-found"), NotFound),
        (404, b"<html>", UnknownOutcome),
        (402, problem("credits"), OperatorNeeded),
        (429, problem("usage-capped", period="Monthly"), OperatorNeeded),
        (403, problem("usage-capped", period="Monthly"), OperatorNeeded),
        (429, {"title": "UsageCapExceeded"}, OperatorNeeded),
        (429, {"errors": [{"code": 88, "message": "Rate limit exceeded"}]}, RateLimited),
        (403, problem("unsupported-authentication"), AuthRevoked),
        (401, x.plain(401, "Unauthorized").body, AuthRevoked),
        (418, problem("of-tomorrow"), Refused),
    ],
)
def test_a_refusal_is_understood(
    server: Server, status: int, body: Any, kind: type[PlatformError]
) -> None:
    x.good(server)
    server.on(x.PUBLISH, Reply(status, body))
    with pytest.raises(PlatformError) as caught:
        x.client(server).publish(x.outgoing(images=[]))
    assert type(caught.value) is kind
    assert caught.value.status == status
    assert len(server.calls(x.PUBLISH)) == (2 if kind is AuthRevoked else 1)


EDGE = "https://developers.cdn.example/support/troubleshooting/errors/error-1020/"
NOT_OF_X: list[Any] = [
    {"type": EDGE, "title": "Error 1020: Access denied", "status": 403, "detail": "Denied."},
    {"type": "about:blank", "title": "Error 1020: Access denied"},
    {"type": "about:blank", "title": "Bad Request"},
    {"type": "about:blank", "title": "Forbidden", "status": 502},
    {"title": "Forbidden", "detail": "Forbidden"},
    {"message": "Forbidden"},
    {"error": "Forbidden"},
    {"error": "forbidden", "status": 403},
    {"reason": "Forbidden", "kind": "Status", "code": 403},
    {"errors": []},
    {"errors": ["Forbidden"]},
    {"errors": [{"message": "Forbidden"}]},
    {"errors": [{"code": "DENIED", "message": "requested access is denied"}]},
    {"type": ["x"], "title": {"x": 1}, "errors": {"code": 1}},
    ["Forbidden"],
    "Forbidden",
]


@each("status", [401, 403, 404])
@each("body", NOT_OF_X)
def test_a_problem_that_is_not_worded_as_x_words_its_own_ends_nothing(
    server: Server, status: int, body: Any
) -> None:
    x.good(server)
    answer = Reply(status, body)
    for route in (x.PROFILE, x.REFRESH, x.PUBLISH, "DELETE /2/tweets/1"):
        server.on(route, answer)
    client = x.client(server)
    for call in (client.profile, partial(client.delete, "1")):
        with pytest.raises(NotFromPlatform):
            call()
    with pytest.raises(UnknownOutcome):
        client.publish(x.outgoing(images=[]))
    assert server.calls(x.REFRESH) == []
    with pytest.raises(NotFromPlatform):
        x.client(server, expires_at="2026-01-01T00:00:00+00:00").renew()


def test_the_words_of_a_refusal_hold_no_secret(server: Server) -> None:
    x.good(server)
    said = f"You are not permitted: {x.SECRETS[0]} {x.SECRETS[1]} {x.SECRETS[4]} https://a.example"
    server.on(x.PUBLISH, x.plain(403, said))
    with pytest.raises(Refused) as caught:
        x.client(server).publish(x.outgoing(images=[]))
    assert caught.value.words.startswith("You are not permitted:")
    for one in chain(caught.value):
        assert not any(secret in f"{one!r} {vars(one)!r}" for secret in x.SECRETS)


@each(
    ("headers", "seconds"),
    [
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": "1795395900"}, 300),
        # The quarter has calls left; it is the day that is used up.
        (
            {
                "x-rate-limit-remaining": "80",
                "x-rate-limit-reset": "1795395900",
                "x-user-limit-24hour-remaining": "0",
                "x-user-limit-24hour-reset": "1795402800",
            },
            7200,
        ),
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": "banyak"}, None),
        ({"Retry-After": "290"}, 290),
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": "1795390000"}, 0),
        ({}, None),
    ],
)
def test_a_wait_is_read_on_the_clock_of_x(
    server: Server, headers: dict[str, str], seconds: float | None
) -> None:
    x.good(server)
    date = {"Date": "Mon, 23 Nov 2026 01:00:00 GMT"}
    server.on(x.PUBLISH, Reply(429, x.TOO_MANY, {**date, **headers}))
    with pytest.raises(RateLimited) as caught:
        x.client(server).publish(x.outgoing(images=[]))
    assert caught.value.retry_after == (None if seconds is None else pytest.approx(seconds, abs=2))


def test_a_post_above_the_limit_of_a_day_waits_as_long_as_x_says_or_an_hour(server: Server) -> None:
    x.good(server)
    told = {"errors": [{"code": 185, "message": "User is over daily status update limit."}]}
    over = {"Date": "Mon, 23 Nov 2026 01:00:00 GMT", "x-rate-limit-reset": "1000000000"}
    server.on(
        x.PUBLISH,
        Reply(403, told), Reply(403, told, {"Retry-After": "290"}), Reply(403, told, over),
    )  # fmt: skip
    for seconds in (3600, 290, 3600):
        with pytest.raises(RateLimited) as caught:
            x.client(server).publish(x.outgoing(images=[]))
        assert caught.value.retry_after == seconds
