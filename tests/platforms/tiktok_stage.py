"""A TikTok of made-up answers, for the tests of its client."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from govsocial.platforms.base import Image, OutgoingPost, PlatformClient, Video
from govsocial.platforms.guard import Guard
from govsocial.platforms.oauth import AppCredentials
from govsocial.platforms.registry import new_key
from govsocial.platforms.spec import Addresses, Connection
from govsocial.platforms.tiktok.client import TikTokClient
from tests.platforms.conftest import QUICK
from tests.platforms.fakes import MemoryStore, Reply, Server
from tests.platforms.test_http import NOW

PROFILE = "GET /v2/user/info/"
POSTS = "POST /v2/video/list/"
METRICS = "POST /v2/video/query/"
CREATOR = "POST /v2/post/publish/creator_info/query/"
PUBLISH = "POST /v2/post/publish/content/init/"
BEGIN_FILM = "POST /v2/post/publish/video/init/"
UPLOAD = "PUT /video/"
STATUS = "POST /v2/post/publish/status/fetch/"
REFRESH = "POST /v2/oauth/token/"
PREPARES = (CREATOR,)
IDS = ("7663542984343883021",)
ACCESS, REFRESH_TOKEN = "act.access-one", "rft.refresh-one"
NEW_ACCESS, NEW_REFRESH = "act.access-two", "rft.refresh-two"
APP = AppCredentials(client_id="aw-client-key", client_secret="tiktok-app-secret")
UPLOAD_TOKEN = "upload-token-kept-secret"
SECRETS = (
    ACCESS,
    REFRESH_TOKEN,
    NEW_ACCESS,
    NEW_REFRESH,
    APP.client_secret,
    UPLOAD_TOKEN,
)
PUBLISH_ID = "p_pub_url~v2.1"
FILM_ID = "v_pub_file~v2.1"
SCOPES = "user.info.basic user.info.profile user.info.stats video.list video.upload video.publish"


def ok(data: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None) -> Reply:
    error = {"code": "ok", "message": "", "log_id": "2026"}
    return Reply(200, {"data": data or {}, "error": error}, headers or {})


def error(code: str, status: int = 400) -> Reply:
    return Reply(status, {"data": {}, "error": {"code": code, "message": "No.", "log_id": "1"}})


EXPIRED = error("access_token_invalid", 401)
REVOKED = EXPIRED
REFUSED = Reply(400, {"error": "invalid_grant", "error_description": "No.", "log_id": "1"})
LIMITED = error("rate_limit_exceeded", 200)
LIMITED_FOR = (error("spam_risk_too_many_posts", 403), 86_400.0)
LOOP = ok({"videos": [], "cursor": 1_654_658_105_000, "has_more": True})


def store(**secret: str) -> MemoryStore:
    kept = {"access_token": ACCESS, "refresh_token": REFRESH_TOKEN, "scope": SCOPES, **secret}
    return MemoryStore(**{name: value for name, value in kept.items() if value})


def client_of(
    server: Server,
    secrets: MemoryStore,
    *,
    app: AppCredentials | None = APP,
    sleep: Callable[[float], None] = lambda seconds: None,
) -> TikTokClient:
    connection = Connection(
        addresses=Addresses(server.base),
        guard=Guard({server.host}),
        handle="samudrakota",
        secrets=secrets,
        app=app,
        timing=QUICK,
    )
    return TikTokClient(connection, site=server.base, sleep=sleep)


def client(server: Server, **secret: str) -> PlatformClient:
    return client_of(server, store(**secret))


def good(server: Server) -> None:
    server.on(PROFILE, ok({"user": USER}))
    server.on(POSTS, ok({"videos": [video(1)], "cursor": 1_654_658_105_000, "has_more": True}))
    server.on(METRICS, ok({"videos": [video(1)]}))
    server.on(CREATOR, ok(creator()))
    server.on(PUBLISH, ok({"publish_id": PUBLISH_ID}))
    server.on(BEGIN_FILM, ok({"publish_id": FILM_ID, "upload_url": upload_url(server)}))
    server.on(UPLOAD, Reply(201))
    server.on(STATUS, done(7663542984343883021))
    server.on(REFRESH, Reply(200, token()))


def done(*ids: int | str) -> Reply:
    return progress("PUBLISH_COMPLETE", publicaly_available_post_id=list(ids))


def progress(status: str, **more: Any) -> Reply:
    return ok({"status": status, **more})


def upload_url(server: Server) -> str:
    return f"{server.base}/video/?upload_id=671&upload_token={UPLOAD_TOKEN}"


def token(**changes: Any) -> dict[str, Any]:
    return {
        "access_token": NEW_ACCESS,
        "expires_in": 86_400,
        "open_id": "open-id-of-kota",
        "refresh_expires_in": 31_536_000,
        "refresh_token": NEW_REFRESH,
        "scope": SCOPES.replace(" ", ","),
        "token_type": "Bearer",
        **changes,
    }


USER = {
    "open_id": "open-id-of-kota",
    "username": "samudrakota",
    "display_name": "Pemkot Samudra",
    "is_verified": True,
    "follower_count": 38_200,
    "following_count": 19,
    "likes_count": 912_000,
    "video_count": 431,
}


def creator(**changes: Any) -> dict[str, Any]:
    return {
        "creator_username": "samudrakota",
        "privacy_level_options": ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"],
        "comment_disabled": False,
        "duet_disabled": True,
        "stitch_disabled": False,
        "max_video_post_duration_sec": 600,
        **changes,
    }


def video(number: int, **changes: Any) -> dict[str, Any]:
    name = str(7663542984343883020 + number)
    return {
        "id": name,
        "create_time": int((NOW + timedelta(seconds=5)).timestamp()),
        "title": "Loket buka Sabtu.",
        "video_description": "Loket buka Sabtu.",
        "share_url": f"https://www.tiktok.com/@samudrakota/video/{name}?utm_source=tt4d",
        "view_count": 345,
        "like_count": 12,
        "comment_count": 0,
        "share_count": 3,
        **changes,
    }


def photo(number: int = 1, **changes: Any) -> Image:
    values: dict[str, Any] = {
        "data": b"jpeg",
        "media_type": "image/jpeg",
        "alt": "Loket pelayanan",
        "width": 1080,
        "height": 1920,
        "url": f"https://media.kota.example/foto-{number}.jpg?tanda=abc",
        **changes,
    }
    return Image(**values)


def film(data: bytes = b"film" * 10, **changes: Any) -> Video:
    values: dict[str, Any] = {
        "size": len(data),
        "media_type": "video/mp4",
        "seconds": 30.0,
        "width": 1080,
        "height": 1920,
        "read": lambda offset, length: data[offset : offset + length],
        **changes,
    }
    return Video(**values)


def outgoing(**changes: Any) -> OutgoingPost:
    """A post of one photo; ``video=film()`` and ``images=()`` make it one of a film."""
    values: dict[str, Any] = {
        "key": new_key("tiktok", NOW),
        "text": "Loket buka Sabtu.",
        "language": "id",
        "created_at": NOW,
        "images": (photo(),),
        **changes,
    }
    return OutgoingPost(**values)


def shows(server: Server, post: OutgoingPost, hours: float) -> None:
    there = timedelta(hours=hours)
    written = int((post.created_at + there + timedelta(seconds=5)).timestamp())
    shown = video(1, video_description=post.text, title=post.text, create_time=written)
    date = format_datetime(datetime.now(UTC) + there, usegmt=True)
    server.on(POSTS, ok({"videos": [shown], "cursor": 0, "has_more": False}, {"Date": date}))


def refuses(said: str) -> Reply:
    told = {"code": "invalid_params", "message": said, "log_id": "1"}
    return Reply(400, {"data": {}, "error": told})
