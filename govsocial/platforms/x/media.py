"""Pictures and films for a post on X: sent in parts, finished, described; nobody sees them yet.

Each upload's id is kept before its first part is sent (``media.0``), and the moment until which a
finished one may be used (``media.0.until``): a later attempt of the same post takes it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from govsocial.platforms.base import Image, OutgoingPost, Video
from govsocial.platforms.errors import BadAnswer, Refused, Unavailable
from govsocial.platforms.http import Answer, Effect, parse
from govsocial.platforms.oauth import moment_after
from govsocial.platforms.x.account import Account, Bill
from govsocial.platforms.x.answers import Media, data
from govsocial.platforms.x.prices import Item

PART = 4 * 1024 * 1024
UPLOAD_SECONDS = 120.0
PROCESSING_SECONDS = 600.0
DEFAULT_WAIT = 2.0
STILL_USABLE = timedelta(minutes=5)
"""A finished upload nearer to its end than this is sent again."""


class Uploads:
    """The media of one post."""

    def __init__(
        self, account: Account, post: OutgoingPost, sleep: Callable[[float], None]
    ) -> None:
        self._account = account
        self._post = post
        self._sleep = sleep

    def all(self) -> list[str]:
        """Ids of the media in order, all of them finished and described."""
        media: list[Image | Video] = [*self._post.images]
        if self._post.video is not None:
            media.append(self._post.video)
        return [self._one(f"media.{number}", one) for number, one in enumerate(media)]

    def _one(self, handle: str, media: Image | Video) -> str:
        known = self._post.handles.get(handle)
        if known and known.isdigit():
            until = self._post.handles.get(f"{handle}.until")
            if until and datetime.fromisoformat(until) - datetime.now(UTC) > STILL_USABLE:
                return known
        finished = self._sent(handle, media)
        if media.alt:
            self._describe(finished.id, media.alt)
        until = moment_after(finished.expires_after_secs)
        if until:
            self._post.keep({f"{handle}.until": until})
        return finished.id

    def _sent(self, handle: str, media: Image | Video) -> Media:
        size = media.size if isinstance(media, Video) else len(media.data)
        self._post.before_step()
        answer = self._call(
            "POST",
            "/2/media/upload/initialize",
            Effect.STAGE,
            json={
                "media_type": media.media_type,
                "total_bytes": size,
                "media_category": _category(media),
            },
        )
        media_id = parse(Media, data(answer), answer).id
        self._post.keep({handle: media_id})
        for number, part in enumerate(_parts(media)):
            self._post.before_step()
            answer = self._call(
                "POST",
                f"/2/media/upload/{media_id}/append",
                Effect.STAGE,
                total=UPLOAD_SECONDS,
                data={"segment_index": str(number)},
                files={"media": ("media", part, "application/octet-stream")},
            )
            _check_taken(answer)
        self._post.before_step()
        answer = self._call("POST", f"/2/media/upload/{media_id}/finalize", Effect.STAGE)
        return self._processed(answer, media_id)

    def _processed(self, answer: Answer, media_id: str) -> Media:
        """Wait until X has worked through the film, as long as it says and not for ever."""
        waited = 0.0
        while True:
            told = parse(Media, data(answer), answer)
            info = told.processing_info
            if info is None or info.state == "succeeded":
                return told
            if info.state == "failed":
                raise Refused(f"{answer.where}: X cannot use a picture or film of this post.")
            wait = min(max(info.check_after_secs or DEFAULT_WAIT, 0.5), 60.0)
            if waited + wait > PROCESSING_SECONDS:
                raise Unavailable(f"{answer.where}: X is still working on a film.")
            self._sleep(wait)
            waited += wait
            self._post.before_step()
            answer = self._call(
                "GET",
                "/2/media/upload",
                params={"command": "STATUS", "media_id": media_id},
                publishing=True,
            )

    def _call(self, method: str, path: str, effect: Effect = Effect.READ, **content: Any) -> Answer:
        return self._account.call(method, path, effect, cost={"x media": 1}, **content)

    def _describe(self, media_id: str, alt: str) -> None:
        self._post.before_step()
        answer = self._call(
            "POST",
            "/2/media/metadata",
            Effect.STAGE,
            bill=Bill(Item.MEDIA_METADATA, 1),
            json={"id": media_id, "metadata": {"alt_text": {"text": alt}}},
        )
        _check_taken(answer)


def _check_taken(answer: Answer) -> None:
    """An empty answer is as good as any: nothing of it is needed."""
    if answer.body and not isinstance(answer.json(), Mapping):
        raise BadAnswer(f"{answer.where}: the answer is not JSON.", status=answer.status)


def ids_in(post: OutgoingPost) -> set[str]:
    """Ids of the media that earlier attempts of ``post`` were given."""
    count = len(post.images) + (post.video is not None)
    kept = (post.handles.get(f"media.{number}") for number in range(count))
    return {one for one in kept if one}


def _category(media: Image | Video) -> str:
    if isinstance(media, Video):
        return "tweet_video"
    return "tweet_gif" if media.media_type == "image/gif" else "tweet_image"


def _parts(media: Image | Video) -> Iterator[bytes]:
    if isinstance(media, Image):
        for start in range(0, len(media.data), PART):
            yield media.data[start : start + PART]
        return
    for start in range(0, media.size, PART):
        yield media.read(start, min(PART, media.size - start))
