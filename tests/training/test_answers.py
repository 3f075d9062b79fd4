"""Threads and first comments against the training platforms: our clients' whole line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from govsocial.platforms.base import OutgoingPost, PlatformClient
from govsocial.platforms.errors import PlatformError, Refused, Unavailable, UnknownOutcome
from govsocial.platforms.finding import ASKED_AT
from govsocial.platforms.registry import connect, new_key
from govsocial.training.agency import BY_KEY
from tests.gathering import each
from tests.platforms.conftest import QUICK
from tests.platforms.fakes import MemoryStore
from tests.training.conftest import ANCHOR, Caller, Clock, sample
from tests.training.line import app_of, misbehave

WORDS = "Rinciannya: bawa KTP & KK."
THREADS = ("bluesky", "mastodon", "threads", "x")
COMMENTS = ("facebook", "instagram", "youtube")
LAST = {
    "bluesky": "*putRecord",
    "mastodon": "POST /api/v1/statuses",
    "threads": "POST */threads_publish",
    "x": "POST /2/tweets",
    "facebook": "POST */comments",
    "instagram": "POST */comments",
    "youtube": "POST */commentThreads",
}
"""The call that puts the answer out."""


def client_of(served: Caller, platform: str) -> PlatformClient:
    """The account's own secret is taken in place of a token."""
    account = BY_KEY[f"{platform}:samudrakota"]
    token = {"access_token": account.secret, "account_id": account.platform_id}
    server = platform in {"bluesky", "mastodon"}
    return connect(
        platform,
        host=served.base if server else "",
        base="" if server else served.base,
        handle=account.handle,
        secrets=MemoryStore(
            **({"app_password": account.secret} if platform == "bluesky" else token)
        ),
        allowed_private={urlsplit(served.base).netloc},
        app=None if server else app_of(platform),
        timing=QUICK,
    )


def text(platform: str, words: str = WORDS, *, minute: int = 0, **changes: Any) -> OutgoingPost:
    at = ANCHOR + timedelta(microseconds=minute)
    values = {"key": new_key(platform, at), "language": "id", "created_at": ANCHOR, **changes}
    return OutgoingPost(text=words, **values)


def parents(client: PlatformClient, platform: str) -> list[str]:
    """Two own posts; where only media are posts, two of the history that may be commented."""
    if platform in COMMENTS:
        listed = client.posts().posts
        return [one.platform_id for one in listed if one.comments is not None][:2]
    first = [text(platform, f"Layanan {number}", minute=number) for number in (1, 2)]
    return [client.publish(one).platform_id for one in first]


def comments_of(client: PlatformClient, post_id: str) -> int:
    (found,) = client.metrics([post_id])
    assert found.comments is not None
    return found.comments


def asked_long_ago(post: OutgoingPost, handles: dict[str, str]) -> OutgoingPost:
    asked = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    return replace(post, handles={**handles, ASKED_AT: asked})


@each("platform", [*THREADS, *COMMENTS])
def test_the_same_words_below_two_posts_are_two_answers_and_each_is_found(
    served: Caller, platform: str
) -> None:
    client = client_of(served, platform)
    below = parents(client, platform)
    before = [comments_of(client, one) for one in below]
    parts = [
        text(platform, minute=number, follows=one, root=one) for number, one in enumerate(below, 7)
    ]
    assert [client.find(part) for part in parts] == [None, None]
    out = [client.publish(part) for part in parts]
    assert [comments_of(client, one) for one in below] == [number + 1 for number in before]
    found = [client.find(part) for part in parts]
    assert [one.platform_id for one in found if one] == [one.platform_id for one in out]
    assert [one.permalink for one in found if one] == [one.permalink for one in out]
    assert len({one.permalink for one in out}) == len({one.platform_id for one in out}) == 2
    for one in out:
        shown = served.get(one.permalink.removeprefix(served.base))
        assert (shown.status_code, "bawa KTP &amp; KK." in shown.text) == (200, True), one.permalink
    if platform in THREADS:
        # A post of the same words that answers nothing is another one.
        assert client.find(text(platform, minute=20)) is None
    if platform != "bluesky":
        assert client.find(replace(parts[0], taken={out[0].platform_id})) is None
    for one in out:
        client.delete(one.platform_id, comment=platform in COMMENTS)
        client.delete(one.platform_id, comment=platform in COMMENTS)
    assert [comments_of(client, one) for one in below] == before
    assert client.find(parts[0]) is None


@each("platform", [*THREADS, *COMMENTS])
def test_an_answer_whose_answer_is_lost_is_out_once_or_not_at_all(
    served: Caller, platform: str
) -> None:
    client = client_of(served, platform)
    (parent, _) = parents(client, platform)
    for kind, is_out in (("drop_after_accept", True), ("drop_before_accept", False)):
        handles: dict[str, str] = {}
        words = f"{WORDS} {kind}"
        part = text(platform, words, minute=5 + is_out, follows=parent, keep=handles.update)
        misbehave(served.base, kind=kind, endpoint=LAST[platform])
        with pytest.raises(UnknownOutcome):
            client.publish(part)
        found = client.find(asked_long_ago(part, handles))
        assert (found is not None) == is_out, (platform, kind)
        assert found is None or found.platform_id != parent


@each("platform", [*THREADS, *COMMENTS])
def test_a_sender_that_is_given_up_before_any_step_leaves_nothing(
    served: Caller, platform: str
) -> None:
    client = client_of(served, platform)
    (parent, _) = parents(client, platform)
    before = comments_of(client, parent)
    for last in range(9):
        steps = iter(range(99))

        def before_step(steps: Iterator[int] = steps, last: int = last) -> None:
            if next(steps) == last:
                raise PlatformError("given up")

        part = text(platform, follows=parent, before_step=before_step)
        with suppress(PlatformError):
            client.publish(part)
            break
        assert comments_of(client, parent) == before
    assert 2 <= last < 8
    assert comments_of(client, parent) == before + 1


@each(
    ("platform", "unknown"),
    {
        "mastodon": ("mastodon", "123456789"),
        "threads": ("threads", "18000000000000009"),
        "x": ("x", "1991234567890123999"),
        "facebook": ("facebook", "104958162837465_77"),
        "another page": ("facebook", "999_77"),
        "instagram": ("instagram", "178954"),
        "youtube": ("youtube", "AAAAAAAAAAA"),
        "bluesky": ("bluesky", "at://did:plc:orang/app.bsky.feed.post/3l"),
    },
)
def test_nothing_is_answered_that_is_not_there_or_not_ours(
    served: Caller, platform: str, unknown: str
) -> None:
    client = client_of(served, platform)
    with pytest.raises(Refused):
        client.publish(text(platform, follows=unknown))
    with pytest.raises(Refused):
        client.publish(text(platform, follows="../lain"))


def test_a_thread_of_three_hangs_together_where_it_is_read(served: Caller, clock: Clock) -> None:
    for platform in THREADS:
        client, ids, address = client_of(served, platform), [""], ""
        for number in range(3):
            root = ids[1] if number else ""
            part = text(platform, f"Bagian {number}", minute=number, follows=ids[-1], root=root)
            out = client.publish(part)
            ids.append(out.platform_id)
            clock.forward(seconds=2)
            address = address or out.permalink
        page = served.get(address.removeprefix(served.base)).text
        assert [f"Bagian {number}" in page for number in range(3)] == [True] * 3, platform
        assert [comments_of(client, one) for one in ids[1:]] == [1, 1, 0], platform
    bluesky = BY_KEY["bluesky:samudrakota"]
    first = served.xrpc("app.bsky.feed.getAuthorFeed", actor=bluesky.handle, limit=3).json()
    reply = first["feed"][0]["post"]["record"]["reply"]
    assert reply["root"]["uri"] == first["feed"][2]["post"]["uri"]
    assert reply["parent"] == {name: first["feed"][1]["post"][name] for name in ("uri", "cid")}
    tree = served.xrpc("app.bsky.feed.getPostThread", uri=reply["root"]["uri"]).json()["thread"]
    assert tree["replies"][0]["replies"][0]["post"]["record"]["text"] == "Bagian 2"
    served.token = BY_KEY["threads:samudrakota"].secret
    fields = {"fields": "text,is_reply,replied_to,root_post"}
    own = served.get("/v1.0/me/replies", params=fields).json()["data"]
    assert [one["text"] for one in own] == ["Bagian 2", "Bagian 1"]
    assert own[0]["replied_to"]["id"] == own[1]["id"]
    posts = served.get("/v1.0/me/threads", params={"fields": "id,text,is_reply"}).json()["data"]
    assert (posts[0]["text"], posts[0]["is_reply"]) == ("Bagian 0", False)
    path = f"/v1.0/{posts[0]['id']}"
    assert len(served.get(f"{path}/replies").json()["data"]) == 1
    assert len(served.get(f"{path}/conversation").json()["data"]) == 2
    status = client_of(served, "mastodon").posts().posts[1]
    served.token = None
    context = served.get(f"/api/v1/statuses/{status.platform_id}/context").json()
    assert [len(context[name]) for name in ("ancestors", "descendants")] == [1, 1]


def test_comments_of_citizens_are_listed_and_never_taken_for_our_own(served: Caller) -> None:
    for platform in COMMENTS:
        client = client_of(served, platform)
        post = next(one for one in client.posts().posts if one.comments)
        served.token = BY_KEY[f"{platform}:samudrakota"].secret
        if platform == "youtube":
            asked = {"part": "snippet", "videoId": post.platform_id, "maxResults": "2"}
            listed = served.get("/youtube/v3/commentThreads", params=asked).json()["items"]
            words = [one["snippet"]["topLevelComment"]["snippet"]["textDisplay"] for one in listed]
        else:
            name = "text" if platform == "instagram" else "message"
            path = f"/v26.0/{post.platform_id}/comments"
            listed = served.get(path, params={"fields": f"id,{name}", "limit": "2"}).json()["data"]
            words = [one[name] for one in listed]
        part = text(platform, words[0], follows=post.platform_id)
        long_ago = replace(part, created_at=post.posted_at)
        if platform == "facebook":
            with pytest.raises(Unavailable, match="does not say whose"):
                client.find(long_ago)
        else:
            assert client.find(long_ago) is None


@each(
    ("path", "body", "status", "said"),
    {
        "x": ("/2/tweets", {"text": "a", "reply": {"in_reply_to_tweet_id": "7"}}, 403, "attempted"),
        "x id": ("/2/tweets", {"text": "a", "reply": {"in_reply_to_tweet_id": 7}}, 400, "pattern"),
        "mastodon": ("/api/v1/statuses", {"status": "a", "in_reply_to_id": "7"}, 404, "reply to"),
        "threads": (
            "/v1.0/me/threads",
            {"media_type": "TEXT", "text": "a", "reply_to_id": "7"},
            400,
            "does not exist",
        ),
        "facebook": ("/v26.0/104958162837465_7/comments", {"message": "a"}, 400, "does not exist"),
        "youtube": (
            "/youtube/v3/commentThreads",
            {"snippet": {"videoId": "x", "topLevelComment": {"snippet": {"textOriginal": "a"}}}},
            404,
            "videoNotFound",
        ),
        "youtube form": ("/youtube/v3/commentThreads", {"snippet": {}}, 400, "Metadata"),
    },
)
def test_the_platforms_refuse_in_their_own_words(
    served: Caller, path: str, body: dict[str, Any], status: int, said: str
) -> None:
    named = {"/2": "x", "/api": "mastodon", "/v1.0": "threads", "/v26.0": "facebook"}
    platform = named.get(f"/{path.split('/')[1]}", "youtube")
    served.token = BY_KEY[f"{platform}:samudrakota"].secret
    answer = served.post(path, json=body)
    assert (answer.status_code, said in answer.text) == (status, True), answer.text


def test_a_comment_that_is_too_long_or_asks_for_fields_is_answered_as_at_meta(
    served: Caller,
) -> None:
    for platform, longest in (("facebook", 8_000), ("instagram", 2_200)):
        client = client_of(served, platform)
        post = client.posts().posts[0].platform_id
        before = comments_of(client, post)
        served.token = BY_KEY[f"{platform}:samudrakota"].secret
        path = f"/v26.0/{post}/comments"
        assert served.post(path, data={"message": "x" * (longest + 1)}).status_code == 400
        assert served.post(path, data={"message": " "}).status_code == 400
        assert comments_of(client, post) == before
    refused = served.post(path, data={"message": "Halo", "fields": "id"}).json()["error"]
    assert (refused["code"], refused["error_subcode"]) == (20, 1772107)
    assert comments_of(client, post) == before + 1


def test_a_comment_has_the_fields_that_were_recorded(served: Caller) -> None:
    client = client_of(served, "youtube")
    film = parents(client, "youtube")[0]
    out = client.publish(text("youtube", follows=film))
    recorded = sample("youtube/comment_threads_p1.json")["items"][0]
    told = dict(out.response)
    assert recorded.keys() <= told.keys()
    top, own = (one["snippet"]["topLevelComment"]["snippet"] for one in (recorded, told))
    assert top.keys() <= own.keys()
