"""Publishing on Instagram: containers from addresses that are fetched, then one call."""

from __future__ import annotations

from typing import Any

from govsocial.training.agency import TrainingAccount
from govsocial.training.http import Request, Response
from govsocial.training.meta_fetch import NotFetched, fetch
from govsocial.training.meta_graph import GraphError, param, picked, usage, wanted
from govsocial.training.meta_media import add_post, kept_picture, new_id
from govsocial.training.state import Thing
from govsocial.training.world import World

CONTAINER = "instagram:container"
CONTAINER_SECONDS = 86_400
LONGEST_CAPTION = 2_200
LARGEST_PICTURE = 8_000_000
POSTS_A_DAY = 100
_JPEG = frozenset({"image/jpeg"})


class InstagramWrites:
    def __init__(self, world: World, *, media_seconds: float) -> None:
        self._world = world
        self._state = world.state
        self._media_seconds = media_seconds

    def container(self, account: TrainingAccount, request: Request) -> Response:
        """Make a container. Pictures are fetched at once, films while it is worked on."""
        caption = param(request, "caption")
        if len(caption) > LONGEST_CAPTION:
            raise GraphError(100, "The caption was too long", subcode=2207010)
        kind = param(request, "media_type")
        if kind in {"", "IMAGE"}:
            made = self._picture(account, request)
        elif kind == "REELS":
            made = self._film(request)
        elif kind == "CAROUSEL":
            made = self._carousel(account, request)
        else:
            raise GraphError(100, "The media type is not supported", subcode=2207023)
        name = new_id()
        value = {
            "caption": caption,
            "child": param(request, "is_carousel_item").lower() in {"true", "1"},
            "ready": request.wall + self._media_seconds,
            "made": request.wall,
            "failed": "",
            "published": None,
            **made,
        }
        self._state.put_thing(CONTAINER, name, account=account.key, at=request.wall, value=value)
        return Response.json({"id": name}, headers=usage())

    def status(self, name: str, kept: Thing, request: Request) -> dict[str, Any]:
        code = _code(kept, request)
        texts = {
            "FINISHED": "Finished: Media has been uploaded and it is ready to be published.",
            "IN_PROGRESS": "In Progress: Media is still being processed.",
            "PUBLISHED": "Published: Media has been successfully published.",
            "EXPIRED": "Expired: Media was not published within 24 hours.",
            "ERROR": f"Error: {kept.value['failed']}",
        }
        values = {
            "id": lambda _: name,
            "status_code": lambda _: code,
            "status": lambda _: texts[code],
        }
        return picked(values, wanted(request, "id"))

    def publish(self, account: TrainingAccount, request: Request) -> Response:
        name = param(request, "creation_id")
        with self._state.write():
            kept = self.found(name)
            if kept is None or kept.account != account.key or kept.value["child"]:
                raise GraphError(100, "The media is not found", subcode=2207006)
            code = _code(kept, request)
            if code == "IN_PROGRESS":
                raise GraphError(9007, "Media ID is not available", subcode=2207027)
            if code == "EXPIRED":
                raise GraphError(100, "The media has expired", subcode=2207008)
            if code != "FINISHED":
                raise GraphError(100, "The media cannot be published", subcode=2207032)
            if self._used(account, request) >= POSTS_A_DAY:
                raise GraphError(4, "The limit of posts is reached", subcode=2207042)
            value = kept.value
            key = add_post(
                self._state,
                account,
                request,
                text=value["caption"],
                pictures=value["pictures"],
                record={"kind": value["kind"], "children": value.get("children", [])},
            )
            published = {**value, "published": key}
            self._state.put_thing(CONTAINER, name, account=account.key, at=kept.at, value=published)
        return Response.json({"id": key}, headers=usage())

    def limit(self, account: TrainingAccount, request: Request) -> Response:
        config = {"quota_total": POSTS_A_DAY, "quota_duration": 86_400}
        one = {"quota_usage": self._used(account, request), "config": config}
        return Response.json({"data": [one]}, headers=usage())

    def found(self, name: str) -> Thing | None:
        return self._state.thing(CONTAINER, name)

    def _used(self, account: TrainingAccount, request: Request) -> int:
        """Posts through the API in the last 24 hours."""
        rows = self._state.posts_before(
            account.key, now=request.now, before=(request.now, "~"), limit=POSTS_A_DAY + 1
        )
        return sum(row.at > request.now - 86_400 for row in rows)

    def _picture(self, account: TrainingAccount, request: Request) -> dict[str, Any]:
        try:
            data, _ = fetch(param(request, "image_url"), largest=LARGEST_PICTURE)
        except NotFetched as failed:
            raise GraphError(
                9004,
                "Only photo or video can be accepted as media type.",
                subcode=2207052,
                shown="Media tidak dapat diambil dari alamat ini.",
            ) from failed
        picture = kept_picture(
            self._state,
            account,
            data,
            alt=param(request, "alt_text"),
            types=_JPEG,
            largest=LARGEST_PICTURE,
        )
        if not 0.79 <= picture["width"] / picture["height"] <= 1.92:
            raise GraphError(36003, "The aspect ratio is not supported.", subcode=2207009)
        return {"kind": "IMAGE", "pictures": [picture]}

    @staticmethod
    def _film(request: Request) -> dict[str, Any]:
        failed = ""
        try:
            _, media_type = fetch(param(request, "video_url"))
        except NotFetched:
            failed = "Media download has failed with error code 2207077"
        else:
            if media_type not in {"video/mp4", "video/quicktime"}:
                failed = "Unsupported video format, error code 2207026"
        return {"kind": "VIDEO", "pictures": [], "failed": failed}

    def _carousel(self, account: TrainingAccount, request: Request) -> dict[str, Any]:
        names = [name for name in param(request, "children").split(",") if name]
        children = {name: self.found(name) for name in names}
        pictures = [
            picture
            for child in children.values()
            if child is not None and child.account == account.key and child.value["child"]
            for picture in child.value["pictures"]
        ]
        if not 2 <= len(names) <= 10 or len(pictures) != len(names):
            raise GraphError(100, "The carousel is not valid", subcode=2207028)
        return {"kind": "CAROUSEL_ALBUM", "pictures": pictures, "children": names}


def _code(kept: Thing, request: Request) -> str:
    value = kept.value
    if value["published"] is not None:
        return "PUBLISHED"
    if value["failed"]:
        return "ERROR"
    if request.wall > value["made"] + CONTAINER_SECONDS:
        return "EXPIRED"
    return "FINISHED" if value["ready"] <= request.wall else "IN_PROGRESS"
