from __future__ import annotations

from typing import Any

import pytest

from govsocial.platforms.base import Image, PlatformClient, PostKind
from govsocial.platforms.errors import (
    AccountBlocked,
    AuthRevoked,
    BadAnswer,
    NotFound,
    PermissionMissing,
    PlatformError,
    RateLimited,
    Refused,
    Unavailable,
    UnknownOutcome,
)
from tests.gathering import each
from tests.platforms import bluesky_stage as stage
from tests.platforms.bluesky_stage import (
    DID,
    GET_RECORD,
    METRICS,
    POSTS,
    PROFILE,
    PUBLISH,
    RESOLVE,
    UPLOAD,
    client_of,
    post,
    seen,
    signed_in,
    write_record,
)
from tests.platforms.fakes import MemoryStore, Received, Reply, Server


@pytest.fixture
def store() -> MemoryStore:
    return signed_in()


@pytest.fixture
def client(server: Server, store: MemoryStore) -> PlatformClient:
    return client_of(server, store)


@each(("count", "kind", "under"), [(4, "images", "images"), (5, "gallery", "items")])
def test_more_pictures_than_stand_beside_each_other_are_a_gallery(
    server: Server, count: int, kind: str, under: str
) -> None:
    stage.good(server)
    stage.client(server).publish(post(images=[stage.IMAGE] * count))
    embed = server.calls(stage.PUBLISH)[0].json()["record"]["embed"]
    assert embed["$type"] == f"app.bsky.embed.{kind}"
    assert [one["alt"] for one in embed[under]] == [stage.IMAGE.alt] * count
    # A gallery holds things of several kinds, so that each says what it is.
    types = {one.get("$type") for one in embed[under]}
    assert types == ({None} if count == 4 else {"app.bsky.embed.gallery#image"})
    assert all(one["aspectRatio"] == {"width": 4, "height": 3} for one in embed[under])


def test_a_post_is_written_under_its_own_key_with_facets_and_images(
    server: Server, client: PlatformClient
) -> None:
    blob = {"$type": "blob", "ref": {"$link": "bafk"}, "mimeType": "image/png", "size": 3}
    server.on(UPLOAD, Reply(200, {"blob": blob}))
    server.on(PUBLISH, write_record)
    server.on(
        RESOLVE, Reply(200, {"did": "did:plc:dinas"}), Reply(400, {"error": "InvalidRequest"})
    )
    outgoing = post(
        "Héllo @dinas.example @nobody.example #siaga https://a.example/x",
        images=[Image(data=b"png", media_type="image/png", alt="Peta", width=4, height=3)],
    )
    published = client.publish(outgoing)
    (upload,) = server.calls(UPLOAD)
    assert (upload.body, upload.headers["Content-Type"]) == (b"png", "image/png")
    sent = server.calls(PUBLISH)[0].json()
    assert (sent["repo"], sent["rkey"]) == (DID, outgoing.key)
    record = sent["record"]
    assert record["text"] == outgoing.text
    assert record["createdAt"] == "2026-11-23T01:00:00.000Z"
    assert record["langs"] == ["id"]
    assert record["embed"]["images"] == [
        {"image": blob, "alt": "Peta", "aspectRatio": {"width": 4, "height": 3}}
    ]
    parts = [
        outgoing.text.encode()[f["index"]["byteStart"] : f["index"]["byteEnd"]].decode()
        for f in record["facets"]
    ]
    assert parts == ["@dinas.example", "#siaga", "https://a.example/x"]
    assert record["facets"][0]["features"][0]["did"] == "did:plc:dinas"
    assert published.platform_id == f"at://{DID}/app.bsky.feed.post/{outgoing.key}"
    assert published.permalink == f"{server.base}/profile/kota.example/post/{outgoing.key}"
    assert published.sent == sent
    assert published.response["cid"] == "c"


def test_sending_the_same_post_again_writes_the_same_record(
    server: Server, client: PlatformClient
) -> None:
    server.on(PUBLISH, Reply(500), write_record)
    outgoing = post()
    with pytest.raises(UnknownOutcome):
        client.publish(outgoing)
    client.publish(outgoing)
    first, second = server.calls(PUBLISH)
    assert first.json() == second.json()


@pytest.mark.parametrize(
    "reply", [Reply(200, b"<html>"), Reply(200, {"cid": "c"}), Reply(200, ["x"]), Reply(502)]
)
def test_an_answer_that_does_not_say_what_was_written_leaves_it_unknown(
    server: Server, client: PlatformClient, reply: Reply
) -> None:
    server.on(PUBLISH, reply)
    with pytest.raises(UnknownOutcome):
        client.publish(post())


@pytest.mark.parametrize(("reply", "error"), [(Reply(500), Unavailable), (Reply(413), Refused)])
def test_a_failed_upload_published_nothing(
    server: Server, client: PlatformClient, reply: Reply, error: type[PlatformError]
) -> None:
    server.on(UPLOAD, reply)
    image = Image(data=b"x", media_type="image/png", alt="", width=1, height=1)
    with pytest.raises(error):
        client.publish(post(images=[image]))
    assert server.calls(PUBLISH) == []


def test_a_post_beyond_the_limits_is_refused_before_anything_is_sent(
    server: Server, client: PlatformClient
) -> None:
    image = Image(data=b"x", media_type="image/png", alt="", width=1, height=1)
    too_large = Image(data=b"x" * 2_000_001, media_type="image/png", alt="", width=1, height=1)
    bitmap = Image(data=b"x", media_type="image/bmp", alt="", width=1, height=1)
    for outgoing, reason in (
        (post("a" * 301), "301 graphemes"),
        (post("\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}" * 200), "bytes"),
        (post("  "), "neither text nor"),
        (post(images=[image] * 11), "11 images"),
        (post(images=[too_large]), "2000001 bytes"),
        (post(images=[bitmap]), "of a kind"),
        (post(key="not-a-tid"), "key"),
    ):
        with pytest.raises(Refused, match=reason):
            client.publish(outgoing)
    assert server.received == []


def test_a_post_is_found_by_its_key_or_known_to_be_absent(
    server: Server, client: PlatformClient
) -> None:
    outgoing = post()
    uri = f"at://{DID}/app.bsky.feed.post/{outgoing.key}"
    server.on(
        GET_RECORD,
        Reply(400, {"error": "RecordNotFound", "message": "x"}),
        Reply(200, {"uri": uri, "cid": "c", "value": {"text": "Halo"}}),
    )
    assert client.find(outgoing) is None
    found = client.find(outgoing)
    assert found is not None
    assert found.platform_id == uri
    assert server.received[-1].query["rkey"] == [outgoing.key]


def test_not_knowing_is_not_the_same_as_absent(server: Server, client: PlatformClient) -> None:
    for reply, error in (
        (Reply(502), Unavailable),
        (Reply(400, {"error": "InvalidRequest"}), Refused),
        (Reply(200, b"<html>"), BadAnswer),
    ):
        server.on(GET_RECORD, reply)
        with pytest.raises(error):
            client.find(post())


def test_the_feed_gives_own_posts_and_replies_page_by_page(
    server: Server, client: PlatformClient
) -> None:
    other = {"did": "did:plc:other", "handle": "other.example"}
    reply = seen(
        2, record={"text": "b", "createdAt": "2026-11-22T22:00:00+07:00", "reply": {"root": {}}}
    )
    server.on(
        POSTS,
        Reply(
            200,
            {
                "feed": [
                    {"post": seen(1)},
                    {"post": reply},
                    {"post": seen(3), "reason": {"$type": "app.bsky.feed.defs#reasonRepost"}},
                    {"post": seen(4, author=other)},
                ],
                "cursor": "next",
            },
        ),
        Reply(200, {"feed": []}),
    )
    page = client.posts()
    assert [one.kind for one in page.posts] == [PostKind.POST, PostKind.REPLY]
    first, second = page.posts
    assert (first.likes, first.comments, first.shares, first.views) == (3, 0, None, None)
    assert second.posted_at.isoformat() == "2026-11-22T15:00:00+00:00"
    assert first.raw["uri"] == first.platform_id
    assert page.next_cursor == "next"
    assert client.posts(cursor="next").next_cursor is None
    assert server.received[-1].query["cursor"] == ["next"]


def test_metrics_are_read_25_posts_at_a_time_and_deleted_posts_are_left_out(
    server: Server, client: PlatformClient
) -> None:
    def answer(received: Received) -> Reply:
        numbers = [int(uri.rsplit("/", 1)[1]) for uri in received.query["uris"]]
        return Reply(200, {"posts": [seen(n) for n in reversed(numbers) if n != 7]})

    server.on(METRICS, answer)
    wanted = [str(seen(number)["uri"]) for number in range(30)]
    found = client.metrics(wanted + wanted[:1])
    assert [one.platform_id for one in found] == [uri for uri in wanted if not uri.endswith("/7")]
    assert [len(call.query["uris"]) for call in server.calls(METRICS)] == [25, 5]
    assert client.metrics([]) == []


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(401, {"error": "AuthenticationRequired"}), PermissionMissing),
        (Reply(401, {"error": "AuthMissing"}), AuthRevoked),
        (Reply(400, {"error": "AccountTakedown"}), AccountBlocked),
        (Reply(403, {"error": "Forbidden"}), PermissionMissing),
        (Reply(404, {"error": "RepoNotFound"}), NotFound),
        (Reply(400, {"error": "InvalidRequest", "message": "grapheme too big"}), Refused),
        (Reply(413, {"error": "PayloadTooLarge"}), Refused),
        (Reply(429, {"error": "RateLimitExceeded"}, {"Retry-After": "290"}), RateLimited),
    ],
)
def test_a_refusal_on_publishing_is_certain(
    server: Server, client: PlatformClient, reply: Reply, error: type[PlatformError]
) -> None:
    server.on(PUBLISH, reply)
    with pytest.raises(PlatformError) as caught:
        client.publish(post())
    assert type(caught.value) is error
    assert len(server.calls(PUBLISH)) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[" * 100_000,
        b"null",
        {"did": DID},
        {"did": DID, "handle": "a", "followersCount": "7"},
        {"did": DID, "handle": "a", "followersCount": 7.5},
        {"did": 5, "handle": "a"},
    ],
)
def test_an_answer_of_another_shape_is_a_bad_answer(
    server: Server, client: PlatformClient, body: Any
) -> None:
    server.on(PROFILE, Reply(200, body))
    with pytest.raises(BadAnswer):
        client.profile()


def test_on_the_public_network_links_lead_to_bsky_app(monkeypatch: pytest.MonkeyPatch) -> None:
    from govsocial.platforms.bluesky.client import BlueskyClient
    from govsocial.platforms.guard import Guard
    from govsocial.platforms.http import Session

    session = Session("https://pds.example", guard=Guard())
    client = BlueskyClient(handle="kota.example", session=session, secrets=signed_in())
    assert (
        client.permalink("handle.invalid", DID, f"at://{DID}/app.bsky.feed.post/3k")
        == f"https://bsky.app/profile/{DID}/post/3k"
    )
