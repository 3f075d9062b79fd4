"""A YouTube of made-up answers, for the tests of its client."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from govsocial.platforms.base import OutgoingPost, PlatformClient, Video
from govsocial.platforms.budget import Budget, Unlimited
from govsocial.platforms.guard import Guard
from govsocial.platforms.oauth import AppCredentials
from govsocial.platforms.registry import new_key
from govsocial.platforms.spec import Addresses, Connection
from govsocial.platforms.youtube.client import YouTubeClient
from tests.platforms.conftest import QUICK
from tests.platforms.fakes import MemoryStore, Received, Reply, Server
from tests.platforms.test_http import NOW

PROFILE = "GET /youtube/v3/channels"
POSTS = "GET /youtube/v3/playlistItems"
METRICS = "GET /youtube/v3/videos"
IDS = ("film-000001",)
BEGIN = "POST /upload/youtube/v3/videos"
PUBLISH = "PUT /upload/youtube/v3/videos"
PREPARES = (BEGIN,)
DELETE = "DELETE /youtube/v3/videos"
REPORTS = "GET /v2/reports"
REFRESH = "POST /token"
ACCESS, REFRESH_TOKEN, NEW_ACCESS = "ya29.access-one", "1//refresh-one", "ya29.access-two"
APP = AppCredentials(client_id="app-id.apps.example", client_secret="GOCSPX-app-secret")
UPLOAD_ID = "upload-id-kept-secret"
SECRETS = (ACCESS, REFRESH_TOKEN, NEW_ACCESS, APP.client_secret, UPLOAD_ID)
UPLOADS = "UUsamudrakota000000000"
CHANNEL = "UCsamudrakota000000000"
SCOPES = " ".join(
    f"https://www.googleapis.com/auth/{name}"
    for name in (
        "youtube.upload",
        "youtube.readonly",
        "youtube.force-ssl",
        "yt-analytics.readonly",
    )
)


def error(status: int, reason: str, message: str = "No.") -> Reply:
    named = {"domain": "youtube.quota", "reason": reason, "message": message}
    return Reply(status, {"error": {"code": status, "message": message, "errors": [named]}})


EXPIRED = error(401, "authError", "Invalid Credentials")
REVOKED = EXPIRED
REFUSED = Reply(400, {"error": "invalid_grant", "error_description": "Token has been revoked."})
LIMITED = error(403, "rateLimitExceeded")
LOOP = Reply(
    200,
    {"kind": "youtube#playlistItemListResponse", "items": [], "nextPageToken": "CAoQAA"},
)


def store(**secret: str) -> MemoryStore:
    kept = {"access_token": ACCESS, "refresh_token": REFRESH_TOKEN, "scope": SCOPES, **secret}
    return MemoryStore(**{name: value for name, value in kept.items() if value})


def client_of(
    server: Server,
    secrets: MemoryStore,
    *,
    app: AppCredentials | None = APP,
    budget: Budget | None = None,
    sleep: Callable[[float], None] = lambda seconds: None,
) -> PlatformClient:
    connection = Connection(
        addresses=Addresses(server.base),
        guard=Guard({server.host}),
        handle="@samudrakota",
        secrets=secrets,
        app=app,
        timing=QUICK,
        budget=budget or Unlimited(),
    )
    return YouTubeClient(connection, site=server.base, sleep=sleep)


def client(server: Server, **secret: str) -> PlatformClient:
    return client_of(server, store(**secret))


def good(server: Server) -> None:
    server.on(PROFILE, Reply(200, listed("channel", channel())))
    server.on(POSTS, Reply(200, {**listed("playlistItem", item(1)), "nextPageToken": "CAUQAA"}))
    server.on(METRICS, Reply(200, listed("video", video(1))))
    server.on(REPORTS, report(["video", "views", "shares"], ["film-000001", 40, 3]))
    server.on(BEGIN, begun(server))
    server.on(PUBLISH, Reply(200, video(1, likes=None)))
    server.on(REFRESH, Reply(200, {"access_token": NEW_ACCESS, "expires_in": 3599}))


def begun(server: Server) -> Reply:
    query = f"uploadType=resumable&part=snippet%2Cstatus&upload_id={UPLOAD_ID}"
    return Reply(200, None, {"Location": f"{server.base}/upload/youtube/v3/videos?{query}"})


def more(taken: int) -> Reply:
    return Reply(308, None, {"Range": f"bytes=0-{taken - 1}"} if taken else {})


def listed(kind: str, *items: dict[str, Any]) -> dict[str, Any]:
    return {"kind": f"youtube#{kind}ListResponse", "items": list(items)}


def channel(**statistics: Any) -> dict[str, Any]:
    return {
        "id": CHANNEL,
        "snippet": {"title": "Kota Samudra", "customUrl": "@samudrakota"},
        "contentDetails": {"relatedPlaylists": {"likes": "", "uploads": UPLOADS}},
        "statistics": {
            "viewCount": "4100",
            "subscriberCount": "7480",
            "videoCount": "212",
            "hiddenSubscriberCount": False,
            **statistics,
        },
    }


def film_id(number: int) -> str:
    return f"film-{number:06}"


def item(number: int) -> dict[str, Any]:
    return {"id": f"item-{number}", "contentDetails": {"videoId": film_id(number)}}


def video(number: int, *, likes: str | None = "12", **changes: Any) -> dict[str, Any]:
    statistics = {"viewCount": "345", "favoriteCount": "0", "commentCount": "0"}
    if likes is not None:
        statistics["likeCount"] = likes
    return {
        "kind": "youtube#video",
        "id": film_id(number),
        "snippet": {
            "publishedAt": "2026-11-23T01:00:05Z",
            "title": "Rapat terbuka",
            "description": "Rapat anggaran kota.",
        },
        "statistics": statistics,
        "status": {"uploadStatus": "processed", "privacyStatus": "public"},
        **changes,
    }


def report(names: list[str], *rows: list[Any]) -> Reply:
    headers = [{"name": one, "columnType": "METRIC", "dataType": "INTEGER"} for one in names]
    table: dict[str, Any] = {"kind": "youtubeAnalytics#resultTable", "columnHeaders": headers}
    return Reply(200, {**table, "rows": list(rows)} if rows else table)


def film(data: bytes = b"film" * 10, **changes: Any) -> Video:
    values: dict[str, Any] = {
        "size": len(data),
        "media_type": "video/mp4",
        "seconds": 61.5,
        "width": 1920,
        "height": 1080,
        "read": lambda offset, length: data[offset : offset + length],
        **changes,
    }
    return Video(**values)


def outgoing(**changes: Any) -> OutgoingPost:
    values: dict[str, Any] = {
        "key": new_key("youtube", NOW),
        "title": "Rapat terbuka",
        "text": "Rapat anggaran kota.",
        "language": "id",
        "created_at": NOW,
        "video": film(),
        **changes,
    }
    return OutgoingPost(**values)


def shows(server: Server, post: OutgoingPost, hours: float) -> None:
    there = timedelta(hours=hours)
    written = (post.created_at + there + timedelta(seconds=5)).isoformat()
    shown = video(1)
    shown["snippet"] = {"publishedAt": written, "title": post.title, "description": post.text}
    headers = {"Date": format_datetime(datetime.now(UTC) + there, usegmt=True)}
    server.on(POSTS, Reply(200, listed("playlistItem", item(1)), headers))
    server.on(METRICS, Reply(200, listed("video", shown), headers))


def ranges(received: list[Received]) -> list[str]:
    return [one.headers["Content-Range"] for one in received]


def refuses(said: str) -> Reply:
    return error(400, "invalidDescription", said)
