"""How TikTok takes films in parts and fetches photos itself. Of a film, only its size is kept."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from io import BytesIO
from typing import Any

from PIL import Image, UnidentifiedImageError

from govsocial.training.agency import TrainingAccount
from govsocial.training.http import Request, Response
from govsocial.training.ids import blob_cid, canonical, digest_of, number, record_cid, snowflake
from govsocial.training.meta_fetch import NotFetched, fetch
from govsocial.training.pictures import Picture
from govsocial.training.state import Taken, Thing
from govsocial.training.tiktok_views import answer
from govsocial.training.world import World

UPLOAD = "/video/"
MAX_TITLE, MAX_PHOTO_TITLE, MAX_DESCRIPTION, MAX_PHOTOS = 2200, 90, 4000, 35
MAX_SIZE, MAX_PHOTO = 4_000_000_000, 20_000_000
SMALLEST_PART, LARGEST_PART, LARGEST_LAST = 5_000_000, 64_000_000, 128_000_000
UPLOAD_SECONDS = 3600
_PUBLISH, _ADDRESS = "tiktok:publish", "tiktok:upload"
_RANGE = re.compile(r"bytes (\d{1,12})-(\d{1,12})/(\d{1,12})")
_PRIVACY = {
    "PUBLIC_TO_EVERYONE": "public",
    "MUTUAL_FOLLOW_FRIENDS": "private",
    "SELF_ONLY": "private",
}


class Refused(Exception):
    """A refusal with its status and code."""

    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.status = status
        self.code = code


class Posts:
    def __init__(self, world: World, *, media_seconds: float) -> None:
        self._world = world
        self._state = world.state
        self._media_seconds = media_seconds

    def begin_film(self, request: Request, account: TrainingAccount) -> Response:
        info, source = _parts(request)
        _check_info(info, MAX_TITLE)
        if source.get("source") != "FILE_UPLOAD":
            raise Refused(403, "url_ownership_unverified", "Films are taken as files here.")
        size, chunk, count = (
            _whole(source, name) for name in ("video_size", "chunk_size", "total_chunk_count")
        )
        _check_parts(size, chunk, count)
        publish_id = f"v_pub_file~v2-1.{number(63, secrets.token_hex(8))}"
        token = secrets.token_urlsafe(32)
        value = {
            "info": info,
            "size": size,
            "chunk": chunk,
            "count": count,
            "taken": 0,
            "post": None,
            "failed": None,
            "ready": None,
        }
        self._keep(publish_id, account.key, request.wall, value)
        self._state.put_thing(
            _ADDRESS,
            digest_of(token),
            account=account.key,
            at=request.wall,
            value={"publish_id": publish_id},
        )
        # The host that was called, which need not be the one that people see.
        host = request.headers.get("host") or request.base.partition("://")[2]
        address = f"http://{host}{UPLOAD}?upload_id={number(48, publish_id)}&upload_token={token}"
        return answer({"publish_id": publish_id, "upload_url": address})

    def take_part(self, request: Request) -> Response:
        with self._state.write():
            address = self._address(request)
            if address is None or request.wall > address.at + UPLOAD_SECONDS:
                return Response(403, b"")
            publish_id = str(address.value["publish_id"])
            kept = self._state.thing(_PUBLISH, publish_id)
            match = _RANGE.fullmatch(request.headers.get("content-range", ""))
            if kept is None or match is None:
                return Response(400, b"")
            value = dict(kept.value)
            first, last, size = (int(one) for one in match.groups())
            whole = last - first + 1 == len(request.body) and size == value["size"]
            if not whole or first != value["taken"]:
                return Response(416, b"", {"content-range": f"bytes 0-{value['taken']}/{size}"})
            value["taken"] = last + 1
            done = value["taken"] == size
            if done:
                account = self._world.story.account(kept.account)
                self._publish(request, account, value, str(value["info"]["title"]), ())
            self._keep(publish_id, kept.account, kept.at, value)
            headers = {"content-range": f"bytes 0-{last}/{size}"}
            return Response(201 if done else 206, b"", headers)

    def begin_photos(self, request: Request, account: TrainingAccount) -> Response:
        info, source = _parts(request)
        _check_info(info, MAX_PHOTO_TITLE)
        words = str(info.get("description") or "")
        addresses = source.get("photo_images")
        if request.json.get("media_type") != "PHOTO" or len(_utf16(words)) > 2 * MAX_DESCRIPTION:
            raise Refused(400, "invalid_params")
        if source.get("source") != "PULL_FROM_URL" or not isinstance(addresses, list):
            raise Refused(400, "invalid_params")
        if not 1 <= len(addresses) <= MAX_PHOTOS:
            raise Refused(400, "invalid_params")
        pictures = [self._picture(str(one), account) for one in addresses]
        publish_id = f"p_pub_url~v2-1.{number(63, secrets.token_hex(8))}"
        value = {"info": info, "size": 0, "taken": 0, "post": None, "failed": None, "ready": None}
        found = tuple(one for one in pictures if one is not None)
        with self._state.write():
            if len(found) < len(pictures):
                value["failed"] = "photo_pull_failed"
            else:
                text = f"{info.get('title') or ''}\n\n{words}".strip()
                self._publish(request, account, value, text, found)
            self._keep(publish_id, account.key, request.wall, value)
        return answer({"publish_id": publish_id})

    def status(self, request: Request, account: TrainingAccount) -> Response:
        kept = self._state.thing(_PUBLISH, str(request.json.get("publish_id") or ""))
        if kept is None or kept.account != account.key:
            raise Refused(400, "invalid_publish_id")
        value = kept.value
        film = value["size"] > 0
        bytes_taken = {"uploaded_bytes" if film else "downloaded_bytes": value["taken"]}
        if value["failed"] is not None:
            return answer({"status": "FAILED", "fail_reason": value["failed"], **bytes_taken})
        if value["post"] is None or value["ready"] > request.wall:
            status = "PROCESSING_UPLOAD" if film else "PROCESSING_DOWNLOAD"
            return answer({"status": status, **bytes_taken})
        post = self._world.find(account, str(value["post"]), request.now)
        shown = post is not None and post.visibility == "public"
        ids = {"publicaly_available_post_id": [int(value["post"])] if shown else []}
        return answer({"status": "PUBLISH_COMPLETE", **bytes_taken, **ids})

    def owner(self, request: Request) -> TrainingAccount | None:
        address = self._address(request) if request.path == UPLOAD else None
        return self._world.story.account(address.account) if address is not None else None

    def _address(self, request: Request) -> Thing | None:
        return self._state.thing(_ADDRESS, digest_of(request.one("upload_token") or ""))

    def _publish(
        self,
        request: Request,
        account: TrainingAccount,
        value: dict[str, Any],
        text: str,
        pictures: tuple[Picture, ...],
    ) -> None:
        post = {
            "text": text,
            "record": {"bytes": value["size"]},
            "visibility": _PRIVACY[str(value["info"]["privacy_level"])],
            "images": [asdict(picture) for picture in pictures],
        }
        low = number(16, account.key, canonical(post), request.now)
        while value["post"] is None:
            key = snowflake(request.now, low)
            try:
                self._state.add_post(
                    account=account.key,
                    key=key,
                    at=request.now,
                    value=post,
                    revision=record_cid(post),
                )
            except Taken:
                low += 1
            else:
                value["post"] = key
        value["ready"] = request.wall + self._media_seconds

    def _picture(self, url: str, account: TrainingAccount) -> Picture | None:
        try:
            data, media_type = fetch(url, largest=MAX_PHOTO)
            with Image.open(BytesIO(data)) as image:
                width, height = image.size
        except (NotFetched, UnidentifiedImageError, Image.DecompressionBombError):
            return None
        cid = blob_cid(data)
        self._state.add_blob(account=account.key, cid=cid, media_type=media_type, data=data)
        return Picture(
            name=cid,
            cid=cid,
            size=len(data),
            media_type=media_type,
            alt="",
            width=width,
            height=height,
        )

    def _keep(self, publish_id: str, account: str, at: float, value: Mapping[str, Any]) -> None:
        self._state.put_thing(_PUBLISH, publish_id, account=account, at=at, value=value)


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le", "replace")


def _parts(request: Request) -> tuple[dict[str, Any], dict[str, Any]]:
    info, source = request.json.get("post_info"), request.json.get("source_info")
    if not isinstance(info, dict) or not isinstance(source, dict):
        raise Refused(400, "invalid_params")
    return info, source


def _check_info(info: Mapping[str, Any], most: int) -> None:
    title = info.get("title") or ""
    if not isinstance(title, str) or len(_utf16(title)) > 2 * most:
        raise Refused(400, "invalid_params")
    if info.get("privacy_level") not in _PRIVACY:
        raise Refused(400, "privacy_level_option_mismatch")


def _whole(source: Mapping[str, Any], name: str) -> int:
    value = source.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise Refused(400, "invalid_params")
    return value


def _check_parts(size: int, chunk: int, count: int) -> None:
    """Parts of 5 to 64 million bytes, as many as fit; the last one takes the rest."""
    if count == 1:
        fits = chunk == size <= LARGEST_PART
    else:
        last = size - (count - 1) * chunk
        fits = (
            SMALLEST_PART <= chunk <= LARGEST_PART
            and count == size // chunk
            and last <= LARGEST_LAST
        )
    if not fits or size > MAX_SIZE:
        raise Refused(400, "invalid_params", "The parts do not make up the film.")
