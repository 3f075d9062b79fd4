"""An Instagram account of made-up answers, for the tests of its client."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from govsocial.platforms.base import Image, OutgoingPost
from govsocial.platforms.instagram.client import InstagramClient
from govsocial.platforms.registry import new_key
from tests.platforms import meta_stage_parts as parts
from tests.platforms.facebook_stage import film, listing, metric
from tests.platforms.fakes import MemoryStore, Received, Reply, Server
from tests.platforms.meta_stage_parts import SECRETS, V, error, limited
from tests.platforms.test_http import NOW

__all__ = ["SECRETS", "film", "listing"]

ACCOUNT = "1784"
PROFILE = f"GET {V}/{ACCOUNT}"
POSTS = f"GET {V}/{ACCOUNT}/media"
CONTAINERS = f"POST {V}/{ACCOUNT}/media"
STATUS = f"GET {V}/901"
PUBLISH = f"POST {V}/{ACCOUNT}/media_publish"
QUOTA = f"GET {V}/{ACCOUNT}/content_publishing_limit"
INSIGHTS = f"GET {V}/{ACCOUNT}/insights"
METRICS = f"GET {V}/"
PREPARES = (CONTAINERS,)
IDS = ("17", "16")
"""Adverts: the only media without a second call for insights."""
REVOKED = error(190, 460)
LIMITED = error(80002)
LIMITED_FOR = (limited(2), 120.0)
LOOP = listing(after="again")
IMAGE = Image(
    data=b"jpeg",
    media_type="image/jpeg",
    alt="Peta banjir",
    width=1080,
    height=1080,
    url="https://agency.example/media/1.jpg",
)
FIGURES = {
    "FEED": {"views": 900, "reach": 700, "saved": 3, "shares": 0, "profile_visits": 5},
    "REELS": {"views": 800, "reach": 600, "ig_reels_video_view_total_time": 30_017_581},
}


def client(server: Server, **secret: str) -> InstagramClient:
    return client_of(server, store(**secret))


def client_of(server: Server, kept: MemoryStore, *, app: bool = True) -> InstagramClient:
    return InstagramClient(parts.connection(server, kept, app=app), sleep=parts.no_wait)


def store(**secret: str) -> MemoryStore:
    held = {"access_token": parts.TOKEN, "account_id": ACCOUNT, "page_id": "1049"}
    return MemoryStore(**{**held, **secret})


def good(server: Server) -> None:
    account = {"id": ACCOUNT, "username": "kota", "name": "Kota", "followers_count": 9}
    server.on(PROFILE, Reply(200, account))
    server.on(POSTS, listing(seen(7), seen(6), after="older"))
    server.on(METRICS, nodes)
    server.on(CONTAINERS, Reply(200, {"id": "901"}))
    server.on(STATUS, status("FINISHED"))
    server.on(QUOTA, Reply(200, {"data": [{"quota_usage": 3, "config": {"quota_total": 100}}]}))
    server.on(PUBLISH, Reply(200, {"id": "8"}))
    server.on(f"GET {V}/8", Reply(200, {"id": "8", "permalink": "https://i.example/p/8/"}))


def nodes(received: Received) -> Reply:
    """``?ids=``: media, or the insights that were asked for."""
    names = received.query["ids"][0].split(",")
    if "insights" in received.query["fields"][0]:
        return Reply(200, {name: with_insights(name) for name in names})
    return Reply(200, {name: seen(int(name)) for name in names})


def with_insights(name: str, kind: str = "FEED") -> dict[str, Any]:
    data = [metric(metric_name, value) for metric_name, value in FIGURES[kind].items()]
    return {"id": name, "insights": {"data": data}}


def status(code: str, text: str = "") -> Reply:
    return Reply(200, {"id": "901", "status_code": code, "status": text})


def shows(server: Server, published: OutgoingPost, hours: float) -> None:
    there = timedelta(hours=hours)
    written = (published.created_at + there + timedelta(seconds=5)).isoformat()
    date = format_datetime(datetime.now(UTC) + there, usegmt=True)
    medium = seen(8, caption=published.text, timestamp=written)
    server.on(POSTS, Reply(200, {"data": [medium]}, {"Date": date}))


def outgoing(**changes: Any) -> OutgoingPost:
    values: dict[str, Any] = {
        "key": new_key("instagram", NOW),
        "text": "Halo",
        "language": "id",
        "created_at": NOW,
        "images": [IMAGE],
        **changes,
    }
    return OutgoingPost(**values)


def seen(number: int, **changes: Any) -> dict[str, Any]:
    product = "AD" if number > 10 else "FEED"
    return {
        "id": str(number),
        "caption": f"Kabar {number}",
        "media_type": "IMAGE",
        "media_product_type": product,
        "timestamp": "2026-11-23T01:00:05+0000",
        "permalink": f"https://i.example/p/{number}/",
        "like_count": 12,
        "comments_count": 0,
        **changes,
    }


def refuses(said: str) -> Reply:
    return error(100, error_user_msg=said)
