"""A Mastodon of made-up answers, for the tests of its client."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from govsocial.platforms.base import Image, OutgoingPost, PlatformClient
from govsocial.platforms.registry import connect, new_key
from tests.platforms.conftest import QUICK
from tests.platforms.fakes import MemoryStore, Reply, Server
from tests.platforms.test_http import NOW

INSTANCE = "GET /api/v2/instance"
PROFILE = "GET /api/v1/accounts/verify_credentials"
POSTS = "GET /api/v1/accounts/42/statuses"
PUBLISH = "POST /api/v1/statuses"
METRICS = "GET /api/v1/statuses"
IDS = ("7",)
MEDIA = "POST /api/v2/media"
PREPARES = (MEDIA,)
TOKEN = "mastodon-token-1"
SECRETS = (TOKEN,)
REVOKED = Reply(401, {"error": "The access token was revoked"})
ACCOUNT = {"id": "42", "username": "kota", "url": "https://s.example/@kota", "followers_count": 9}
IMAGE = Image(data=b"png", media_type="image/png", alt="Peta banjir", width=4, height=3)


def client(server: Server, **secret: str) -> PlatformClient:
    return connect(
        "mastodon",
        host=server.base,
        handle="kota",
        secrets=MemoryStore(**{"access_token": TOKEN, **secret}),
        allowed_private={server.host},
        timing=QUICK,
    )


def good(server: Server) -> None:
    server.on(PROFILE, Reply(200, ACCOUNT))
    server.on(POSTS, Reply(200, [status(7), status(6)], {"Link": link_to(6)}))
    server.on(METRICS, Reply(200, [status(7)]))
    server.on(MEDIA, Reply(200, {"id": "m1"}))
    server.on(PUBLISH, Reply(200, status(8, media_attachments=[{"id": "m1"}])))


def link_to(cursor: int) -> str:
    return f'<https://s.example/?max_id={cursor}>; rel="next"'


LOOP = Reply(200, [], {"Link": link_to(6)})


def shows(server: Server, published: OutgoingPost, hours: float) -> None:
    there = timedelta(hours=hours)
    content = f"<p>{published.text}</p>"
    written = (published.created_at + there + timedelta(seconds=5)).isoformat()
    date = format_datetime(datetime.now(UTC) + there, usegmt=True)
    media = [{"id": "m1"} for _ in published.images]
    shown = status(8, content, created_at=written, media_attachments=media)
    server.on(POSTS, Reply(200, [shown], {"Date": date}))


def outgoing(**changes: Any) -> OutgoingPost:
    values: dict[str, Any] = {
        "key": new_key("mastodon", NOW),
        "text": "Halo",
        "language": "id",
        "created_at": NOW,
        "images": [IMAGE],
        **changes,
    }
    return OutgoingPost(**values)


def status(number: int, content: str = "<p>Halo</p>", **changes: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "created_at": "2026-11-23T01:00:05.000Z",
        "url": f"https://s.example/@kota/{number}",
        "content": content,
        "media_attachments": [],
        "favourites_count": 2,
        "replies_count": 0,
        **changes,
    }


def refuses(said: str) -> Reply:
    return Reply(422, {"error": said})
