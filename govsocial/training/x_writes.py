"""Posting, deleting and uploading on X, with its refusals."""

from __future__ import annotations

import base64
import binascii
from dataclasses import asdict
from io import BytesIO
from typing import Any

from PIL import Image, UnidentifiedImageError

from govsocial.training import x_views as views
from govsocial.training.agency import TrainingAccount
from govsocial.training.history import Post
from govsocial.training.http import Request, Response, Upload
from govsocial.training.ids import blob_cid, number, record_cid, snowflake
from govsocial.training.pictures import Picture, is_film
from govsocial.training.state import Taken, Thing
from govsocial.training.world import World

LONGEST = 280
MAX_MEDIA = 4
IMAGE_BYTES = 5_000_000
FILM_BYTES = 512_000_000
MEDIA_SECONDS = 86_400
SAME_TEXT_AMONG = 30
"""How many of the newest posts X looks through for the same text."""
_IMAGES = {"image/jpeg", "image/png", "image/gif", "image/webp"}
_FILMS = {"video/mp4", "video/quicktime"}
PROBLEMS = "https://api.twitter.com/2/problems/"


class Refused(Exception):
    """A refusal in X's own form."""

    def __init__(self, status: int, title: str, detail: str, kind: str = "") -> None:
        super().__init__(detail)
        self.status = status
        self.title = title
        self.kind = kind

    def response(self) -> Response:
        body = {
            "title": self.title,
            "detail": str(self),
            "type": f"{PROBLEMS}{self.kind}" if self.kind else "about:blank",
            "status": self.status,
        }
        return Response.json(body, self.status, {"content-type": "application/problem+json"})


def invalid(detail: str) -> Refused:
    return Refused(400, "Invalid Request", detail, "invalid-request")


def forbidden(detail: str = "Forbidden") -> Refused:
    return Refused(403, "Forbidden", detail)


class Writes:
    def __init__(self, world: World, *, media_seconds: float) -> None:
        self._world = world
        self._state = world.state
        self._media_seconds = media_seconds

    # Posts

    def post(self, request: Request, _: str, account: TrainingAccount) -> Response:
        text = request.json.get("text") or ""
        if not isinstance(text, str):
            raise invalid("$.text: is not a string")
        media_ids = _media_ids(request)
        if not text.strip() and not media_ids:
            raise invalid("One of text or media is needed.")
        if views.length(text) > LONGEST:
            raise forbidden("You are not permitted to perform this action.")
        with self._state.write():
            parent = self._answered(account, request)
            self._refuse_same(account, text, bool(media_ids), request, parent)
            pictures = self._attachable(account, media_ids, request)
            value = {
                "text": text,
                "record": request.json,
                "language": "id",
                "images": [asdict(picture) for picture in pictures],
                "reply_to": parent.key if parent else None,
                "root": (parent.root or parent.key) if parent else None,
            }
            key = self._store(request, account, value)
        data = {"id": views.id_of(key), "text": text, "edit_history_tweet_ids": [views.id_of(key)]}
        return Response.json({"data": data}, 201)

    def delete(self, request: Request, post_id: str, account: TrainingAccount) -> Response:
        """X says the same for a post that is not there any more."""
        self._world.delete(account, views.key_of(post_id), request.now)
        return Response.json({"data": {"deleted": True}})

    def _answered(self, account: TrainingAccount, request: Request) -> Post | None:
        """The post that this one answers. There are no posts of others here, to which X would let
        nobody reply who was not summoned."""
        reply = request.json.get("reply")
        if reply is None:
            return None
        named = reply.get("in_reply_to_tweet_id") if isinstance(reply, dict) else None
        if not isinstance(named, str) or not named.isdecimal() or len(named) > 19:
            raise invalid("$.reply.in_reply_to_tweet_id: does not match the pattern")
        found = self._world.find(account, views.key_of(named), request.now)
        if found is None:
            raise forbidden(
                "You attempted to reply to a Tweet that is deleted or not visible to you."
            )
        return found

    def _refuse_same(
        self,
        account: TrainingAccount,
        text: str,
        has_media: bool,
        request: Request,
        parent: Post | None,
    ) -> None:
        """The same words may answer two posts; X does not say so, and this is the lenient way."""
        answered = parent.key if parent else None
        newest = self._world.newest_first(account, request.now)
        for post, _ in zip(newest, range(SAME_TEXT_AMONG), strict=False):
            if post.reply_to != answered:
                continue
            if post.text == text and not has_media and not post.pictures:
                raise forbidden("You are not allowed to create a Tweet with duplicate content.")

    def _attachable(
        self, account: TrainingAccount, media_ids: list[str], request: Request
    ) -> list[Picture]:
        if len(media_ids) > MAX_MEDIA:
            raise invalid("$.media.media_ids: there are more than 4 items")
        found = []
        for media_id in media_ids:
            media = self._state.thing("x:media", media_id)
            if media is None or media.account != account.key or not media.value["finished"]:
                raise invalid("Your media IDs are invalid.")
            if media.value["ready"] > request.wall:
                raise invalid("Your media IDs are still being processed.")
            found.append(_picture(media))
        films = sum(is_film(one.media_type) or one.media_type == "image/gif" for one in found)
        if films and len(found) > 1:
            raise forbidden("You are not permitted to perform this action.")
        return found

    def _store(self, request: Request, account: TrainingAccount, value: dict[str, Any]) -> str:
        low = number(16, account.key, request.now)
        while True:
            key = snowflake(request.now, low)
            try:
                self._state.add_post(
                    account=account.key,
                    key=key,
                    at=request.now,
                    value=value,
                    revision=record_cid(value),
                )
            except Taken:
                low += 1
            else:
                return key

    # Media

    def start(self, request: Request, _: str, account: TrainingAccount) -> Response:
        media_type, size = request.json.get("media_type"), request.json.get("total_bytes")
        if media_type not in _IMAGES | _FILMS or not isinstance(size, int) or size < 1:
            raise invalid("media_type or total_bytes is not valid")
        if size > (FILM_BYTES if media_type in _FILMS else IMAGE_BYTES):
            raise invalid("The media is too large.")
        at = request.wall
        media_id = views.id_of(snowflake(at, number(16, account.key, media_type, size, at)))
        while self._state.thing("x:media", media_id) is not None:
            media_id = str(int(media_id) + 1)
        value = {"type": media_type, "size": size, "parts": {}, "finished": False, "alt": ""}
        self._state.put_thing("x:media", media_id, account=account.key, at=at, value=value)
        return Response.json({"data": _told(media_id, media_type, MEDIA_SECONDS)}, 202)

    def append(self, request: Request, media_id: str, account: TrainingAccount) -> Response:
        part = request.field("media")
        if isinstance(part, str):
            try:
                part = Upload(base64.b64decode(part, validate=True), "application/octet-stream")
            except binascii.Error as exc:
                raise invalid("media is not base64") from exc
        index = str(request.field("segment_index"))
        if not isinstance(part, Upload) or not index.isdecimal() or int(index) > 999:
            raise invalid("media or segment_index is missing")
        with self._state.write():
            media = self._media(account, media_id)
            cid = blob_cid(part.data)
            self._state.add_blob(
                account=account.key,
                cid=cid,
                media_type="application/octet-stream",
                data=part.data,
            )
            parts = {**media.value["parts"], index: cid}
            self._change(media, parts=parts)
        return Response.json({"data": {"expires_at": int(media.at) + MEDIA_SECONDS}})

    def finish(self, request: Request, media_id: str, account: TrainingAccount) -> Response:
        media = self._media(account, media_id)
        pieces = [
            (self._state.blob_bytes(cid) or (b"", ""))[0]
            for _, cid in sorted(media.value["parts"].items(), key=lambda pair: int(pair[0]))
        ]
        data, media_type = b"".join(pieces), media.value["type"]
        if len(data) != media.value["size"]:
            raise invalid("Size of the uploaded parts does not match total_bytes.")
        width, height = _shape(data, media_type)
        cid = blob_cid(data)
        self._state.add_blob(account=account.key, cid=cid, media_type=media_type, data=data)
        waits = self._media_seconds if media_type in _FILMS else 0.0
        self._change(
            media,
            finished=True,
            ready=request.wall + waits,
            cid=cid,
            width=width,
            height=height,
        )
        return self.status_of(request, media_id, account)

    def status(self, request: Request, _: str, account: TrainingAccount) -> Response:
        return self.status_of(request, request.one("media_id") or "", account)

    def status_of(self, request: Request, media_id: str, account: TrainingAccount) -> Response:
        media = self._media(account, media_id)
        left = max(int(media.at + MEDIA_SECONDS - request.wall), 0)
        told = _told(media_id, media.value["type"], left) | {"size": media.value["size"]}
        if media.value["finished"] and media.value["type"] in _FILMS:
            waits = media.value["ready"] - request.wall
            told["processing_info"] = (
                {"state": "in_progress", "check_after_secs": 1, "progress_percent": 50}
                if waits > 0
                else {"state": "succeeded", "progress_percent": 100}
            )
        return Response.json({"data": told})

    def describe(self, request: Request, _: str, account: TrainingAccount) -> Response:
        media = self._media(account, str(request.json.get("id") or ""))
        metadata = request.json.get("metadata")
        alt = metadata.get("alt_text") if isinstance(metadata, dict) else None
        text = alt.get("text") if isinstance(alt, dict) else None
        if not isinstance(text, str) or len(text) > 1000:
            raise invalid("metadata.alt_text.text is not valid")
        self._change(media, alt=text)
        return Response.json({"data": {"id": media.key, "associated_metadata": metadata}})

    def _media(self, account: TrainingAccount, media_id: str) -> Thing:
        media = self._state.thing("x:media", media_id)
        if media is None or media.account != account.key:
            raise Refused(404, "Not Found", "No such media.", "resource-not-found")
        return media

    def _change(self, media: Thing, **changes: Any) -> None:
        value = {**media.value, **changes}
        self._state.put_thing("x:media", media.key, account=media.account, at=media.at, value=value)


def _told(media_id: str, media_type: str, left: int) -> dict[str, Any]:
    kind = 7 if media_type in _FILMS else 3
    return {"id": media_id, "media_key": f"{kind}_{media_id}", "expires_after_secs": left}


def _picture(media: Thing) -> Picture:
    value = media.value
    return Picture(
        name=media.key,
        cid=value["cid"],
        size=value["size"],
        media_type=value["type"],
        alt=value["alt"],
        width=value["width"],
        height=value["height"],
    )


def _shape(data: bytes, media_type: str) -> tuple[int, int]:
    if media_type in _FILMS:
        return 1280, 720
    try:
        with Image.open(BytesIO(data)) as image:
            if Image.MIME.get(image.format or "") == media_type:
                return image.size
    except (UnidentifiedImageError, Image.DecompressionBombError):
        pass
    raise invalid("The media is not what media_type says.")


def _media_ids(request: Request) -> list[str]:
    media = request.json.get("media")
    ids = media.get("media_ids") if isinstance(media, dict) else None
    return [str(one) for one in ids] if isinstance(ids, list) else []
