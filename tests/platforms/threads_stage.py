"""A Threads of made-up answers, for the tests of its client."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs

from govsocial.platforms.base import Image, OutgoingPost, Video
from govsocial.platforms.guard import Guard
from govsocial.platforms.oauth import AppCredentials
from govsocial.platforms.spec import Addresses, Connection
from govsocial.platforms.threads.client import ThreadsClient
from tests.platforms.conftest import QUICK
from tests.platforms.fakes import MemoryStore, Received, Reply, Server
from tests.platforms.test_http import NOW

ACCOUNT = "7815462093481265"
PROFILE = "GET /v1.0/me"
ACCOUNT_INSIGHTS = "GET /v1.0/me/threads_insights"
POSTS = "GET /v1.0/me/threads"
LIMIT = "GET /v1.0/me/threads_publishing_limit"
MAKE = f"POST /v1.0/{ACCOUNT}/threads"
PUBLISH = f"POST /v1.0/{ACCOUNT}/threads_publish"
CONTAINER_ID = "17900000000000001"
CONTAINER = f"GET /v1.0/{CONTAINER_ID}"
POST_ID = "18000000000000009"
POST = f"GET /v1.0/{POST_ID}"
INSIGHTS = f"GET /v1.0/{POST_ID}/insights"
DELETE = f"DELETE /v1.0/{POST_ID}"
DEBUG = "GET /v1.0/debug_token"
RENEW = "GET /refresh_access_token"
SHORT = "POST /oauth/access_token"
LONG = "GET /access_token"
METRICS = POST
IDS = (POST_ID,)
PREPARES = (MAKE,)
TOKEN = "threads-token-0-first"
SECRETS = (TOKEN, "threads-token-1-second", "threads-app-secret-88")
APP = AppCredentials(client_id="aplikasi", client_secret="threads-app-secret-88")


def error(code: int, message: str = "Kesalahan", **more: Any) -> dict[str, Any]:
    return {"error": {"message": message, "type": "OAuthException", "code": code, **more}}


GONE = Reply(400, error(100, "Unsupported request", error_subcode=33))
REVOKED = Reply(401, error(190, "Invalid token", error_subcode=458))
LIMITED = Reply(400, error(4, "Application request limit reached"))
LIMITED_FOR = (
    Reply(
        400,
        error(80_016, "Too many calls") | error(32, "Too many calls"),
        {
            "X-Business-Use-Case-Usage": json.dumps(
                {ACCOUNT: [{"type": "threads", "estimated_time_to_regain_access": 7}]}
            )
        },
    ),
    420.0,
)
LOOP = Reply(200, {"data": [], "paging": {"cursors": {"after": "again"}, "next": "https://x"}})
IMAGE = Image(
    data=b"jpeg",
    media_type="image/jpeg",
    alt="Peta banjir",
    width=640,
    height=480,
    url="https://media.example/1.jpg",
)
VIDEO = Video(
    size=900,
    media_type="video/mp4",
    seconds=20,
    width=720,
    height=1280,
    read=lambda offset, length: b"",
    url="https://media.example/2.mp4",
)


def store(**secret: str) -> MemoryStore:
    parts = {
        "access_token": TOKEN,
        "expires_at": (datetime.now(UTC) + timedelta(days=59)).isoformat(),
        "account_id": ACCOUNT,
        "handle": "samudrakota",
        "scope": "threads_basic threads_content_publish threads_manage_insights threads_delete",
    }
    kept = {**parts, **secret}
    return MemoryStore(**{name: value for name, value in kept.items() if value})


def connection(server: Server, secrets: MemoryStore) -> Connection:
    return Connection(
        addresses=Addresses(api="https://graph.threads.net", web="https://www.threads.com").all_at(
            server.base
        ),
        guard=Guard({server.host}),
        handle="samudrakota",
        secrets=secrets,
        app=APP,
        timing=QUICK,
    )


def client_of(server: Server, secrets: MemoryStore) -> ThreadsClient:
    return ThreadsClient(connection(server, secrets), sleep=lambda seconds: None)


def client(server: Server, **secret: str) -> ThreadsClient:
    return client_of(server, store(**secret))


def good(server: Server) -> None:
    server.on(PROFILE, Reply(200, {"id": ACCOUNT, "username": "samudrakota", "name": "Samudra"}))
    server.on(ACCOUNT_INSIGHTS, Reply(200, {"data": [total("followers_count", 14_700)]}))
    server.on(POSTS, Reply(200, {"data": [thread(insights=figures())]}))
    server.on(POST, Reply(200, thread(insights=figures())))
    server.on(LIMIT, limit(4))
    server.on(MAKE, Reply(200, {"id": CONTAINER_ID}))
    server.on(CONTAINER, status("FINISHED"))
    server.on(PUBLISH, Reply(200, {"id": POST_ID}))
    server.on(DEBUG, Reply(200, {"data": {"is_valid": True, "scopes": ["threads_basic"]}}))
    server.on(RENEW, Reply(200, {"access_token": SECRETS[1], "expires_in": 5_183_944}))


def shows(server: Server, post: OutgoingPost, hours: float) -> None:
    there = timedelta(hours=hours)
    written = (post.created_at + there + timedelta(seconds=5)).strftime("%Y-%m-%dT%H:%M:%S+0000")
    kind = "IMAGE" if post.images else "TEXT_POST"
    shown = thread(text=post.text, timestamp=written, media_type=kind)
    date = format_datetime(datetime.now(UTC) + there, usegmt=True)
    server.on(POSTS, Reply(200, {"data": [shown]}, {"Date": date}))


def outgoing(**changes: Any) -> OutgoingPost:
    values: dict[str, Any] = {
        "key": "8f14e45f",
        "text": "Halo",
        "language": "id",
        "created_at": NOW,
        "images": [IMAGE],
        **changes,
    }
    return OutgoingPost(**values)


def thread(**changes: Any) -> dict[str, Any]:
    return {
        "id": POST_ID,
        "media_product_type": "THREADS",
        "media_type": "TEXT_POST",
        "permalink": "https://www.threads.com/@samudrakota/post/abcdefg",
        "username": "samudrakota",
        "text": "Selamat pagi",
        "timestamp": "2026-11-23T01:00:05+0000",
        **changes,
    }


def figures(**changes: int) -> dict[str, Any]:
    values = {"views": 900, "likes": 12, "replies": 0, "reposts": 3, "quotes": 1, "shares": 2}
    return {
        "data": [
            {"name": name, "period": "lifetime", "values": [{"value": value}]}
            for name, value in {**values, **changes}.items()
        ]
    }


def total(name: str, value: int) -> dict[str, Any]:
    return {"name": name, "period": "day", "total_value": {"value": value}}


def limit(used: int) -> Reply:
    config = {"quota_total": 250, "quota_duration": 86_400}
    return Reply(200, {"data": [{"quota_usage": used, "config": config}]})


def status(name: str, message: str | None = None) -> Reply:
    told = {"id": CONTAINER_ID, "status": name}
    return Reply(200, told | ({"error_message": message} if message else {}))


def form(received: Received) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(received.body.decode()).items()}


def refuses(said: str) -> Reply:
    return Reply(400, error(100, "Invalid parameter", error_user_msg=said))
