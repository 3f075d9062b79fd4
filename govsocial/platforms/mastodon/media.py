"""Pictures and films for a status: uploaded, and waited for; nobody sees them yet.

The id of a film is kept as soon as the server has told it (``film``), so that a later attempt of
the same post goes on waiting for it instead of sending it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol

from govsocial.platforms.base import Image, OutgoingPost, Video
from govsocial.platforms.errors import (
    NotFound,
    NotFromPlatform,
    PlatformError,
    Refused,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.finding import ASKED_AT
from govsocial.platforms.http import Answer, Effect, parse
from govsocial.platforms.mastodon.answers import Media, segment
from govsocial.platforms.mastodon.failures import is_unknown_address
from govsocial.platforms.streamed import form, patience_for

UPLOAD_SECONDS = 120.0
PROCESSING_SECONDS = 60.0
FILM_PROCESSING_SECONDS = 600.0
LONGEST_WAIT = 5.0
FILM = "film"
_AT_WORK = {202, 206}
_TOO_LARGE = 413
_NOT_USABLE = 422
"""How Mastodon answers for media that it could not work through."""


class Call(Protocol):
    def __call__(self, method: str, path: str, effect: Effect = ..., **content: Any) -> Answer:
        """Send a request of the account; any answer that is not good is raised."""


class Uploads:
    """The media of one post."""

    def __init__(self, call: Call, post: OutgoingPost, sleep: Callable[[float], None]) -> None:
        self._call = call
        self._post = post
        self._sleep = sleep

    def all(self) -> list[str]:
        """Ids of the media in order, all of them ready to be attached."""
        ids = [self._picture(image) for image in self._post.images]
        if self._post.video is not None:
            ids.append(self._film(self._post.video))
        return ids

    @contextmanager
    def forgetting(self) -> Iterator[None]:
        """Around what the server may refuse because of the film, such as one that another status
        has: then another attempt sends it anew."""
        try:
            yield
        except Refused as refused:
            # Whatever the reason is called: servers have statuses and languages of their own.
            self._check_unused(refused)
            self._forget()
            raise

    def _check_unused(self, failed: PlatformError) -> None:
        """Raise ``UnknownOutcome`` where an earlier attempt may have put the film into a status,
        whatever the words of those say that ``find`` has seen."""
        if self._post.video is not None and self._post.handles.get(ASKED_AT):
            raise UnknownOutcome(
                "Mastodon no longer has the film; an earlier attempt may have put it out.",
                status=failed.status,
            ) from None

    def _forget(self) -> None:
        if self._post.video is not None:
            # Whoever was given up meanwhile may not write any more.
            with suppress(PlatformError):
                self._post.keep({FILM: ""})

    def _picture(self, image: Image) -> str:
        self._post.before_step()
        answer = self._call(
            "POST",
            "/api/v2/media",
            Effect.STAGE,
            total=UPLOAD_SECONDS,
            files={"file": (_file_name(image), image.data, image.media_type)},
            data=_description(image),
        )
        media_id = parse(Media, answer.json(), answer).id
        answer = self._worked_on(answer, media_id, PROCESSING_SECONDS)
        if answer.status in _AT_WORK:
            raise Unavailable("The server is still working on an image.", status=answer.status)
        return media_id

    def _film(self, film: Video) -> str:
        """The id of the film, sent now or by an earlier attempt."""
        known = self._post.handles.get(FILM)
        if known and self._is_there(known):
            return known
        media_id, answer = self._sent(film)
        try:
            self._wait_for_film(answer, media_id)
        except NotFound as unknown:
            # The server reads from a copy that lags behind: it has just taken the film.
            raise Unavailable(str(unknown), status=unknown.status) from None
        except Refused:
            self._forget()
            raise
        return media_id

    def _is_there(self, media_id: str) -> bool:
        """Whether the server still has a film that no status has; then it is waited for.

        Servers throw away what is not attached within a day or so. A film that is in a status is
        not told either.
        """
        self._post.before_step()
        try:
            self._wait_for_film(self._asked(media_id), media_id)
        except NotFound as gone:
            self._check_unused(gone)
            return False
        except Refused as refused:
            self._check_unused(refused)
            self._forget()
            raise
        except NotFromPlatform as failed:
            # A server that cannot be asked for media answers with a page of its own.
            if not is_unknown_address(failed):
                raise
            self._check_unused(failed)
            return False
        return True

    def _sent(self, film: Video) -> tuple[str, Answer]:
        self._post.before_step()
        body, content_type = form(film, _description(film), before_part=self._post.before_step)
        try:
            answer = self._call(
                "POST",
                "/api/v2/media",
                Effect.STAGE,
                **patience_for(film.size),
                headers={"Content-Type": content_type},
                data=body,
            )
        except Refused as refused:
            if refused.status != _TOO_LARGE:
                raise
            raise Refused(
                "The film is too large for Mastodon.", status=refused.status, words=refused.words
            ) from None
        media_id = segment(parse(Media, answer.json(), answer).id)
        self._post.keep({FILM: media_id})
        return media_id, answer

    def _wait_for_film(self, answer: Answer, media_id: str) -> None:
        answer = self._worked_on(answer, media_id, FILM_PROCESSING_SECONDS)
        if answer.status in _AT_WORK:
            raise Unavailable("The platform is still working on the film.", status=answer.status)

    def _worked_on(self, answer: Answer, media_id: str, seconds: float) -> Answer:
        """The server's last word on the media, when it is done or ``seconds`` have passed."""
        waited, wait = 0.0, 0.5
        while answer.status in _AT_WORK:
            self._post.before_step()
            if waited >= seconds:
                break
            self._sleep(wait)
            waited, wait = waited + wait, min(wait * 2, LONGEST_WAIT)
            answer = self._asked(media_id)
        return answer

    def _asked(self, media_id: str) -> Answer:
        try:
            return self._call("GET", f"/api/v1/media/{segment(media_id)}", publishing=True)
        except Refused as refused:
            if refused.status != _NOT_USABLE:
                raise
            raise Refused(
                "Mastodon could not use the media.", status=refused.status, words=refused.words
            ) from None


def _description(media: Image | Video) -> dict[str, str]:
    return {"description": media.alt} if media.alt else {}


def _file_name(image: Image) -> str:
    return f"image.{image.media_type.rsplit('/', 1)[-1]}"
