"""Recorded answers of Facebook and Instagram, kept beside the repository, read by the clients."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from govsocial.platforms.errors import (
    AuthRevoked,
    PermissionMissing,
    PlatformError,
    RateLimited,
    Refused,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.http import Answer, Effect, parse
from govsocial.platforms.meta import errors
from govsocial.platforms.meta.insights import Insights, by_day, lifetime
from tests.gathering import each
from tests.platforms import facebook_stage as facebook
from tests.platforms import instagram_stage as instagram
from tests.platforms.fakes import Reply, Server
from tests.platforms.meta_stage_parts import V
from tests.platforms.test_meta_consent import ACCOUNTS, DEBUG, LONG, TOKENS, USER, consent
from tests.platforms.test_samples import SAMPLES, recorded, sample

pytestmark = pytest.mark.skipif(
    not (SAMPLES / "index.json").is_file(),
    reason="the recorded answers of the platforms are not beside this repository",
)


def read(name: str) -> Insights:
    answer = Answer(200, {}, (SAMPLES / name).read_bytes(), "GET x")
    return parse(Insights, answer.json(), answer)


@each(
    ("name", "kind"),
    [
        ("facebook/error_permission_code100_feature.json", PermissionMissing),
        ("facebook/error_permission_code200.json", PermissionMissing),
        ("facebook/error_rate_limit_page_code32.json", RateLimited),
        ("facebook/error_transient_code2.json", Unavailable),
        ("facebook/error_token_expired_102_463.json", AuthRevoked),
        ("facebook/error_token_revoked_190_458.json", AuthRevoked),
        ("facebook/error_token_password_changed_102_460.json", AuthRevoked),
        ("facebook/error_deprecated_code12.json", Refused),
        ("facebook/error_too_many_ids_code100.json", Refused),
        ("instagram/error_media_posted_before_business.json", Refused),
        ("threads/error_token_invalid_190.json", AuthRevoked),
        ("threads/error_permission_200.json", PermissionMissing),
        ("threads/error_transient_code2.json", Unavailable),
    ],
)
def test_recorded_errors_are_of_the_right_kind(
    server: Server, name: str, kind: type[PlatformError]
) -> None:
    facebook.good(server)
    server.on(facebook.PROFILE, recorded(name))
    with pytest.raises(PlatformError) as caught:
        facebook.client(server).profile()
    assert type(caught.value) is kind
    server.on(facebook.PUBLISH, recorded(name))
    with pytest.raises(PlatformError) as caught:
        facebook.client(server).publish(facebook.outgoing())
    assert type(caught.value) is (UnknownOutcome if kind is Unavailable else kind)


def test_recorded_usage_headers_are_read() -> None:
    headers = sample("facebook/headers_rate_limit.json")
    assert [one["call_count"] for one in errors.usages(headers)] == [91, 1]
    limited = Answer(400, headers, b'{"error":{"code":4}}', "GET x")
    assert errors.failure(limited, secrets=(), effect=Effect.READ).retry_after is None


def test_a_recorded_page(server: Server) -> None:
    page = sample("facebook/page_profile.json")
    server.on(f"GET {V}/20531316728", recorded("facebook/page_profile.json"))
    profile = facebook.client(server, account_id="20531316728").profile()
    assert (profile.platform_id, profile.handle) == ("20531316728", "facebookapp")
    assert (profile.display_name, profile.url) == ("Facebook", page["link"])
    # The recording asked for fan_count only, which is another figure.
    assert (profile.followers, profile.verified) == (None, True)


def test_recorded_posts_of_a_page(server: Server) -> None:
    pages = [recorded(f"facebook/page_feed_p{number}.json") for number in (1, 2)]
    server.on(facebook.POSTS, *pages)
    client = facebook.client(server)
    first = client.posts()
    second = client.posts(cursor=first.next_cursor)
    assert (first.next_cursor, second.next_cursor) == ("after", None)
    posts = [*first.posts, *second.posts]
    assert len({post.platform_id for post in posts}) == 10
    newest, oldest = posts[0], posts[-1]
    assert (newest.likes, newest.comments, newest.shares) == (125, 13, 10)
    assert newest.posted_at == datetime(2021, 7, 9, 19, 9, 52, tzinfo=UTC)
    assert newest.permalink == "https://www.facebook.com/19292868552/posts/10158349356748553/"
    assert (oldest.likes, oldest.shares) == (26_959, 183)
    assert [post.views for post in posts] == [None] * 10


def test_recorded_pages_of_a_person_and_the_token(server: Server) -> None:
    server.on(ACCOUNTS, *[recorded(f"facebook/user_accounts_p{n}.json") for n in (1, 2)])
    choices = consent(server).choices(USER)
    assert [choice.platform_id for choice in choices] == [
        "123", "1234", "123512", "1234624", "123456", "12345678",
    ]  # fmt: skip
    assert (
        choices[0].secret["access_token"]
        == sample("facebook/user_accounts_p1.json")["data"][0]["access_token"]
    )
    server.on(
        TOKENS, Reply(200, {"access_token": LONG}), recorded("facebook/long_lived_token.json")
    )
    server.on(DEBUG, recorded("facebook/debug_token.json"))
    secret = consent(server).exchange(code="c", redirect_uri="https://a.example/", verifier="")
    assert secret["access_token"] == "token"
    assert "manage_pages" in secret["scope"].split()
    assert secret["data_access_expires_at"] == "2020-03-24T08:59:09+00:00"
    assert secret["expires_at"] > datetime.now(UTC).isoformat()


def test_a_recorded_account_and_its_media(server: Server) -> None:
    server.on(instagram.PROFILE, recorded("instagram/user_profile.json"))
    server.on(
        instagram.POSTS,
        recorded("instagram/user_media_p1.json"),
        recorded("instagram/user_media_p2.json"),
    )
    server.on(instagram.METRICS, instagram.nodes)
    client = instagram.client(server)
    profile = client.profile()
    assert (profile.platform_id, profile.handle) == ("17841407673135339", "facebookfordevelopers")
    assert (profile.followers, profile.following, profile.posts) == (64_363, None, 427)
    first = client.posts()
    assert first.next_cursor == "after"
    assert [(post.platform_id, post.likes, post.comments) for post in first.posts] == [
        ("17895731045244887", 0, 0),
        ("17896622936197745", 2, 6),
    ]
    second = client.posts(cursor="after")
    assert second.next_cursor is None
    assert second.posts[0].text == "ALBUM"


def test_recorded_insights_of_media_of_before_have_what_is_still_called_so() -> None:
    assert lifetime(read("instagram/media_insights_legacy_impressions.json")) == {
        "impressions": 8,
        "reach": 5,
        "saved": 0,
    }
    reel = lifetime(read("instagram/media_insights_reels_legacy.json"))
    assert reel["ig_reels_video_view_total_time"] == 30_017_581
    assert (reel["reach"], reel["likes"], reel.get("views")) == (2006, 108, None)
    assert lifetime(read("instagram/story_insights_legacy.json"))["reach"] == 105


def test_recorded_days_end_at_midnight_in_california() -> None:
    days = by_day(read("instagram/user_insights_time_series_legacy.json"))
    assert days == {
        date(2017, 5, 3): {"impressions": 4, "reach": 3, "profile_views": 0},
        date(2017, 5, 4): {"impressions": 66, "reach": 36, "profile_views": 2},
    }


def test_a_recorded_publication(server: Server) -> None:
    instagram.good(server)
    made = sample("instagram/container_create_photo.json")["id"]
    server.on(instagram.CONTAINERS, recorded("instagram/container_create_photo.json"))
    server.on(f"GET {V}/{made}", recorded("instagram/container_status_finished.json"))
    server.on(instagram.QUOTA, recorded("instagram/content_publishing_limit.json"))
    server.on(instagram.PUBLISH, recorded("instagram/media_publish.json"))
    server.on(f"GET {V}/17920238422030506", recorded("instagram/media_single_carousel.json"))
    published = instagram.client(server).publish(instagram.outgoing())
    assert published.platform_id == "17920238422030506"
    assert published.permalink.startswith("https://www.instagram.com/p/")


def test_recorded_media_that_are_older_than_the_account_have_no_insights(server: Server) -> None:
    instagram.good(server)
    server.on(instagram.POSTS, instagram.listing(instagram.seen(7)))
    server.on(f"GET {V}/7", recorded("instagram/error_media_posted_before_business.json"))
    (post,) = instagram.client(server).posts().posts
    assert (post.likes, post.views, post.reach) == (12, None, None)


def test_a_recorded_carousel_has_as_many_pictures_as_children(server: Server) -> None:
    carousel: dict[str, Any] = sample("instagram/media_single_carousel.json")
    server.on(instagram.POSTS, Reply(200, {"data": [carousel]}))
    children = len(carousel["children"]["data"])
    post = instagram.outgoing(
        text="ALBUM",
        images=[instagram.IMAGE] * children,
        created_at=datetime(2021, 7, 26, tzinfo=UTC),
    )
    found = instagram.client(server).find(post)
    assert found is not None
    assert found.platform_id == carousel["id"]
