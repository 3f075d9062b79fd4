"""A Mastodon that takes films, and who sends one to it; for the tests of its client."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from govsocial.platforms.base import OutgoingPost, PublishedPost, Video
from govsocial.platforms.errors import PlatformError, RateLimited
from govsocial.platforms.guard import Guard
from govsocial.platforms.http import Session
from govsocial.platforms.mastodon.client import MastodonClient
from tests.platforms import films
from tests.platforms import mastodon_stage as stage
from tests.platforms.conftest import QUICK
from tests.platforms.fakes import MemoryStore, Reply, Server

FILM = "GET /api/v1/media/f1"
UPLOADED = Reply(202, {"id": "f1", "type": "video", "url": None})
WORKING = Reply(206, {"id": "f1", "type": "video", "url": None})
READY = Reply(200, {"id": "f1", "type": "video", "url": "https://s.example/f1.mp4"})
GONE = Reply(404, {"error": "Record not found"})
NOT_USABLE = Reply(422, {"error": "Error processing thumbnail for uploaded media"})
BYTES = bytes(range(256)) * 40


class Sender:
    """Sends one post again and again, as the application does, and can be given up."""

    def __init__(self, server: Server) -> None:
        session = Session(server.base, guard=Guard({server.host}), timing=QUICK)
        store = MemoryStore(access_token=stage.TOKEN)
        self._server = server
        self.waits: list[float] = []
        self.client = MastodonClient(session=session, secrets=store, sleep=self.waits.append)
        self.handles: dict[str, str] = {}
        self.kept: list[tuple[int, Mapping[str, str]]] = []
        """What was kept after how many calls."""
        self.steps = 0
        self.stop_at = 0
        self.post = stage.outgoing(images=(), video=film())

    def attempt(self) -> OutgoingPost:
        return replace(
            self.post, handles=dict(self.handles), keep=self._keep, before_step=self._before_step
        )

    def publish(self) -> PublishedPost:
        return self.client.publish(self.attempt())

    def fails(self) -> PlatformError:
        with pytest.raises(PlatformError) as caught:
            self.publish()
        return caught.value

    def _keep(self, handles: Mapping[str, str]) -> None:
        self.handles |= handles
        self.kept.append((len(self._server.received), handles))

    def _before_step(self) -> None:
        self.steps += 1
        if self.steps == self.stop_at:
            raise RateLimited("The attempt was given up.")


def film(data: bytes = BYTES, **changes: Any) -> Video:
    return films.film(data, **{"alt": "Petugas – membuka pintu air", **changes})


def good(server: Server) -> None:
    stage.good(server)
    server.on(stage.MEDIA, UPLOADED)
    server.on(FILM, READY)
    server.on(stage.PUBLISH, Reply(200, stage.status(8, media_attachments=[{"id": "f1"}])))


def routes(server: Server) -> list[str]:
    return [f"{one.method} {one.path}" for one in server.received]
