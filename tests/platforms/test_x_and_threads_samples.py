"""Recorded answers of X and Threads, kept beside the repository, read by the clients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from govsocial.platforms.errors import (
    AuthRevoked,
    PermissionMissing,
    PlatformError,
    Refused,
    Unavailable,
)
from govsocial.platforms.threads.consent import ThreadsAuthorisation
from tests.platforms import threads_stage as threads
from tests.platforms import x_stage as x
from tests.platforms.fakes import MemoryStore, Reply, Server
from tests.platforms.test_samples import pytestmark as beside
from tests.platforms.test_samples import recorded, sample

pytestmark = beside


def metrics_of(raw: Mapping[str, Any]) -> tuple[int, int, int, int]:
    public = raw["public_metrics"]
    return (
        public["like_count"],
        public["reply_count"],
        public["retweet_count"],
        public["quote_count"],
    )


def test_a_recorded_list_of_x_is_read_to_its_end(server: Server) -> None:
    server.on(x.POSTS, recorded("x/user_posts_p1.json"), recorded("x/user_posts_p2.json"))
    client = x.client(server)
    first = client.posts()
    second = client.posts(cursor=first.next_cursor)
    raw = sample("x/user_posts_p1.json")["data"] + sample("x/user_posts_p2.json")["data"]
    seen = [*first.posts, *second.posts]
    assert [one.platform_id for one in seen] == [one["id"] for one in raw]
    assert [(one.likes, one.comments, one.shares, one.quotes) for one in seen] == [
        metrics_of(one) for one in raw
    ]
    # Recorded in 2021, before X gave impressions and bookmarks.
    assert {(one.views, one.saves) for one in seen} == {(None, None)}
    token = sample("x/user_posts_p1.json")["meta"]["next_token"]
    assert server.calls(x.POSTS)[1].query["pagination_token"] == [token]
    assert second.next_cursor is not None
    assert second.next_cursor.startswith("older.")


def test_recorded_users_of_x_are_read(server: Server) -> None:
    server.on(x.PROFILE, recorded("x/me.json"))
    profile = x.client(server).profile()
    assert (profile.handle, profile.followers, profile.verified) == ("TwitterDev", None, None)
    for raw in sample("x/users_with_public_metrics.json")["data"]:
        server.on(x.PROFILE, Reply(200, {"data": raw}))
        profile = x.client(server).profile()
        counts = raw["public_metrics"]
        assert (profile.followers, profile.following, profile.posts) == (
            counts["followers_count"],
            counts["following_count"],
            counts["tweet_count"],
        )
        assert profile.verified is raw["verified"]


def test_recorded_posts_of_x_are_read_by_name(server: Server) -> None:
    video = sample("x/post_with_video.json")
    several = {"data": [video["data"]], "includes": video["includes"]}
    server.on(x.METRICS, Reply(200, several), recorded("x/mentions.json"))
    (seen,) = x.client(server).metrics([video["data"]["id"]])
    # The answer has no moment; the id has one.
    assert seen.posted_at.year == 2018
    assert (seen.likes, seen.video_views) == (None, None)
    mentions = sample("x/mentions.json")["data"]
    found = x.client(server).metrics([one["id"] for one in mentions])
    assert [(one.likes, one.comments, one.shares, one.quotes) for one in found] == [
        metrics_of(one) for one in mentions
    ]


def test_recorded_writes_of_x_are_read(server: Server) -> None:
    media_id = sample("x/media_upload_init.json")["data"]["id"]
    server.on(x.START, recorded("x/media_upload_init.json"))
    server.on(f"POST /2/media/upload/{media_id}/append", Reply(204))
    server.on(f"POST /2/media/upload/{media_id}/finalize", recorded("x/media_upload_finalize.json"))
    server.on(x.STATUS, recorded("x/media_upload_status.json"))
    server.on(x.DESCRIBE, Reply(200, {"data": {}}))
    server.on(x.PUBLISH, recorded("x/post_create.json"))
    published = x.client(server).publish(x.outgoing())
    created = sample("x/post_create.json")["data"]
    assert published.platform_id == created["id"]
    server.on(f"{x.DELETE}{created['id']}", recorded("x/post_delete.json"))
    x.client(server).delete(created["id"])


@pytest.mark.parametrize(
    ("name", "error"), [("invalid_request", Refused), ("unauthorized", AuthRevoked)]
)
def test_a_recorded_error_of_x_is_understood(
    server: Server, name: str, error: type[PlatformError]
) -> None:
    server.on(x.PUBLISH, recorded(f"x/error_{name}.json"))
    server.on(x.REFRESH, x.REFUSED)
    with pytest.raises(PlatformError) as caught:
        x.client(server).publish(x.outgoing(images=[]))
    assert type(caught.value) is error
    if error is Refused:
        assert caught.value.words == "JSON doesn't match expected schema"


def test_a_recorded_account_of_threads_is_read(server: Server) -> None:
    server.on(threads.PROFILE, recorded("threads/user_profile.json"))
    server.on(threads.ACCOUNT_INSIGHTS, recorded("threads/account_insights_followers.json"))
    profile = threads.client(server).profile()
    assert (profile.platform_id, profile.handle) == ("1234567", "threadsapitestuser")
    assert (profile.display_name, profile.followers) == ("Threads API Test User", 500)


def test_recorded_posts_of_threads_are_read(server: Server) -> None:
    server.on(threads.POSTS, recorded("threads/user_threads.json"))
    server.on("GET /v1.0/1234567", recorded("threads/media_single.json"))
    figures = recorded("threads/media_insights_likes_replies.json")
    server.on("GET /v1.0/1234567/insights", figures)
    client = threads.client(server)
    page = client.posts()
    assert [(one.text, one.likes, one.comments, one.views) for one in page.posts] == [
        ("Today Is Monday", 100, 10, None)
    ]
    assert page.next_cursor is None
    (one,) = client.metrics(["1234567"])
    assert one.text == "Hello World"
    server.on(threads.POSTS, recorded("threads/replies.json"))
    server.on("GET /v1.0/1234567890/insights", figures)
    assert {one.kind for one in client.posts().posts} == {"reply"}


def test_recorded_writes_of_threads_are_read(server: Server) -> None:
    server.on(threads.LIMIT, recorded("threads/publishing_limit.json"))
    server.on(threads.MAKE, recorded("threads/container_create.json"))
    server.on("GET /v1.0/1234567890", threads.status("FINISHED"))
    server.on(threads.PUBLISH, recorded("threads/threads_publish.json"))
    published = threads.client(server).publish(threads.outgoing())
    assert published.platform_id == "1234567890"
    server.on(threads.DEBUG, recorded("threads/debug_token.json"))
    with pytest.raises(PermissionMissing):
        threads.client(server).check_can_publish()


def test_recorded_tokens_of_threads_are_read(server: Server) -> None:
    server.on(threads.SHORT, recorded("threads/token_short_lived.json"))
    server.on(threads.LONG, recorded("threads/token_long_lived.json"))
    consent = ThreadsAuthorisation(threads.connection(server, MemoryStore()))
    secret = consent.exchange(code="c", redirect_uri="https://a.example", verifier="")
    assert (secret["access_token"], secret["account_id"]) == ("THQVJ...", "12345678")
    assert "expires_at" in secret


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("token_invalid_190", AuthRevoked),
        ("permission_200", PermissionMissing),
        ("transient_code2", Unavailable),
    ],
)
def test_a_recorded_error_of_threads_is_understood(
    server: Server, name: str, error: type[PlatformError]
) -> None:
    server.on(threads.PROFILE, recorded(f"threads/error_{name}.json"))
    with pytest.raises(PlatformError) as caught:
        threads.client(server).profile()
    assert type(caught.value) is error
