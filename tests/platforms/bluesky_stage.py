"""A Bluesky of made-up answers, for the tests of its client."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from govsocial.platforms.base import Image, OutgoingPost, PlatformClient
from govsocial.platforms.registry import connect, new_key
from tests.platforms.conftest import QUICK
from tests.platforms.fakes import MemoryStore, Received, Reply, Server
from tests.platforms.test_http import NOW

DID = "did:plc:kota"
LOGIN = "POST /xrpc/com.atproto.server.createSession"
REFRESH = "POST /xrpc/com.atproto.server.refreshSession"
PUBLISH = "POST /xrpc/com.atproto.repo.putRecord"
GET_RECORD = "GET /xrpc/com.atproto.repo.getRecord"
UPLOAD = "POST /xrpc/com.atproto.repo.uploadBlob"
PROFILE = "GET /xrpc/app.bsky.actor.getProfile"
POSTS = "GET /xrpc/app.bsky.feed.getAuthorFeed"
METRICS = "GET /xrpc/app.bsky.feed.getPosts"
RESOLVE = "GET /xrpc/com.atproto.identity.resolveHandle"
EXPIRED = Reply(400, {"error": "ExpiredToken", "message": "Token has expired"})
# An app password that was taken away: the session ends and there is no way back in.
REVOKED = EXPIRED
REFUSED = Reply(401, {"error": "AuthenticationRequired", "message": "Invalid identifier"})
WAYS_IN = (LOGIN,)
SECRETS = ("app-pass-4711", "access-0-first", "refresh-0-first", "access-1", "refresh-1")
PREPARES = (UPLOAD,)
IDS = (f"at://{DID}/app.bsky.feed.post/1",)
LOOP = Reply(200, {"feed": [], "cursor": "again"})
IMAGE = Image(data=b"png", media_type="image/png", alt="Peta banjir", width=4, height=3)


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


def client(server: Server, **secret: str) -> PlatformClient:
    parts = {
        "app_password": "app-pass-4711",
        "access_jwt": "access-0-first",
        "refresh_jwt": "refresh-0-first",
        "did": DID,
        "handle": "kota.example",
    }
    return client_of(server, MemoryStore(**{**parts, **secret}))


def good(server: Server) -> None:
    profile = {"did": DID, "handle": "kota.example", "followersCount": 7, "postsCount": 4}
    server.on(REFRESH, Reply(200, session_answer()))
    server.on(LOGIN, Reply(200, session_answer()))
    server.on(PROFILE, Reply(200, profile))
    server.on(POSTS, Reply(200, {"feed": [{"post": seen(1)}], "cursor": "older"}))
    server.on(METRICS, Reply(200, {"posts": [seen(1)]}))
    server.on(UPLOAD, Reply(200, {"blob": {"$type": "blob", "ref": {"$link": "bafy"}}}))
    server.on(PUBLISH, write_record)


def shows(server: Server, published: OutgoingPost, hours: float) -> None:
    uri = f"at://{DID}/app.bsky.feed.post/{published.key}"
    date = format_datetime(datetime.now(UTC) + timedelta(hours=hours), usegmt=True)
    server.on(GET_RECORD, Reply(200, {"uri": uri, "value": {}}, {"Date": date}))


def client_of(server: Server, store: MemoryStore, *more: str) -> PlatformClient:
    return connect(
        "bluesky",
        host=server.base,
        handle="@kota.example",
        secrets=store,
        allowed_private={server.host, *more},
        timing=QUICK,
    )


def post(text: str = "Halo", **changes: Any) -> OutgoingPost:
    values: dict[str, Any] = {
        "key": new_key("bluesky", NOW),
        "text": text,
        "language": "id",
        "created_at": NOW,
        **changes,
    }
    return OutgoingPost(**values)


def outgoing() -> OutgoingPost:
    return post(images=[IMAGE])


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


def refuses(said: str) -> Reply:
    return Reply(400, {"error": "InvalidRequest", "message": said})
