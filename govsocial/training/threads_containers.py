"""Containers of Threads: made, worked through, published once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from govsocial.training.agency import TrainingAccount
from govsocial.training.http import Request, Response
from govsocial.training.ids import blob_cid
from govsocial.training.meta_fetch import NotFetched, fetch
from govsocial.training.meta_graph import GraphError, param, unknown_object, usage
from govsocial.training.meta_media import add_post, kept_picture, new_id
from govsocial.training.pictures import Picture
from govsocial.training.state import Thing
from govsocial.training.texts import LINK
from govsocial.training.world import World

LONGEST = 500
MOST_LINKS = 5
MOST_ITEMS = 20
POSTS_A_DAY = 250
REPLIES_A_DAY = 1_000
EXPIRES_SECONDS = 86_400
IMAGE_BYTES = 8_000_000
FILM_BYTES = 24 * 1024 * 1024
_IMAGES = frozenset({"image/jpeg", "image/png"})
_FILMS = {"video/mp4", "video/quicktime"}
_KIND = "threads:container"
_WIDE = re.compile(r"[\U0001F000-\U0001FAFF\u2600-\u27BF\uFE0F\u200D]")


class Containers:
    def __init__(self, world: World, *, media_seconds: float) -> None:
        self._world = world
        self._state = world.state
        self._media_seconds = media_seconds

    def make(self, request: Request, account: TrainingAccount) -> Response:
        kind = param(request, "media_type")
        text = param(request, "text")
        self._check_text(text, param(request, "link_attachment"))
        value: dict[str, Any] = {
            "kind": kind,
            "text": text,
            "link": param(request, "link_attachment"),
            "pictures": [],
            "item": param(request, "is_carousel_item") == "true",
            "ready": request.wall,
            "error": "",
            "published": "",
            "answers": self._answered(request, account),
        }
        if kind == "TEXT":
            if not text.strip():
                raise GraphError(100, "The parameter text is required.")
        elif kind in {"IMAGE", "VIDEO"}:
            self._add_media(value, kind, request, account)
        elif kind == "CAROUSEL":
            self._add_children(value, request, account)
        else:
            raise GraphError(100, "Param media_type must be one of {TEXT, IMAGE, VIDEO, CAROUSEL}")
        name = new_id()
        self._state.put_thing(_KIND, name, account=account.key, at=request.wall, value=value)
        return Response.json({"id": name}, headers=usage())

    def publish(self, request: Request, account: TrainingAccount) -> Response:
        with self._state.write():
            kept = self.find(param(request, "creation_id"), account)
            if kept is None or kept.value["item"]:
                raise unknown_object(param(request, "creation_id"))
            if self._status(kept, request)[0] != "FINISHED":
                raise GraphError(24, "The requested resource does not exist", subcode=4279009)
            value = kept.value
            answers = value["answers"]
            most = REPLIES_A_DAY if answers else POSTS_A_DAY
            if self._used(account, request, replies=bool(answers)) >= most:
                raise GraphError(4, "Application request limit reached", subcode=2207042)
            parent = self._world.find(account, answers, request.now) if answers else None
            if answers and parent is None:
                raise unknown_object(answers)
            key = add_post(
                self._state,
                account,
                request,
                text=value["text"],
                pictures=value["pictures"],
                record={"creation_id": kept.key, "link_attachment": value["link"]},
                parent=parent,
            )
            self._put(kept, {**value, "published": key, "at": request.now})
        return Response.json({"id": key}, headers=usage())

    def status(self, kept: Thing, request: Request) -> Response:
        status, error = self._status(kept, request)
        told = {"id": kept.key, "status": status}
        return Response.json(told | ({"error_message": error} if error else {}), headers=usage())

    def limit(self, request: Request, account: TrainingAccount) -> Response:
        told = {
            "quota_usage": self._used(account, request, replies=False),
            "config": {"quota_total": POSTS_A_DAY, "quota_duration": 86_400},
            "reply_quota_usage": self._used(account, request, replies=True),
            "reply_config": {"quota_total": REPLIES_A_DAY, "quota_duration": 86_400},
        }
        return Response.json({"data": [told]}, headers=usage())

    def find(self, name: str, account: TrainingAccount) -> Thing | None:
        kept = self._state.thing(_KIND, name)
        return kept if kept is not None and kept.account == account.key else None

    def _status(self, kept: Thing, request: Request) -> tuple[str, str]:
        value = kept.value
        if value["published"]:
            return "PUBLISHED", ""
        if value["error"]:
            return "ERROR", str(value["error"])
        if request.wall - kept.at > EXPIRES_SECONDS:
            return "EXPIRED", ""
        return ("FINISHED" if value["ready"] <= request.wall else "IN_PROGRESS"), ""

    def _answered(self, request: Request, account: TrainingAccount) -> str:
        """The key of the post that the container answers; empty for none. Raises ``GraphError``."""
        named = param(request, "reply_to_id")
        if named and self._world.find(account, named, request.now) is None:
            raise unknown_object(named)
        return named

    def _used(self, account: TrainingAccount, request: Request, *, replies: bool) -> int:
        """Posts, or replies, of the last 24 hours."""
        day = request.now - 86_400
        posts = self._world.newer_than(account, request.now, (day, ""))
        return sum(bool(post.reply_to) == replies for post in posts)

    @staticmethod
    def _check_text(text: str, link: str) -> None:
        wide = sum(len(sign.encode()) - 1 for sign in _WIDE.findall(text))
        if len(text) + wide > LONGEST:
            raise GraphError(100, "Param text must be at most 500 characters long.")
        links = {*LINK.findall(text), *([link] if link else [])}
        if len(links) > MOST_LINKS:
            raise GraphError(100, "THREADS_API__LINK_LIMIT_EXCEEDED")

    def _add_media(
        self, value: dict[str, Any], kind: str, request: Request, account: TrainingAccount
    ) -> None:
        film = kind == "VIDEO"
        alt = param(request, "alt_text")
        if len(alt) > 1000:
            raise GraphError(100, "Param alt_text must be at most 1000 characters long.")
        address = param(request, "video_url" if film else "image_url")
        if not address:
            raise GraphError(100, "The media address is required.")
        value["ready"] = request.wall + self._media_seconds
        try:
            data, media_type = fetch(address, largest=FILM_BYTES if film else IMAGE_BYTES)
            if film and media_type not in _FILMS:
                raise NotFetched("not a film")
        except NotFetched:
            value["error"] = "FAILED_DOWNLOADING_VIDEO" if film else "UNKNOWN"
            return
        value["pictures"] = [
            self._kept_film(account, data, media_type, alt)
            if film
            else kept_picture(
                self._state, account, data, alt=alt, types=_IMAGES, largest=IMAGE_BYTES
            )
        ]

    def _kept_film(
        self, account: TrainingAccount, data: bytes, media_type: str, alt: str
    ) -> dict[str, Any]:
        cid = blob_cid(data)
        self._state.add_blob(account=account.key, cid=cid, media_type=media_type, data=data)
        film = Picture(
            name=cid,
            cid=cid,
            size=len(data),
            media_type=media_type,
            alt=alt,
            width=1280,
            height=720,
        )
        return asdict(film)

    def _add_children(
        self, value: dict[str, Any], request: Request, account: TrainingAccount
    ) -> None:
        names = [name for name in param(request, "children").split(",") if name]
        if not 2 <= len(names) <= MOST_ITEMS:
            raise GraphError(100, "A carousel has 2 to 20 items.")
        for name in names:
            child = self.find(name, account)
            if child is None or not child.value["item"]:
                raise GraphError(100, "A child of the carousel is not one.")
            if self._status(child, request)[0] != "FINISHED":
                raise GraphError(24, "A child of the carousel is not ready", subcode=4279009)
            value["pictures"] += child.value["pictures"]

    def _put(self, kept: Thing, value: Mapping[str, Any]) -> None:
        self._state.put_thing(_KIND, kept.key, account=kept.account, at=kept.at, value=value)
