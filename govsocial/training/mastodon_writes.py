"""Posting, deleting and uploading on Mastodon, with its validations."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from io import BytesIO
from typing import Any

from PIL import Image, UnidentifiedImageError

from govsocial.training import mastodon_views as views
from govsocial.training.agency import TrainingAccount
from govsocial.training.history import Post
from govsocial.training.http import Request, Response, Upload
from govsocial.training.ids import blob_cid, canonical, number, record_cid, snowflake
from govsocial.training.mastodon_media import FILM_SHAPE
from govsocial.training.mastodon_media import media as media_json
from govsocial.training.pictures import Picture, is_film
from govsocial.training.state import Media, Taken
from govsocial.training.texts import LINK
from govsocial.training.world import World

KEY_SECONDS = 3600
#: Images up to this many bytes are ready at once; larger ones and films are processed first.
READY_AT_ONCE = 200_000

_VISIBILITIES = {"public", "unlisted", "private", "direct"}


class Refused(Exception):
    """A refusal with the platform's status and words."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status

    def response(self) -> Response:
        headers = {}
        if self.status == 401:
            headers["www-authenticate"] = (
                f'Bearer realm="Doorkeeper", error="invalid_token", error_description="{self}"'
            )
        return Response.json({"error": str(self)}, self.status, headers)


class Writes:
    def __init__(
        self,
        world: World,
        status_text: Callable[[Post, Request], str],
        *,
        media_seconds: float,
    ) -> None:
        self._world = world
        self._state = world.state
        self._status_text = status_text
        self._media_seconds = media_seconds

    def post(self, request: Request, _: str, account: TrainingAccount) -> Response:
        """A second call with the same ``Idempotency-Key`` within an hour answers the first post."""
        key = request.headers.get("idempotency-key", "").strip()
        with self._state.write():
            since = request.wall - KEY_SECONDS
            known = self._state.status_of_key(account.key, key, since) if key else None
            status = known or self._new(request, account)
            if key and known is None:
                self._state.keep_key(account.key, key, status, request.wall)
        post = self._world.find(account, status, request.now)
        if post is None:
            raise Refused(404, "Record not found")
        return Response.raw_json(self._status_text(post, request))

    def delete(self, request: Request, key: str, account: TrainingAccount) -> Response:
        post = self._world.find(account, key, request.now)
        if post is None:
            raise Refused(404, "Record not found")
        text = self._status_text(post, request)
        self._world.delete(account, key, request.now)
        return Response.json(_with_source(text, post))

    def upload(self, request: Request, _: str, account: TrainingAccount) -> Response:
        file = request.field("file")
        if not isinstance(file, Upload) or not file.data:
            raise Refused(422, "Validation failed: File can't be blank")
        _check_size(file)
        description = _text(request, "description")
        _check_description(description)
        media_type, width, height = _shape(file)
        cid = blob_cid(file.data)
        self._state.add_blob(account=account.key, cid=cid, media_type=media_type, data=file.data)
        at_once = len(file.data) <= READY_AT_ONCE and not is_film(media_type)
        media = Media(
            id=snowflake(request.wall, number(16, account.key, cid, request.wall)),
            account=account.key,
            cid=cid,
            media_type=media_type,
            width=width,
            height=height,
            description=description or None,
            ready=request.wall + (0.0 if at_once else self._media_seconds),
            attached=None,
        )
        self._state.add_media(media)
        value = media_json(media, request.base, ready=at_once)
        return Response.json(value, 200 if at_once else 202)

    def media(self, request: Request, key: str, account: TrainingAccount) -> Response:
        media = self._media(account, key)
        ready = media.ready <= request.wall
        return Response.json(media_json(media, request.base, ready=ready), 200 if ready else 206)

    def describe(self, request: Request, key: str, account: TrainingAccount) -> Response:
        media = self._media(account, key)
        description = _text(request, "description")
        _check_description(description)
        self._state.describe_media(media.id, description or None)
        return self.media(request, key, account)

    def _media(self, account: TrainingAccount, key: str) -> Media:
        """What is in a status is not told as media any more."""
        media = self._state.media(account.key, key)
        if media is None or media.attached is not None:
            raise Refused(404, "Record not found")
        return media

    def _new(self, request: Request, account: TrainingAccount) -> str:
        text = _text(request, "status")
        spoiler = _text(request, "spoiler_text")
        media_ids = request.fields("media_ids")
        if not text.strip() and not media_ids:
            raise Refused(422, "Validation failed: Text can't be blank")
        length = weighted_length(text) + len(spoiler)
        if length > views.MAX_CHARACTERS:
            limit = views.MAX_CHARACTERS
            raise Refused(422, f"Validation failed: Text character limit of {limit} exceeded")
        if request.field("scheduled_at"):
            raise Refused(422, "Validation failed: Scheduled at is not kept by this server")
        visibility = _text(request, "visibility") or "public"
        if visibility not in _VISIBILITIES:
            raise Refused(422, "Validation failed: Visibility is not included in the list")
        attached = self._attachable(media_ids, account, request)
        value = {
            "text": text,
            "record": {name: item for name, item in request.form if isinstance(item, str | bool)},
            "language": _text(request, "language") or "id",
            "visibility": visibility,
            "spoiler": spoiler,
            "sensitive": _text(request, "sensitive").lower() in {"1", "true"},
            "reply_to": self._replied_to(request),
            "images": [asdict(_picture(media)) for media in attached],
        }
        key = self._store(request, account, value)
        self._state.attach_media(media_ids, key)
        return key

    def _attachable(
        self, media_ids: list[str], account: TrainingAccount, request: Request
    ) -> list[Media]:
        if len(media_ids) > views.MAX_IMAGES:
            raise Refused(422, f"Cannot attach more than {views.MAX_IMAGES} files")
        found = []
        for media_id in media_ids:
            media = self._state.media(account.key, media_id)
            if media is None or media.attached is not None:
                message = f"Media {media_id} not found or already attached to another post"
                raise Refused(422, f"Validation failed: {message}")
            found.append(media)
        if len(found) > 1 and any(is_film(media.media_type) for media in found):
            raise Refused(422, "Cannot attach a video to a post that already contains images")
        if any(media.ready > request.wall for media in found):
            message = (
                "Cannot attach files that have not finished processing. Try again in a moment!"
            )
            raise Refused(422, message)
        return found

    def _replied_to(self, request: Request) -> str | None:
        key = _text(request, "in_reply_to_id")
        if not key:
            return None
        for account in self._world.story.accounts:
            if account.platform == "mastodon" and self._world.find(account, key, request.now):
                return key
        raise Refused(404, "The post you are trying to reply to does not appear to exist.")

    def _store(self, request: Request, account: TrainingAccount, value: dict[str, Any]) -> str:
        low = number(16, account.key, canonical(value), request.now)
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


def weighted_length(text: str) -> int:
    """Characters as Mastodon counts them: any link is as long as 23."""
    return len(LINK.sub("x" * views.URL_LENGTH, text))


def _picture(media: Media) -> Picture:
    return Picture(
        name=media.id,
        cid=media.cid,
        size=0,
        media_type=media.media_type,
        alt=media.description or "",
        width=media.width,
        height=media.height,
    )


def _with_source(text: str, post: Post) -> dict[str, Any]:
    """A deleted status carries its source text in place of the HTML, to be redrafted."""
    value: dict[str, Any] = json.loads(text)
    del value["content"]
    value["text"] = post.text
    return value


def _text(request: Request, name: str) -> str:
    value = request.field(name)
    if value is None:
        return ""
    if isinstance(value, Upload):
        raise Refused(422, f"Validation failed: {name} is not a text")
    return str(value)


def _check_description(description: str) -> None:
    if len(description) > views.MAX_DESCRIPTION:
        limit = views.MAX_DESCRIPTION
        raise Refused(
            422, f"Validation failed: Description is too long (maximum is {limit} characters)"
        )


def _check_size(file: Upload) -> None:
    film = file.media_type in views.FILM_TYPES
    most = views.MAX_VIDEO if film else views.MAX_IMAGE_BYTES
    if len(file.data) > most:
        size = f"{most // 1024**2} MB"
        raise Refused(422, f"Validation failed: File file size must be less than {size}")


def _shape(file: Upload) -> tuple[str, int, int]:
    """Media type and size of an image; of a film, what it is sent as. Raises ``Refused`` for
    anything else."""
    if file.media_type in views.FILM_TYPES:
        return file.media_type, *FILM_SHAPE
    return _image(file.data)


def _image(data: bytes) -> tuple[str, int, int]:
    """Media type and size of an image. Raises ``Refused`` for anything else."""
    try:
        with Image.open(BytesIO(data)) as image:
            media_type = Image.MIME.get(image.format or "", "")
            width, height = image.size
    except (UnidentifiedImageError, Image.DecompressionBombError) as exc:
        raise Refused(
            422, "Validation failed: File content type is invalid, File is invalid"
        ) from exc
    if media_type not in views.IMAGE_TYPES:
        raise Refused(422, "Validation failed: File content type is invalid, File is invalid")
    return media_type, width, height
