"""Parts of threads: what is sent, what is refused, and finding them again. And what a first comment
may be."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from govsocial.platforms.base import OutgoingPost
from govsocial.platforms.checks import check
from govsocial.platforms.errors import (
    BadAnswer,
    NotFound,
    PlatformError,
    RateLimited,
    Refused,
    Unavailable,
)
from govsocial.platforms.finding import ASKED_AT
from govsocial.platforms.limits import LIMITS
from tests.gathering import each
from tests.platforms import bluesky_stage as bluesky
from tests.platforms import mastodon_stage as mastodon
from tests.platforms import threads_stage as threads
from tests.platforms import tiktok_stage as tiktok
from tests.platforms import x_stage as x
from tests.platforms import youtube_stage as youtube
from tests.platforms.fakes import Reply, Server
from tests.platforms.test_http import NOW

PARENT = "1991234567890123111"
SOON = "2026-11-23T01:00:05+0000"


def part(text: str = "Halo", *, follows: str, **changes: Any) -> OutgoingPost:
    values = {"key": "8f14e45f", "language": "id", "created_at": NOW, **changes}
    return OutgoingPost(text=text, follows=follows, **values)


# What is known to be refused


@each(
    ("platform", "text", "length"),
    [
        ("bluesky", "Halo", 300),
        ("x", "Halo", 280),
        ("facebook", "x", 8_000),
        # Neither media nor a title is asked for, and signs are those of a comment.
        ("instagram", "Halo", 2_200),
        ("youtube", "a < b", 10_000),
    ],
)
def test_a_part_needs_words_alone(platform: str, text: str, length: int) -> None:
    limits = LIMITS[platform]
    check(part(text, follows="7"), limits, length=length, platform=platform)
    with pytest.raises(Refused, match="at most"):
        check(part(text, follows="7"), limits, length=length + 1, platform=platform)
    with pytest.raises(Refused, match="neither text"):
        check(part(" ", follows="7"), limits, length=1, platform=platform)
    for media in ({"images": [x.IMAGE]}, {"video": youtube.film()}):
        with pytest.raises(Refused, match="text alone"):
            check(part(text, follows="7", **media), limits, length=1, platform=platform)


@each("platform", ["tiktok", "telegram", "whatsapp", "linkedin"])
def test_a_platform_without_answers_takes_none(platform: str) -> None:
    with pytest.raises(Refused, match="neither threads nor first comments"):
        check(part(follows="7"), LIMITS[platform], length=4, platform=platform)


def test_a_comment_shows_no_link_beside_it_and_keeps_to_the_hashtags(server: Server) -> None:
    linked = part("Baca", follows="7", link="https://a.example")
    check(linked, LIMITS["bluesky"], length=4, platform="Bluesky", takes_link=True)
    with pytest.raises(Refused, match="no link"):
        check(linked, LIMITS["facebook"], length=4, platform="Facebook", takes_link=True)
    many = part(" ".join(f"#tag{number}" for number in range(31)), follows="7")
    with pytest.raises(Refused, match="31 hashtags"):
        check(many, LIMITS["instagram"], length=9, platform="Instagram")


def test_tiktok_is_not_asked_for_a_part(server: Server) -> None:
    with pytest.raises(Refused):
        tiktok.client(server).publish(part(follows="7"))
    assert server.received == []


# X


def tweet(number: str, parent: str | None, **changes: Any) -> dict[str, Any]:
    answered = [{"type": "replied_to", "id": parent}] if parent else []
    return x.tweet(number, text="Halo", entities={}, referenced_tweets=answered, **changes)


def test_x_is_told_which_post_is_answered_and_bills_a_post(server: Server) -> None:
    x.good(server)
    purse = x.Purse()
    out = x.client_of(server, x.store(), meter=purse).publish(part(follows=PARENT))
    (call,) = server.received
    assert call.json() == {"text": "Halo", "reply": {"in_reply_to_tweet_id": PARENT}}
    assert out.permalink.endswith(f"/status/{out.platform_id}")
    assert purse.items == [("create post", 1)]
    with pytest.raises(Refused):
        x.client(server).publish(part(follows="../7"))


def test_on_x_a_part_is_found_by_its_words_and_what_it_answers(server: Server) -> None:
    listed = [tweet("9", PARENT), tweet("8", "77"), tweet("7", None)]
    server.on(x.POSTS, Reply(200, {"data": listed, "meta": {}}))

    def found(**changes: Any) -> str | None:
        out = x.client(server).find(part(**{"follows": PARENT, **changes}))
        return out.platform_id if out else None

    assert (found(), found(follows="77"), found(follows="")) == ("9", "8", "7")
    assert (found(taken={"9"}), found(follows="", taken={"7"}), found(text="Hai")) == (None,) * 3
    with pytest.raises(Unavailable, match="too early"):
        found(follows="78", handles={ASKED_AT: datetime.now(UTC).isoformat()})
    named = tweet("9", PARENT) | {"text": "@samudrakota Halo"}
    server.on(x.POSTS, Reply(200, {"data": [named], "meta": {}}))
    assert found() == "9"


@each(
    "said",
    [
        "You attempted to reply to a Tweet that is deleted or not visible to you.",
        "Reply to this conversation is not allowed because you have not been mentioned or "
        "otherwise engaged by the author of the post you are replying to.",
    ],
)
def test_what_x_says_of_a_reply_is_no_matter_of_rights(server: Server, said: str) -> None:
    x.good(server)
    server.on(x.PUBLISH, x.plain(403, said))
    with pytest.raises(Refused) as caught:
        x.client(server).publish(part(follows=PARENT))
    assert caught.value.words.startswith(said[:40])


# Threads


def test_threads_is_told_when_the_container_is_made(server: Server) -> None:
    threads.good(server)
    quota = {"reply_quota_usage": 4, "reply_config": {"quota_total": 1_000}}
    server.on(threads.LIMIT, Reply(200, {"data": [quota]}))
    rights = "threads_content_publish threads_manage_replies threads_read_replies"
    client = threads.client(server, scope=rights)
    client.publish(part(follows=PARENT))
    assert threads.form(server.calls(threads.MAKE)[0]) == {
        "media_type": "TEXT",
        "text": "Halo",
        "reply_to_id": PARENT,
    }
    (asked,) = server.calls(threads.LIMIT)
    assert asked.query["fields"] == ["reply_quota_usage,reply_config"]
    server.on(threads.LIMIT, Reply(200, {"data": [{**quota, "reply_quota_usage": 1_000}]}))
    with pytest.raises(RateLimited):
        client.publish(part(follows=PARENT))
    with pytest.raises(NotFound):
        client.publish(part(follows="../7"))


def test_on_threads_a_part_is_looked_for_among_the_replies(server: Server) -> None:
    def reply(number: str, parent: str | None) -> dict[str, Any]:
        told = {"replied_to": {"id": parent}} if parent else {}
        return threads.thread(id=number, text="Halo", timestamp=SOON, is_reply=True, **told)

    server.on("GET /v1.0/me/replies", Reply(200, {"data": [reply("9", PARENT), reply("8", "77")]}))
    server.on(threads.POSTS, Reply(200, {"data": [reply("9", PARENT)]}))
    client = threads.client(server)
    for follows, number in ((PARENT, "9"), ("77", "8")):
        found = client.find(part(follows=follows))
        assert found is not None
        assert found.platform_id == number
    assert client.find(part(follows=PARENT, taken={"9"})) is None
    # Of an ordinary post no reply is taken, wherever Threads lists it.
    assert client.find(part(follows="")) is None
    server.on("GET /v1.0/me/replies", Reply(200, {"data": [reply("9", None)]}))
    with pytest.raises(Unavailable, match="does not say"):
        client.find(part(follows=PARENT))


# Bluesky


def test_bluesky_is_told_the_version_of_both_ends_before_the_write(server: Server) -> None:
    bluesky.good(server)
    first, before = (f"at://{bluesky.DID}/app.bsky.feed.post/{name}" for name in ("3la", "3lb"))
    told = [
        {"uri": before, "cid": "cid-b", "value": {}},
        {"uri": first, "cid": "cid-a", "value": {}},
    ]
    server.on(bluesky.GET_RECORD, *(Reply(200, one) for one in told))
    client = bluesky.client(server)
    client.publish(bluesky.post(follows=before, root=first))
    assert server.calls(bluesky.PUBLISH)[0].json()["record"]["reply"] == {
        "root": {"uri": first, "cid": "cid-a"},
        "parent": {"uri": before, "cid": "cid-b"},
    }
    assert [one.query["rkey"] for one in server.calls(bluesky.GET_RECORD)] == [["3lb"], ["3la"]]
    server.on(bluesky.GET_RECORD, Reply(200, told[1]))
    client.publish(bluesky.post(follows=first, root=first))
    assert len(server.calls(bluesky.GET_RECORD)) == 3


@each(
    ("answer", "kind"),
    [
        (Reply(400, {"error": "RecordNotFound", "message": "Could not locate record"}), NotFound),
        (Reply(200, {"uri": "at://x", "value": {}}), BadAnswer),
        (Reply(502, {"error": "UpstreamFailure"}), Unavailable),
    ],
)
def test_on_bluesky_nothing_is_written_while_the_version_is_not_known(
    server: Server, answer: Reply, kind: type[PlatformError]
) -> None:
    bluesky.good(server)
    server.on(bluesky.GET_RECORD, answer)
    own = f"at://{bluesky.DID}/app.bsky.feed.post/3la"
    with pytest.raises(kind):
        bluesky.client(server).publish(bluesky.post(follows=own))
    with pytest.raises(Refused, match="not a post of this account"):
        bluesky.client(server).publish(bluesky.post(follows=own.replace("kota", "lain")))
    assert server.calls(bluesky.PUBLISH) == []


# Mastodon


def test_on_mastodon_an_answer_is_told_apart_from_a_post(server: Server) -> None:
    mastodon.good(server)
    client = mastodon.client(server)
    client.publish(mastodon.outgoing(images=[], follows="7"))
    assert server.calls(mastodon.PUBLISH)[0].json()["in_reply_to_id"] == "7"
    listed = [
        mastodon.status(14, in_reply_to_id="7", in_reply_to_account_id="42"),
        mastodon.status(13, in_reply_to_id="6", in_reply_to_account_id="42"),
        mastodon.status(12),
    ]
    server.on(mastodon.PROFILE, Reply(200, mastodon.ACCOUNT))
    server.on(mastodon.POSTS, Reply(200, listed))

    def found(follows: str) -> str | None:
        out = client.find(mastodon.outgoing(images=[], follows=follows))
        return out.platform_id if out else None

    assert (found("7"), found("6"), found(""), found("5")) == ("14", "13", "12", None)
    # What it answered is gone: the server forgets that status, and not whose it was.
    server.on(mastodon.POSTS, Reply(200, [mastodon.status(14, in_reply_to_account_id="42")]))
    assert (found("7"), found("")) == ("14", None)
    with pytest.raises(Refused):
        client.publish(mastodon.outgoing(images=[], follows="../7"))
