from __future__ import annotations

import threading
from typing import Any

import pytest

from govsocial.platforms.base import Image, OutgoingPost, PlatformClient, PostKind
from govsocial.platforms.errors import (
    AuthRevoked,
    BadAnswer,
    NotFound,
    PermissionMissing,
    PlatformError,
    RateLimited,
    Refused,
    TokenExpired,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.registry import connect, new_key
from tests.platforms.conftest import QUICK
from tests.platforms.fakes import MemoryStore, Received, Reply, Server
from tests.platforms.test_http import NOW

DID = "did:plc:kota"
LOGIN = "POST /xrpc/com.atproto.server.createSession"
REFRESH = "POST /xrpc/com.atproto.server.refreshSession"
PUT = "POST /xrpc/com.atproto.repo.putRecord"
GET_RECORD = "GET /xrpc/com.atproto.repo.getRecord"
UPLOAD = "POST /xrpc/com.atproto.repo.uploadBlob"
PROFILE = "GET /xrpc/app.bsky.actor.getProfile"
FEED = "GET /xrpc/app.bsky.feed.getAuthorFeed"
POSTS = "GET /xrpc/app.bsky.feed.getPosts"
RESOLVE = "GET /xrpc/com.atproto.identity.resolveHandle"
EXPIRED = Reply(400, {"error": "ExpiredToken", "message": "Token has expired"})


def session_answer(number: int = 1, pds: str | None = None) -> dict[str, Any]:
    service = [{"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": pds}]
    return {
        "accessJwt": f"access-{number}",
        "refreshJwt": f"refresh-{number}",
        "did": DID,
        "handle": "kota.example",
        "didDoc": {"id": DID, "service": service if pds else []},
    }


def signed_in() -> MemoryStore:
    return MemoryStore(
        app_password="app-pass",
        access_jwt="access-0",
        refresh_jwt="refresh-0",
        did=DID,
        handle="kota.example",
    )


@pytest.fixture
def store() -> MemoryStore:
    return signed_in()


def client_of(server: Server, store: MemoryStore, *more: str) -> PlatformClient:
    return connect(
        "bluesky",
        host=server.base,
        handle="@kota.example",
        secrets=store,
        allowed_private={server.host, *more},
        timing=QUICK,
    )


@pytest.fixture
def client(server: Server, store: MemoryStore) -> PlatformClient:
    return client_of(server, store)


def post(text: str = "Halo", **changes: Any) -> OutgoingPost:
    values: dict[str, Any] = {
        "key": new_key("bluesky", NOW),
        "text": text,
        "language": "id",
        "created_at": NOW,
        **changes,
    }
    return OutgoingPost(**values)


def seen(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "uri": f"at://{DID}/app.bsky.feed.post/{number}",
        "cid": "bafy",
        "author": {"did": DID, "handle": "kota.example"},
        "record": {"text": f"Post {number}", "createdAt": "2026-11-22T22:40:48.110Z"},
        "likeCount": 3,
        "replyCount": 0,
        **changes,
    }


def token(received: Received) -> str:
    return received.headers["Authorization"]


def write_record(received: Received) -> Reply:
    sent = received.json()
    return Reply(
        200, {"uri": f"at://{sent['repo']}/{sent['collection']}/{sent['rkey']}", "cid": "c"}
    )


def test_the_first_call_signs_in_with_the_app_password_and_keeps_the_session(
    server: Server,
) -> None:
    store = MemoryStore(app_password="app-pass")
    server.on(LOGIN, Reply(200, session_answer()))
    server.on(PROFILE, Reply(200, {"did": DID, "handle": "kota.example", "followersCount": 7}))
    profile = client_of(server, store).profile()
    client_of(server, store).profile()
    assert len(server.calls(LOGIN)) == 1
    assert server.calls(LOGIN)[0].json() == {"identifier": "kota.example", "password": "app-pass"}
    assert store.load()["access_jwt"] == "access-1"
    assert store.load()["app_password"] == "app-pass"
    assert (profile.platform_id, profile.handle, profile.followers) == (DID, "kota.example", 7)
    assert (profile.following, profile.posts) == (None, None)
    assert profile.definition == "bluesky/1"
    assert profile.url == f"{server.base}/profile/kota.example"


def test_an_expired_session_is_refreshed_once_and_the_call_repeated(
    server: Server, store: MemoryStore, client: PlatformClient
) -> None:
    server.on(PUT, EXPIRED, write_record)
    server.on(REFRESH, Reply(200, session_answer()))
    client.publish(post())
    assert [token(one) for one in server.calls(PUT)] == ["Bearer access-0", "Bearer access-1"]
    assert token(server.calls(REFRESH)[0]) == "Bearer refresh-0"
    assert store.load()["refresh_jwt"] == "refresh-1"
    assert server.calls(LOGIN) == []


@pytest.mark.parametrize("error", ["ExpiredToken", "InvalidToken"])
def test_a_session_that_cannot_be_refreshed_is_made_anew_with_the_app_password(
    server: Server, store: MemoryStore, client: PlatformClient, error: str
) -> None:
    server.on(PROFILE, EXPIRED, Reply(200, {"did": DID, "handle": "kota.example"}))
    server.on(REFRESH, Reply(400, {"error": error}))
    server.on(LOGIN, Reply(200, session_answer(2)))
    client.profile()
    assert store.load()["access_jwt"] == "access-2"


def test_without_an_app_password_a_lost_session_needs_a_person(
    server: Server, store: MemoryStore, client: PlatformClient
) -> None:
    store.secret = {**store.secret, "app_password": ""}
    server.on(PROFILE, EXPIRED)
    server.on(REFRESH, EXPIRED)
    with pytest.raises(AuthRevoked) as caught:
        client.profile()
    assert caught.value.permanent


@pytest.mark.parametrize("error", ["AuthenticationRequired", "AuthFactorTokenRequired"])
def test_a_revoked_app_password_needs_a_person(
    server: Server, client: PlatformClient, error: str
) -> None:
    server.on(PROFILE, EXPIRED)
    server.on(REFRESH, EXPIRED)
    server.on(LOGIN, Reply(401, {"error": error}))
    with pytest.raises(AuthRevoked):
        client.profile()


def test_a_session_refused_again_after_renewal_ends_the_call(
    server: Server, client: PlatformClient
) -> None:
    server.on(PROFILE, EXPIRED)
    server.on(REFRESH, Reply(200, session_answer()))
    with pytest.raises(TokenExpired):
        client.profile()
    assert len(server.calls(PROFILE)) == 2


def test_an_outage_during_renewal_keeps_the_stored_session(
    server: Server, store: MemoryStore, client: PlatformClient
) -> None:
    server.on(PUT, EXPIRED)
    server.on(REFRESH, Reply(502))
    with pytest.raises(Unavailable):
        client.publish(post())
    assert store.load() == signed_in().load()
    assert server.calls(LOGIN) == []


def test_two_workers_with_the_same_expired_session_refresh_it_once(
    server: Server, store: MemoryStore
) -> None:
    def profile(received: Received) -> Reply:
        stale = token(received) == "Bearer access-0"
        return EXPIRED if stale else Reply(200, {"did": DID, "handle": "kota.example"})

    server.on(PROFILE, profile)
    server.on(REFRESH, Reply(200, session_answer()), EXPIRED)
    failures: list[PlatformError] = []

    def work() -> None:
        try:
            client_of(server, store).profile()
        except PlatformError as failure:
            failures.append(failure)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failures == []
    assert store.rotations == 1


def test_a_session_of_another_account_is_not_stored(
    server: Server, store: MemoryStore, client: PlatformClient
) -> None:
    server.on(PROFILE, EXPIRED)
    server.on(REFRESH, Reply(200, {**session_answer(), "did": "did:plc:other"}))
    with pytest.raises(BadAnswer):
        client.profile()
    assert store.load() == signed_in().load()


def test_calls_go_to_the_server_of_the_identity_when_it_may_be_reached(server: Server) -> None:
    pds = Server()
    pds.on(PROFILE, Reply(200, {"did": DID, "handle": "kota.example"}))
    server.on(LOGIN, Reply(200, session_answer(pds=f"{pds.base}/")))
    store = MemoryStore(app_password="app-pass")
    client_of(server, store, pds.host).profile()
    pds.close()
    assert len(pds.received) == 1
    assert store.load()["pds"] == pds.base


@pytest.mark.parametrize(
    "pds",
    ["http://127.0.0.1:9", "https://10.0.0.1", "http://localhost:3583", "file:///etc/passwd", "x"],
)
def test_a_server_of_the_identity_that_must_not_be_reached_is_ignored(
    server: Server, pds: str
) -> None:
    server.on(LOGIN, Reply(200, session_answer(pds=pds)))
    server.on(PROFILE, Reply(200, {"did": DID, "handle": "kota.example"}))
    store = MemoryStore(app_password="app-pass")
    client_of(server, store).profile()
    assert "pds" not in store.load()


def test_a_stored_server_that_is_no_longer_allowed_gives_way_to_the_host(server: Server) -> None:
    store = MemoryStore(**{**signed_in().load(), "pds": "http://127.0.0.1:9"})
    server.on(PROFILE, Reply(200, {"did": DID, "handle": "kota.example"}))
    assert client_of(server, store).profile().platform_id == DID


def test_a_post_is_written_under_its_own_key_with_facets_and_images(
    server: Server, client: PlatformClient
) -> None:
    blob = {"$type": "blob", "ref": {"$link": "bafk"}, "mimeType": "image/png", "size": 3}
    server.on(UPLOAD, Reply(200, {"blob": blob}))
    server.on(PUT, write_record)
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
    sent = server.calls(PUT)[0].json()
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
    server.on(PUT, Reply(500), write_record)
    outgoing = post()
    with pytest.raises(UnknownOutcome):
        client.publish(outgoing)
    client.publish(outgoing)
    first, second = server.calls(PUT)
    assert first.json() == second.json()


@pytest.mark.parametrize(
    "reply", [Reply(200, b"<html>"), Reply(200, {"cid": "c"}), Reply(200, ["x"]), Reply(502)]
)
def test_an_answer_that_does_not_say_what_was_written_leaves_it_unknown(
    server: Server, client: PlatformClient, reply: Reply
) -> None:
    server.on(PUT, reply)
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
    assert server.calls(PUT) == []


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
        (post(images=[image] * 5), "5 images"),
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
        FEED,
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

    server.on(POSTS, answer)
    wanted = [str(seen(number)["uri"]) for number in range(30)]
    found = client.metrics(wanted + wanted[:1])
    assert [one.platform_id for one in found] == [uri for uri in wanted if not uri.endswith("/7")]
    assert [len(call.query["uris"]) for call in server.calls(POSTS)] == [25, 5]
    assert client.metrics([]) == []


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(401, {"error": "AuthenticationRequired"}), PermissionMissing),
        (Reply(401, {"error": "AuthMissing"}), AuthRevoked),
        (Reply(400, {"error": "AccountTakedown"}), PermissionMissing),
        (Reply(403, b"<html>forbidden</html>"), PermissionMissing),
        (Reply(404, b"<html>"), NotFound),
        (Reply(400, {"error": "InvalidRequest", "message": "grapheme too big"}), Refused),
        (Reply(400, b'"a bare string"'), Refused),
        (Reply(413, {"error": "PayloadTooLarge"}), Refused),
        (Reply(429, {"error": "RateLimitExceeded"}, {"Retry-After": "290"}), RateLimited),
    ],
)
def test_a_refusal_on_publishing_is_certain(
    server: Server, client: PlatformClient, reply: Reply, error: type[PlatformError]
) -> None:
    server.on(PUT, reply)
    with pytest.raises(PlatformError) as caught:
        client.publish(post())
    assert type(caught.value) is error
    assert len(server.calls(PUT)) == 1


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
    from govsocial.platforms.bluesky import BlueskyClient
    from govsocial.platforms.guard import Guard
    from govsocial.platforms.http import Session

    session = Session("https://pds.example", guard=Guard())
    client = BlueskyClient(handle="kota.example", session=session, secrets=signed_in())
    assert (
        client.permalink("handle.invalid", DID, f"at://{DID}/app.bsky.feed.post/3k")
        == f"https://bsky.app/profile/{DID}/post/3k"
    )
