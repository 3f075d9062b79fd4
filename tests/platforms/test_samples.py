"""Answers of the real platforms, recorded and kept beside the repository, read by the clients."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from govsocial.platforms.base import OutgoingPost, PlatformClient
from govsocial.platforms.errors import (
    AuthRevoked,
    NotFound,
    PlatformError,
    RateLimited,
    Refused,
    TokenExpired,
    UnknownOutcome,
)
from govsocial.platforms.registry import connect, new_key
from tests.gathering import each
from tests.platforms import bluesky_stage as bluesky
from tests.platforms import test_mastodon as mastodon
from tests.platforms.conftest import QUICK
from tests.platforms.fakes import MemoryStore, Reply, Server
from tests.platforms.test_http import NOW

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "platform_samples"
needs_samples = pytest.mark.skipif(
    not (SAMPLES / "index.json").is_file(),
    reason="the recorded answers of the platforms are not beside this repository",
)
pytestmark = needs_samples
DID = "did:plc:gsod4avtr7xd6kwrd7unih74"
LOGGED_IN = {"access_jwt": "a", "refresh_jwt": "r", "did": DID, "handle": "transport-agency.test"}


def sample(name: str) -> Any:
    return json.loads((SAMPLES / name).read_bytes())


def recorded(name: str) -> Reply:
    (entry,) = [
        one for one in json.loads((SAMPLES / "index.json").read_bytes()) if one["file"] == name
    ]
    kept = {k: v for k, v in entry["headers"].items() if k.lower() != "content-length"}
    return Reply(entry["status"], (SAMPLES / name).read_bytes(), kept)


def client_of(platform: str, server: Server, store: MemoryStore) -> PlatformClient:
    return connect(
        platform,
        host=server.base,
        handle="transport-agency.test",
        secrets=store,
        allowed_private={server.host},
        timing=QUICK,
    )


def outgoing(platform: str) -> OutgoingPost:
    return OutgoingPost(key=new_key(platform, NOW), text="Halo", language="id", created_at=NOW)


def test_a_recorded_bluesky_account_is_read(server: Server) -> None:
    server.on(bluesky.LOGIN, recorded("bluesky/create_session.json"))
    server.on(bluesky.PROFILE, recorded("bluesky/get_profile.json"))
    server.on(bluesky.POSTS, recorded("bluesky/author_feed_p1.json"))
    server.on(bluesky.METRICS, recorded("bluesky/get_posts.json"))
    store = MemoryStore(app_password="app-pass")
    client = client_of("bluesky", server, store)
    profile = client.profile()
    assert (profile.followers, profile.following, profile.posts) == (3, 0, 9)
    # The recorded identity names a server on localhost, which is not on the list.
    assert "pds" not in store.load()
    feed = sample("bluesky/author_feed_p1.json")
    own = [
        one for one in feed["feed"] if one["post"]["author"]["did"] == DID and "reason" not in one
    ]
    page = client.posts()
    assert [one.platform_id for one in page.posts] == [one["post"]["uri"] for one in own]
    assert page.next_cursor == feed.get("cursor")
    posts = sample("bluesky/get_posts.json")["posts"]
    found = client.metrics([one["uri"] for one in posts])
    assert [(one.likes, one.comments, one.shares, one.quotes, one.saves) for one in found] == [
        (p["likeCount"], p["replyCount"], p["repostCount"], p["quoteCount"], p["bookmarkCount"])
        for p in posts
    ]


def test_a_recorded_bluesky_write_is_read(server: Server) -> None:
    server.on(bluesky.PUBLISH, recorded("bluesky/put_post_same_rkey.json"))
    server.on(bluesky.GET_RECORD, recorded("bluesky/get_record.json"))
    client = client_of("bluesky", server, MemoryStore(**LOGGED_IN))
    published = client.publish(outgoing("bluesky"))
    assert published.platform_id == sample("bluesky/put_post_same_rkey.json")["uri"]
    found = client.find(outgoing("bluesky"))
    assert found is not None
    assert found.permalink == published.permalink


@each(
    ("name", "error"),
    [
        ("auth_missing", AuthRevoked),
        ("expired_token", TokenExpired),
        ("text_too_long", Refused),
        ("blob_too_large", Refused),
        ("profile_not_found", Refused),
        ("record_not_found", NotFound),
        ("rate_limited", RateLimited),
    ],
)
def test_a_recorded_bluesky_error_is_understood(
    server: Server, name: str, error: type[PlatformError]
) -> None:
    server.on(bluesky.PUBLISH, recorded(f"bluesky/error_{name}.json"))
    server.on(bluesky.REFRESH, recorded("bluesky/create_session.json"))
    with pytest.raises(PlatformError) as caught:
        client_of("bluesky", server, MemoryStore(**LOGGED_IN)).publish(outgoing("bluesky"))
    assert type(caught.value) is error
    assert caught.value.retry_after == (290 if error is RateLimited else None)


def test_a_recorded_bluesky_server_error_leaves_a_write_unknown(server: Server) -> None:
    server.on(bluesky.PUBLISH, recorded("bluesky/create_post_same_rkey_again.json"))
    with pytest.raises(UnknownOutcome):
        client_of("bluesky", server, MemoryStore(**LOGGED_IN)).publish(outgoing("bluesky"))


def test_a_recorded_mastodon_account_is_read(server: Server) -> None:
    server.on(mastodon.ME, recorded("mastodon/verify_credentials.json"))
    account = sample("mastodon/verify_credentials.json")
    listed = recorded("mastodon/account_statuses_p1.json")
    server.on(f"GET /api/v1/accounts/{account['id']}/statuses", listed)
    server.on(mastodon.BY_ID, listed)
    client = client_of("mastodon", server, MemoryStore(access_token="t"))
    assert (client.profile().followers, client.profile().posts) == (0, 0)
    page = client.posts()
    assert page.posts[0].text == "Toot number 9!"
    assert page.next_cursor == "117020580489281910"
    ids = [one["id"] for one in sample("mastodon/account_statuses_p1.json")]
    found = client.metrics(ids)
    assert [one.platform_id for one in found] == ids
    assert (found[0].likes, found[0].quotes, found[0].views) == (0, 0, None)


def test_a_recorded_mastodon_write_is_read(server: Server) -> None:
    server.on(mastodon.INSTANCE, recorded("mastodon/instance_v2.json"))
    server.on(mastodon.MEDIA, recorded("mastodon/media_upload.json"))
    server.on(mastodon.PUBLISH, recorded("mastodon/status_create.json"))
    client = client_of("mastodon", server, MemoryStore(access_token="t"))
    published = client.publish(
        OutgoingPost(
            key=new_key("mastodon", NOW),
            text="Toot!",
            language="en",
            created_at=NOW,
            images=[mastodon.IMAGE],
        )
    )
    assert published.platform_id == "117020585924712638"
    assert (client.limits.alt_text, client.limits.text) == (10_000, 500)
    media = sample("mastodon/media_upload.json")
    assert server.calls(mastodon.PUBLISH)[0].json()["media_ids"] == [media["id"]]


@each(
    ("name", "error"),
    [
        ("empty_status", Refused),
        ("not_found", NotFound),
        ("unauthorized", AuthRevoked),
        ("rate_limited", RateLimited),
    ],
)
def test_a_recorded_mastodon_error_is_understood(
    server: Server, name: str, error: type[PlatformError]
) -> None:
    server.on(mastodon.PUBLISH, recorded(f"mastodon/error_{name}.json"))
    with pytest.raises(PlatformError) as caught:
        client_of("mastodon", server, MemoryStore(access_token="t")).publish(outgoing("mastodon"))
    assert type(caught.value) is error
    assert (caught.value.retry_after is not None) == (error is RateLimited)
