"""An X of made-up answers, for the tests of its client."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any

from govsocial.platforms.base import Image, OutgoingPost, Secret
from govsocial.platforms.budget import Meter
from govsocial.platforms.errors import BudgetSpent
from govsocial.platforms.guard import Guard
from govsocial.platforms.oauth import AppCredentials
from govsocial.platforms.spec import Addresses, Connection
from govsocial.platforms.x.client import XClient
from govsocial.platforms.x.prices import PRICE_LISTS
from tests.platforms.conftest import QUICK
from tests.platforms.fakes import MemoryStore, Received, Reply, Server
from tests.platforms.test_http import NOW

ACCOUNT = "1582046937150283776"
PROFILE = "GET /2/users/me"
POSTS = f"GET /2/users/{ACCOUNT}/tweets"
METRICS = "GET /2/tweets"
PUBLISH = "POST /2/tweets"
DELETE = "DELETE /2/tweets/"
REFRESH = "POST /2/oauth2/token"
REVOKE = "POST /2/oauth2/revoke"
MEDIA_ID = "1912103767639719936"
START = "POST /2/media/upload/initialize"
APPEND = f"POST /2/media/upload/{MEDIA_ID}/append"
FINISH = f"POST /2/media/upload/{MEDIA_ID}/finalize"
STATUS = "GET /2/media/upload"
DESCRIBE = "POST /2/media/metadata"
PREPARES = (START, APPEND, FINISH, DESCRIBE)
SECRETS = (
    "x-access-0-first",
    "x-refresh-0-first",
    "x-access-1-second",
    "x-refresh-1-second",
    "x-app-secret-77",
)
APP = AppCredentials(client_id="aplikasi", client_secret="x-app-secret-77")
EXPIRED = Reply(
    401, {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}
)
REVOKED = EXPIRED
REFUSED = Reply(
    400,
    {
        "error": "invalid_request",
        "error_description": "Value passed for the token was invalid.",
    },
)
TOO_MANY = {"title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank"}
LIMITED = Reply(429, TOO_MANY)
LIMITED_FOR = (
    Reply(
        429,
        TOO_MANY,
        {
            "Date": "Mon, 23 Nov 2026 01:00:00 GMT",
            "x-rate-limit-limit": "100",
            "x-rate-limit-remaining": "0",
            "x-rate-limit-reset": str(int(datetime(2026, 11, 23, 1, 5, tzinfo=UTC).timestamp())),
        },
    ),
    300.0,
)
IDS = ("1991234567890123456",)


def LOOP(received: Received) -> Reply:
    """The part of the list with clicks goes in a circle; the one without is empty."""
    meta: dict[str, Any] = {"result_count": 0}
    if "start_time" in received.query:
        meta["next_token"] = "again"
    return Reply(200, {"meta": meta})


PROBLEM = "https://api.twitter.com/2/problems/"
IMAGE = Image(data=b"png", media_type="image/png", alt="Peta banjir", width=4, height=3)


class Purse(Meter):
    """A meter that keeps what was set aside and what was spent, up to ``cap`` dollars."""

    def __init__(self, cap: str = "100") -> None:
        self.cap = Decimal(cap)
        self.open = Decimal(0)
        self.spent = Decimal(0)
        self.items: list[tuple[str, int]] = []
        self.from_kept: list[bool] = []
        """Whether each may use what is kept for publishing."""

    def reserve(self, item: str, count: int, *, publishing: bool = False) -> Decimal:
        amount = Decimal(PRICE_LISTS[-1].amounts[item]) * count
        if self.spent + self.open + amount > self.cap:
            raise BudgetSpent("The month's cap for X is reached.", retry_after=86_400)
        self.open += amount
        self.from_kept.append(publishing)
        return amount

    def settle(
        self, item: str, *, reserved: Decimal, count: int, resources: Collection[str] = ()
    ) -> None:
        self.open -= reserved
        self.spent += Decimal(PRICE_LISTS[-1].amounts[item]) * count
        self.items.append((item, count))


def store(**secret: str) -> MemoryStore:
    parts = {
        "access_token": SECRETS[0],
        "refresh_token": SECRETS[1],
        "expires_at": (datetime.now(UTC) + timedelta(hours=1)).isoformat(),
        "scope": "tweet.read tweet.write users.read media.write offline.access",
        "account_id": ACCOUNT,
        "handle": "samudrakota",
    }
    kept = {**parts, **secret}
    return MemoryStore(**{name: value for name, value in kept.items() if value})


def connection(
    server: Server, secrets: MemoryStore, *, app: AppCredentials | None = APP, **more: Any
) -> Connection:
    return Connection(
        addresses=Addresses(api="https://api.x.com", web="https://x.com").all_at(server.base),
        guard=Guard({server.host}),
        handle="@samudrakota",
        secrets=secrets,
        app=app,
        timing=QUICK,
        **more,
    )


def client_of(server: Server, secrets: MemoryStore, **more: Any) -> XClient:
    return XClient(connection(server, secrets, **more), sleep=lambda seconds: None)


def client(server: Server, **secret: str) -> XClient:
    return client_of(server, store(**secret))


def good(server: Server) -> None:
    server.on(REFRESH, Reply(200, tokens(1)))
    server.on(PROFILE, Reply(200, {"data": user()}))
    server.on(POSTS, Reply(200, {"data": [tweet(IDS[0])], "meta": {"result_count": 1}}))
    server.on(METRICS, Reply(200, {"data": [tweet(IDS[0])]}))
    server.on(START, Reply(202, {"data": media()}))
    server.on(APPEND, Reply(200, {"data": {"expires_at": 1_795_483_600}}))
    server.on(FINISH, Reply(200, {"data": media()}))
    server.on(DESCRIBE, Reply(200, {"data": {"id": MEDIA_ID}}))
    server.on(PUBLISH, Reply(201, {"data": {"id": "1991234567890123999", "text": "Halo"}}))


def shows(server: Server, post: OutgoingPost, hours: float) -> None:
    there = timedelta(hours=hours)
    shown = tweet(
        "1991234567890123999",
        text=post.text,
        created_at=written(post.created_at + there + timedelta(seconds=5)),
        attachments={"media_keys": [f"3_{MEDIA_ID}" for _ in post.images]},
    )
    date = format_datetime(datetime.now(UTC) + there, usegmt=True)
    server.on(POSTS, Reply(200, {"data": [shown], "meta": {}}, {"Date": date}))


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


def tokens(number: int) -> dict[str, Any]:
    name = {1: "second", 2: "third"}[number]
    return {
        "token_type": "bearer",
        "expires_in": 7200,
        "access_token": f"x-access-{number}-{name}",
        "refresh_token": f"x-refresh-{number}-{name}",
        "scope": "tweet.read tweet.write users.read media.write offline.access",
    }


def user(**changes: Any) -> dict[str, Any]:
    return {
        "id": ACCOUNT,
        "username": "samudrakota",
        "name": "Pemkot Samudra",
        "verified": True,
        "public_metrics": {"followers_count": 27650, "following_count": 141, "tweet_count": 0},
        **changes,
    }


def tweet(post_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": post_id,
        "text": "Halo &amp; selamat pagi https://t.co/abc",
        "created_at": "2026-11-23T01:00:05.000Z",
        "entities": {"urls": [{"url": "https://t.co/abc", "expanded_url": "https://a.example/b"}]},
        "public_metrics": {
            "retweet_count": 2,
            "reply_count": 0,
            "like_count": 9,
            "quote_count": 1,
            "bookmark_count": 3,
            "impression_count": 840,
        },
        **changes,
    }


def media(**changes: Any) -> dict[str, Any]:
    return {"id": MEDIA_ID, "media_key": f"3_{MEDIA_ID}", "expires_after_secs": 86_400, **changes}


def written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def token(received: Received) -> str:
    return received.headers["Authorization"]


def as_secret(**secret: str) -> Secret:
    return store(**secret).secret


def plain(status: int, detail: str) -> Reply:
    """A refusal without a type of its own."""
    title = HTTPStatus(status).phrase
    return Reply(
        status, {"title": title, "detail": detail, "type": "about:blank", "status": status}
    )


def refuses(said: str) -> Reply:
    told = {"title": "Invalid Request", "detail": said, "type": f"{PROBLEM}invalid-request"}
    return Reply(400, told)
