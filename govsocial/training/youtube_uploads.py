"""Resumable uploads as Google's servers take them. Of a film, only its size is kept."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Any

from govsocial.training import youtube_views as views
from govsocial.training.agency import TrainingAccount
from govsocial.training.http import Request, Response
from govsocial.training.ids import canonical, digest_of, number, record_cid, snowflake
from govsocial.training.state import Taken
from govsocial.training.world import World

PATH = "/upload/youtube/v3/videos"
PART = 256 * 1024
"""Every part but the last is a multiple of this many bytes."""
MAX_SIZE = 274_877_906_944
_KIND = "youtube:upload"
_RANGE = re.compile(r"bytes (?:(\d{1,15})-(\d{1,15})|\*)/(\d{1,15}|\*)")


class Refused(Exception):
    """A refusal with its status and the reason that YouTube names."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason


class Uploads:
    def __init__(self, world: World, *, media_seconds: float) -> None:
        self._world = world
        self._state = world.state
        self._media_seconds = media_seconds

    def begin(self, request: Request, account: TrainingAccount) -> Response:
        """Open an upload for a film with these words. Raises ``Refused``."""
        if request.one("uploadType") != "resumable":
            raise Refused(400, "badRequest", "Only resumable uploads are taken.")
        metadata = request.json
        _check(metadata)
        size = request.headers.get("x-upload-content-length", "")
        upload_id = secrets.token_urlsafe(48)
        value = {
            "metadata": metadata,
            "size": int(size) if size.isdecimal() else None,
            "type": request.headers.get("x-upload-content-type", "video/*"),
            "taken": 0,
            "film": None,
        }
        self._keep(upload_id, account, request.now, value)
        # The host that was called, which need not be the one that people see.
        host = request.headers.get("host") or request.base.partition("://")[2]
        part = request.one("part") or "snippet,status"
        query = f"uploadType=resumable&part={part.replace(',', '%2C')}&upload_id={upload_id}"
        headers = {"location": f"http://{host}{PATH}?{query}", "x-guploader-uploadid": upload_id}
        return Response(200, b"", headers)

    def take(self, request: Request) -> Response | str:
        """A part of a film, or the question how much of it is there: the answer, or the key of the
        film when all of it is. Raises ``Refused``."""
        upload_id = request.one("upload_id") or ""
        with self._state.write():
            kept = self._state.thing(_KIND, digest_of(upload_id))
            if kept is None:
                raise Refused(404, "notFound", "The upload session is not known.")
            value = dict(kept.value)
            if value["film"] is not None:
                return str(value["film"])
            first, size = self._range(request, value)
            if first == value["taken"] and request.body:
                value["taken"] += len(request.body)
            if size is None or value["taken"] < size:
                self._keep(upload_id, _account(self._world, kept.account), kept.at, value)
                return _more(value["taken"])
            account = _account(self._world, kept.account)
            value["film"] = self._publish(request, account, value)
            self._keep(upload_id, account, kept.at, value)
            return str(value["film"])

    def owner(self, request: Request) -> TrainingAccount | None:
        kept = self._state.thing(_KIND, digest_of(request.one("upload_id") or ""))
        return _account(self._world, kept.account) if kept is not None else None

    def _range(self, request: Request, value: Mapping[str, Any]) -> tuple[int | None, int | None]:
        """Where the part begins and how large the film is, where the call says so."""
        told = request.headers.get("content-range")
        if told is None:
            return 0, len(request.body)
        match = _RANGE.fullmatch(told)
        if match is None:
            raise Refused(400, "badContent", "The range of the content cannot be read.")
        size = None if match.group(3) == "*" else int(match.group(3))
        if value["size"] is not None and size not in {None, value["size"]}:
            raise Refused(400, "badContent", "The size is not the one said at first.")
        if match.group(1) is None:
            return None, size
        first, last = int(match.group(1)), int(match.group(2))
        length = last - first + 1
        if length != len(request.body) or (size is not None and last >= size):
            raise Refused(400, "badContent", "The range is not that of the content.")
        if last + 1 != size and length % PART:
            raise Refused(400, "badContent", "A part must be a multiple of 256 KiB.")
        return first, size

    def _publish(
        self, request: Request, account: TrainingAccount, upload: Mapping[str, Any]
    ) -> str:
        metadata = upload["metadata"]
        snippet, status = metadata["snippet"], metadata.get("status") or {}
        title, description = str(snippet["title"]), str(snippet.get("description") or "")
        value = {
            "text": f"{title}\n\n{description}".strip(),
            "record": {
                "snippet": {"title": title, "description": description},
                "film": {"bytes": upload["taken"], "type": upload["type"]},
                "ready": request.wall + self._media_seconds,
            },
            "language": snippet.get("defaultLanguage"),
            "visibility": status.get("privacyStatus") or "public",
        }
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

    def _keep(
        self, upload_id: str, account: TrainingAccount, at: float, value: Mapping[str, Any]
    ) -> None:
        self._state.put_thing(_KIND, digest_of(upload_id), account=account.key, at=at, value=value)


def _account(world: World, key: str) -> TrainingAccount:
    return world.story.account(key)


def _more(taken: int) -> Response:
    headers = {"range": f"bytes=0-{taken - 1}"} if taken else {}
    return Response(308, b"", headers)


def _check(metadata: Mapping[str, Any]) -> None:
    snippet = metadata.get("snippet")
    if not isinstance(snippet, dict):
        raise Refused(400, "invalidVideoMetadata", "The request has no snippet.")
    title, description = snippet.get("title"), snippet.get("description") or ""
    if not isinstance(title, str) or not title.strip() or len(title) > views.MAX_TITLE:
        raise Refused(400, "invalidTitle", "The title is empty or too long.")
    if not isinstance(description, str) or len(description.encode()) > views.MAX_DESCRIPTION:
        raise Refused(400, "invalidDescription", "The description is too long.")
    if set("<>") & set(title):
        raise Refused(400, "invalidTitle", "The title has signs that are not taken.")
    if set("<>") & set(description):
        raise Refused(400, "invalidDescription", "The description has signs that are not taken.")
    status = metadata.get("status")
    privacy = status.get("privacyStatus", "public") if isinstance(status, dict) else "public"
    if privacy not in {"public", "unlisted", "private"}:
        raise Refused(400, "invalidVideoMetadata", "The privacy status is not known.")
