"""A Facebook Page of made-up answers, for the tests of its client."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from govsocial.platforms.base import Image, OutgoingPost, Video
from govsocial.platforms.facebook.client import FacebookClient
from govsocial.platforms.registry import new_key
from tests.platforms import meta_stage_parts as parts
from tests.platforms.fakes import MemoryStore, Reply, Server
from tests.platforms.meta_stage_parts import SECRETS, V, error, limited
from tests.platforms.test_http import NOW

__all__ = ["SECRETS"]

PAGE = "1049"
PROFILE = f"GET {V}/{PAGE}"
POSTS = f"GET {V}/{PAGE}/published_posts"
PUBLISH = f"POST {V}/{PAGE}/feed"
PHOTOS = f"POST {V}/{PAGE}/photos"
FILMS = f"POST {V}/{PAGE}/videos"
INSIGHTS = f"GET {V}/{PAGE}/insights"
METRICS = f"GET {V}/"
PREPARES = (PHOTOS,)
IDS = (f"{PAGE}_7", f"{PAGE}_6")
REVOKED = error(190, 458)
LIMITED = error(4, is_transient=True)
LIMITED_FOR = (limited(5), 300.0)
IMAGE = Image(data=b"jpeg", media_type="image/jpeg", alt="Peta banjir", width=4, height=3)


def client(server: Server, **secret: str) -> FacebookClient:
    return client_of(server, store(**secret))


def client_of(server: Server, kept: MemoryStore, *, app: bool = True) -> FacebookClient:
    return FacebookClient(parts.connection(server, kept, app=app), sleep=parts.no_wait)


def store(**secret: str) -> MemoryStore:
    held = {"access_token": parts.TOKEN, "account_id": PAGE, "page_id": PAGE}
    return MemoryStore(**{**held, **secret})


def good(server: Server) -> None:
    server.on(PROFILE, Reply(200, {"id": PAGE, "name": "Kota", "followers_count": 9}))
    # Views may be a number or any object of numbers, so no shape of them is a wrong one.
    shown = {"data": [metric("post_total_media_view_unique", 210), metric("post_clicks", 4)]}
    posts = {name: seen(int(name[-1]), insights=shown) for name in IDS}
    server.on(POSTS, listing(*posts.values(), after="older"))
    server.on(METRICS, Reply(200, posts))
    server.on(PHOTOS, Reply(200, {"id": "501"}))
    server.on(PUBLISH, Reply(200, {"id": f"{PAGE}_8"}))
    server.on(f"GET {V}/{PAGE}_8", Reply(200, {"permalink_url": "https://f.example/8"}))


def listing(*posts: dict[str, Any], after: str = "") -> Reply:
    paging = {"cursors": {"after": after}, "next": "https://elsewhere.example/?after=x"}
    return Reply(200, {"data": list(posts), "paging": paging if after else {}})


LOOP = listing(after="again")


def shows(server: Server, published: OutgoingPost, hours: float) -> None:
    there = timedelta(hours=hours)
    written = (published.created_at + there + timedelta(seconds=5)).isoformat()
    date = format_datetime(datetime.now(UTC) + there, usegmt=True)
    photo = {"media_type": "photo", "target": {"id": "777"}}
    attached = {"data": [photo for _ in published.images]}
    post = seen(8, message=published.text, created_time=written, attachments=attached)
    server.on(POSTS, Reply(200, {"data": [post]}, {"Date": date}))


def outgoing(**changes: Any) -> OutgoingPost:
    values: dict[str, Any] = {
        "key": new_key("facebook", NOW),
        "text": "Halo",
        "language": "id",
        "created_at": NOW,
        "images": [IMAGE],
        **changes,
    }
    return OutgoingPost(**values)


def film(data: bytes = b"0123456789", **changes: Any) -> Video:
    values: dict[str, Any] = {
        "size": len(data),
        "media_type": "video/mp4",
        "seconds": 9.0,
        "width": 1080,
        "height": 1920,
        "read": lambda offset, length: data[offset : offset + length],
        **changes,
    }
    return Video(**values)


def seen(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"{PAGE}_{number}",
        "message": f"Kabar {number}",
        "created_time": "2026-11-23T01:00:05+0000",
        "permalink_url": f"https://f.example/{number}",
        "comments": {"data": [], "summary": {"total_count": 0}},
        "reactions": {"data": [], "summary": {"total_count": 12}},
        "insights": {
            "data": [
                metric("post_media_view", 330),
                metric("post_total_media_view_unique", 210),
            ]
        },
        **changes,
    }


def metric(name: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"name": name, "period": "lifetime", "values": [{"value": value, **more}]}


def refuses(said: str) -> Reply:
    return error(100, error_user_msg=said)
