"""Answers of YouTube and TikTok, recorded and kept beside the repository, read by the clients."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from govsocial.platforms.errors import (
    AppRefused,
    AuthRevoked,
    PermissionMissing,
    PlatformError,
    RateLimited,
    Refused,
)
from govsocial.platforms.registry import authorisation
from tests.gathering import each
from tests.platforms import tiktok_stage as tiktok
from tests.platforms import youtube_stage as youtube
from tests.platforms.fakes import Reply, Server
from tests.platforms.test_samples import SAMPLES, recorded, sample

pytestmark = pytest.mark.skipif(
    not (SAMPLES / "index.json").is_file(),
    reason="the recorded answers of the platforms are not beside this repository",
)


def test_a_recorded_channel_is_read(server: Server) -> None:
    youtube.good(server)
    server.on(youtube.PROFILE, recorded("youtube/channel_full.json"))
    profile = youtube.client(server).profile()
    assert (profile.platform_id, profile.handle, profile.display_name) == (
        "UC_x5XG1OV2P6uZZ5FSM9Ttw",
        "@googledevelopers",
        "Google Developers",
    )
    assert (profile.followers, profile.posts, profile.following) == (1_927_873, 5026, None)
    assert profile.url == f"{server.base}/channel/UC_x5XG1OV2P6uZZ5FSM9Ttw"


def test_recorded_pages_of_uploads_are_followed(server: Server) -> None:
    youtube.good(server)
    server.on(youtube.PROFILE, recorded("youtube/channel_full.json"))
    pages = [sample(f"youtube/uploads_playlist_p{number}.json") for number in (1, 2)]
    server.on(youtube.POSTS, *(recorded(f"youtube/uploads_playlist_p{n}.json") for n in (1, 2)))
    asked: list[str] = []

    def films(received: Any) -> Reply:
        asked.extend(received.query["id"][0].split(","))
        return Reply(200, youtube.listed("video"))

    server.on(youtube.METRICS, films)
    client = youtube.client(server)
    first = client.posts()
    assert first.next_cursor == pages[0]["nextPageToken"] == "CAoQAA"
    assert client.posts(cursor=first.next_cursor).next_cursor is None
    assert asked == [
        one["snippet"]["resourceId"]["videoId"] for page in pages for one in page["items"]
    ]
    # The recording of the channel does not tell its list of uploads.
    assert server.calls(youtube.POSTS)[0].query["playlistId"] == ["UU_x5XG1OV2P6uZZ5FSM9Ttw"]


def test_a_recorded_upload_is_read(server: Server) -> None:
    youtube.good(server)
    told = sample("youtube/video_insert.json")
    server.on(youtube.PUBLISH, recorded("youtube/video_insert.json"))
    # It was recorded without its status, which a look asks for.
    looked_at = {**told, "status": {"uploadStatus": "processed", "privacyStatus": "public"}}
    server.on(youtube.METRICS, Reply(200, youtube.listed("video", looked_at)))
    published = youtube.client(server).publish(youtube.outgoing())
    assert published.platform_id == "D-lhorsDlUQ"
    assert published.response == told


def test_a_recorded_film_is_read(server: Server) -> None:
    youtube.good(server)
    told = sample("youtube/video_insert.json")
    server.on(youtube.METRICS, Reply(200, youtube.listed("video", told)))
    (seen,) = youtube.client(server).metrics(["D-lhorsDlUQ"])
    assert seen.posted_at == datetime(2019, 3, 21, 20, 37, 49, tzinfo=UTC)
    assert seen.text.startswith("What are Actions on Google (Assistant on Air)\n\nIn the first")
    given = told.get("statistics", {})
    for number, name in ((seen.views, "viewCount"), (seen.likes, "likeCount")):
        assert number == (int(given[name]) if name in given else None)


def test_a_recorded_token_of_google_is_read(server: Server) -> None:
    server.on(youtube.REFRESH, recorded("youtube/oauth_token.json"))
    way = authorisation("youtube", app=youtube.APP, allowed_private={server.host}, base=server.base)
    secret = way.exchange(code="c", redirect_uri="https://k.example/", verifier="v")
    assert (secret["access_token"], secret["refresh_token"]) == ("access_token", "refresh_token")
    assert secret["scope"].split() == sample("youtube/oauth_token.json")["scope"]


@each(
    ("name", "kind"),
    [
        ("key_invalid", AppRefused),
        ("permission_denied", PermissionMissing),
        ("rate_limit", RateLimited),
        ("access_not_configured", AppRefused),
    ],
)
def test_a_recorded_error_of_youtube_is_understood(
    server: Server, name: str, kind: type[PlatformError]
) -> None:
    youtube.good(server)
    for route in (youtube.PROFILE, youtube.BEGIN):
        server.on(route, recorded(f"youtube/error_{name}.json"))
    client = youtube.client(server)
    for call in (client.profile, lambda: client.publish(youtube.outgoing())):
        with pytest.raises(PlatformError) as caught:
            call()
        assert type(caught.value) is kind


def test_what_tiktok_recorded_of_an_account_lets_it_post(server: Server) -> None:
    tiktok.good(server)
    server.on(tiktok.CREATOR, recorded("tiktok/creator_info.json"))
    client = tiktok.client(server)
    client.check_can_publish()
    long = tiktok.film(seconds=3000.0)
    client.publish(tiktok.outgoing(images=(), video=long))
    (asked,) = server.calls(tiktok.BEGIN_FILM)
    assert asked.json()["post_info"]["privacy_level"] == "PUBLIC_TO_EVERYONE"


def test_a_recorded_token_of_tiktok_is_read(server: Server) -> None:
    tiktok.good(server)
    server.on(tiktok.REFRESH, recorded("tiktok/oauth_token.json"))
    way = authorisation("tiktok", app=tiktok.APP, allowed_private={server.host}, base=server.base)
    secret = way.exchange(code="c", redirect_uri="https://k.example/", verifier="")
    told = sample("tiktok/oauth_token.json")
    for name in ("access_token", "refresh_token", "scope"):
        assert secret[name] == told[name]
    assert secret["account_id"] == told["open_id"]


@pytest.mark.parametrize(
    ("name", "kind"), [("access_token_invalid", AuthRevoked), ("invalid_params", Refused)]
)
def test_a_recorded_error_of_tiktok_is_understood(
    server: Server, name: str, kind: type[PlatformError]
) -> None:
    tiktok.good(server)
    server.on(tiktok.PROFILE, recorded(f"tiktok/error_{name}.json"))
    with pytest.raises(PlatformError) as caught:
        tiktok.client(server).profile()
    assert type(caught.value) is kind
    # An expired token was refreshed once before it counted as revoked.
    assert len(server.calls(tiktok.REFRESH)) == (1 if kind is AuthRevoked else 0)


@pytest.mark.parametrize(
    "name",
    ["comment_threads_p1", "comment_threads_p2", "comment_reply_insert"],
)
def test_recorded_answers_about_something_else_are_not_taken_for_a_channel(
    server: Server, name: str
) -> None:
    youtube.good(server)
    server.on(youtube.PROFILE, recorded(f"youtube/{name}.json"))
    with pytest.raises(PlatformError):
        youtube.client(server).profile()


@each(
    "name",
    [
        "business_account",
        "business_videos",
        "business_video_publish",
        "business_photo_publish",
        "business_comments",
        "business_oauth_refresh",
    ],
)
def test_recorded_answers_of_tiktoks_other_product_are_not_taken_for_this_one(
    server: Server, name: str
) -> None:
    tiktok.good(server)
    server.on(tiktok.PROFILE, recorded(f"tiktok/{name}.json"))
    with pytest.raises(PlatformError):
        tiktok.client(server).profile()
