"""A network that takes films, and posts with one; for the tests of Bluesky's client."""

from __future__ import annotations

from typing import Any

import pytest

from govsocial.platforms.base import OutgoingPost, Video
from govsocial.platforms.bluesky import films
from govsocial.platforms.bluesky.account import Account
from govsocial.platforms.bluesky.client import BlueskyClient
from govsocial.platforms.guard import Guard
from govsocial.platforms.http import Session
from tests.platforms import bluesky_stage as stage
from tests.platforms import films as films_of
from tests.platforms.conftest import QUICK
from tests.platforms.fakes import Reply, Server

LIMITS = "GET /xrpc/app.bsky.video.getUploadLimits"
SEND = "POST /xrpc/app.bsky.video.uploadVideo"
LOOK = "GET /xrpc/app.bsky.video.getJobStatus"
TOKEN = "GET /xrpc/com.atproto.server.getServiceAuth"
SERVICE_TOKEN = "service-token-of-the-account"
BLOB = {"$type": "blob", "ref": {"$link": "bafyfilm"}, "mimeType": "video/mp4", "size": 9}
DATA = b"film" * 1000
NO_SERVICE = Reply(501, {"error": "MethodNotImplemented", "message": "Method Not Implemented"})
NO_ROOM = {"canUpload": False, "remainingDailyVideos": 0, "remainingDailyBytes": 0}
UNKNOWN = {"error": "JobNotFound", "message": "Job not found"}


def film(data: bytes = DATA, **changes: Any) -> Video:
    return films_of.film(data, **{"width": 1080, "height": 1920, "alt": "Peta banjir", **changes})


def job(state: str = "JOB_STATE_COMPLETED", **more: Any) -> dict[str, Any]:
    done = {"blob": BLOB} if state == "JOB_STATE_COMPLETED" else {}
    return {"jobId": "job-1", "did": stage.DID, "state": state, **done, **more}


def look(*answers: dict[str, Any]) -> tuple[Reply, ...]:
    return tuple(Reply(200, {"jobStatus": one}) for one in answers)


def ready(server: Server, *others: Server, waits: list[float] | None = None) -> BlueskyClient:
    """A client, and a network that takes its film and has worked through it at once."""
    stage.good(server)
    server.on(TOKEN, Reply(200, {"token": SERVICE_TOKEN}))
    server.on(LIMITS, Reply(200, {"canUpload": True, "remainingDailyVideos": 3}))
    server.on(SEND, Reply(200, job("JOB_STATE_CREATED")))
    server.on(LOOK, *look(job()))
    guard = Guard({one.host for one in (server, *others)})
    return BlueskyClient(
        handle="kota.example",
        session=Session(server.base, guard=guard, timing=QUICK),
        secrets=stage.signed_in(),
        sleep=([] if waits is None else waits).append,
    )


def of_bluesky(service: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the account be on Bluesky's own network, whose video service is ``service``."""
    monkeypatch.setattr(Account, "own_network", None)
    monkeypatch.setattr(films, "SERVICE", service.base)


def post(kept: dict[str, str] | None = None, **changes: Any) -> OutgoingPost:
    handles = {} if kept is None else kept
    changes = {"video": film(), "handles": dict(handles), "keep": handles.update, **changes}
    return stage.post(**changes)


def routes(server: Server) -> list[str]:
    return [f"{one.method} {one.path}" for one in server.received]
