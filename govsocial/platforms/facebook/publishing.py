"""Putting a post on a Page, and finding it again.

Photos are uploaded unseen and a film in parts; their ids are kept before the one call that puts
the post out, so that whoever goes on after a crash can tell what became of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeAlias

from govsocial.platforms import checks, finding, limits, text
from govsocial.platforms.base import Image, OutgoingPost, PublishedPost, Video
from govsocial.platforms.errors import (
    BadAnswer,
    NotFound,
    PlatformError,
    Refused,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.facebook.answers import Begun, Film, Permalink, Post, Success, Upload
from govsocial.platforms.http import Answer, Effect, parse
from govsocial.platforms.meta import errors
from govsocial.platforms.meta.graph import Created, Graph, segment

Latest: TypeAlias = Iterable[finding.Page[Post]]

LIMITS = limits.LIMITS["facebook"]
UPLOAD_SECONDS = 120.0
LARGEST_PART = 32 * 1024 * 1024
PROCESSING_SECONDS = 60.0
UPLOAD, FILM, OFFSET = "upload", "film", "offset"
_FAILED = {"error", "expired"}
_UNFINISHED = {"uploading"}
"""Parts of the film are there, and the call that puts it out has not come."""


@contextmanager
def asked_once(post: OutgoingPost) -> Iterator[None]:
    """``finding.asking``, where Facebook may refuse the post for being there already."""
    duplicate: errors.Duplicate | None = None
    try:
        with finding.asking(post):
            yield
    except errors.Duplicate as refusal:
        duplicate = refusal
    if duplicate is None:
        return
    if not post.handles.get(finding.ASKED_AT):
        raise duplicate
    raise UnknownOutcome(
        "Facebook has a post with this text already; it may be that of an earlier attempt.",
        status=duplicate.status,
    )


class Publishing:
    def __init__(
        self,
        graph: Graph,
        *,
        films: Graph,
        page: Callable[[], str],
        link: Callable[[str | None, str], str],
        sleep: Callable[[float], None],
    ) -> None:
        self._graph = graph
        self._films = films
        self._page = page
        self._link = link
        self._sleep = sleep

    def publish(self, post: OutgoingPost) -> PublishedPost:
        post.before_step()
        length = text.measure(post.text, LIMITS)
        alone = not post.images and post.video is None
        checks.check(post, LIMITS, length=length, platform="Facebook", takes_link=alone)
        if post.video is not None:
            return self._publish_film(post, post.video)
        sent = {"message": post.text} if post.text else {}
        if post.link and not post.images:
            sent["link"] = post.link
        photos: list[str] = []
        for number, image in enumerate(post.images, start=1):
            post.before_step()
            with self._clearing(post, photos):
                photos.append(self._photo(post, number, image))
        if photos:
            sent["attached_media"] = json.dumps([{"media_fbid": photo} for photo in photos])
        post.before_step()
        path = f"/{self._page()}/feed"
        with self._clearing(post, photos), asked_once(post):
            answer = self._graph.call("POST", path, effect=Effect.PUBLISH, data=sent)
        response = answer.json()
        made = parse(Created, response, answer, Effect.PUBLISH)
        return PublishedPost(
            platform_id=made.id, permalink=self._permalink(made.id), sent=sent, response=response
        )

    def find(self, post: OutgoingPost, *, latest: Callable[[], Latest]) -> PublishedPost | None:
        film = post.handles.get(FILM)
        if post.video is not None and film:
            return self._found_film(post, film)
        found = self._found_among(latest(), post)
        if found is None:
            finding.check_settled(post)
        return found

    def _photo(self, post: OutgoingPost, number: int, image: Image) -> str:
        """The id of a photo that nobody sees yet, uploaded now or by an earlier attempt."""
        name = f"photo-{number}"
        known = post.handles.get(name)
        if known:
            return segment(known)
        data = {"published": "false"}
        if image.alt:
            data["alt_text_custom"] = image.alt
        answer = self._graph.call(
            "POST",
            f"/{self._page()}/photos",
            effect=Effect.STAGE,
            total=UPLOAD_SECONDS,
            data=data,
            files={"source": (f"photo.{image.media_type[6:]}", image.data, image.media_type)},
        )
        photo = segment(parse(Created, answer.json(), answer).id)
        post.keep({name: photo})
        return photo

    @contextmanager
    def _clearing(self, post: OutgoingPost, photos: Sequence[str]) -> Iterator[None]:
        """Delete the photos that were prepared, when they will certainly not be used.

        Where an earlier attempt may have done its work, they may stand in a post that is out.
        """
        try:
            yield
        except PlatformError as failure:
            unused = failure.permanent and not post.handles.get(finding.ASKED_AT)
            for number, photo in enumerate(photos, start=1) if unused else ():
                with suppress(PlatformError):
                    with suppress(NotFound):
                        self._graph.call("DELETE", f"/{segment(photo)}", effect=Effect.STAGE)
                    post.keep({f"photo-{number}": ""})
            raise

    def _publish_film(self, post: OutgoingPost, film: Video) -> PublishedPost:
        try:
            return self._finish_film(post, *self._uploaded(post, film))
        except Refused:
            # Another attempt begins anew.
            post.keep({UPLOAD: "", FILM: "", OFFSET: ""})
            raise

    def _finish_film(self, post: OutgoingPost, session: str, film_id: str) -> PublishedPost:
        sent = {"upload_phase": "finish", "upload_session_id": session, "description": post.text}
        post.before_step()
        with finding.asking(post):
            answer = self._film_call(Effect.PUBLISH, sent)
        response = answer.json()
        if not parse(Success, response, answer, Effect.PUBLISH).success:
            raise Refused(f"{answer.where}: the platform does not take the film.")
        told = self._when_worked_on(film_id)
        if told is None:
            raise UnknownOutcome("The platform is still working on the film.")
        return self._as_published(told, sent, response)

    def _uploaded(self, post: OutgoingPost, film: Video) -> tuple[str, str]:
        """The upload session and the film's id, with every byte there."""
        session, film_id = post.handles.get(UPLOAD), post.handles.get(FILM)
        offset = post.handles.get(OFFSET, "")
        if session and film_id and offset.isdecimal():
            # Refused: the session has run out, and a new one is begun.
            with suppress(Refused):
                self._send_parts(post, film, session, int(offset), None)
                return session, film_id
        post.before_step()
        answer = self._film_call(
            Effect.STAGE, {"upload_phase": "start", "file_size": str(film.size)}
        )
        begun = parse(Begun, answer.json(), answer)
        post.keep({UPLOAD: begun.upload_session_id, FILM: segment(begun.video_id), OFFSET: "0"})
        self._send_parts(post, film, begun.upload_session_id, begun.start_offset, begun.end_offset)
        return begun.upload_session_id, begun.video_id

    def _send_parts(
        self, post: OutgoingPost, film: Video, session: str, start: int, end: int | None
    ) -> None:
        """Send the film from ``start``; after each part the platform says which it wants next."""
        end = min(start + LARGEST_PART, film.size) if end is None else end
        while start < end:
            if end > film.size or end - start > LARGEST_PART:
                raise BadAnswer("The platform asks for a part of the film that is not there.")
            post.before_step()
            answer = self._film_call(
                Effect.STAGE,
                {
                    "upload_phase": "transfer",
                    "upload_session_id": session,
                    "start_offset": str(start),
                },
                files={"video_file_chunk": ("part", film.read(start, end - start))},
            )
            told = parse(Upload, answer.json(), answer)
            if told.start_offset <= start:
                raise BadAnswer(f"{answer.where}: the upload does not go on.")
            start, end = told.start_offset, told.end_offset
            post.keep({OFFSET: str(start)})

    def _film_call(self, effect: Effect, data: Mapping[str, str], **more: Any) -> Answer:
        path = f"/{self._page()}/videos"
        return self._films.call(
            "POST", path, effect=effect, data=data, total=UPLOAD_SECONDS, **more
        )

    def _when_worked_on(self, film_id: str) -> Film | None:
        """The film with the post that it became; None when that takes too long to wait for."""
        waited, wait = 0.0, 1.0
        while True:
            # The film is out: nothing that goes wrong here may say otherwise.
            with suppress(PlatformError):
                film = self._film(film_id)
                if film.post_id or film.status.video_status in _FAILED:
                    return film
            if waited >= PROCESSING_SECONDS:
                return None
            self._sleep(wait)
            waited, wait = waited + wait, min(wait * 2, 10.0)

    def _film(self, film_id: str) -> Film:
        fields = "id,post_id,permalink_url,status"
        path = f"/{segment(film_id)}"
        return self._graph.get(path, Film, publishing=True, fields=fields)[0]

    def _found_film(self, post: OutgoingPost, film_id: str) -> PublishedPost | None:
        try:
            film = self._film(film_id)
        except NotFound:
            finding.check_settled(post)
            return None
        if film.post_id:
            return self._as_published(film, {}, {})
        status = film.status.video_status
        if status in _FAILED:
            return None
        if status in _UNFINISHED:
            finding.check_settled(post)
            return None
        raise Unavailable("The platform is still working on the film.")

    def _as_published(
        self, film: Film, sent: Mapping[str, Any], response: Mapping[str, Any]
    ) -> PublishedPost:
        if not film.post_id:
            raise Refused("The platform could not use the film.")
        page, _, post_id = film.post_id.rpartition("_")
        whole = f"{page or self._page()}_{post_id}"
        return PublishedPost(
            platform_id=whole,
            permalink=self._link(film.permalink_url, whole),
            sent=sent,
            response=response,
        )

    def _found_among(self, latest: Latest, post: OutgoingPost) -> PublishedPost | None:
        photos = {post.handles.get(f"photo-{number + 1}") for number in range(len(post.images))}
        wanted = text.canonical(post.text)

        def is_like(seen: Post) -> bool:
            return (
                seen.photos == len(post.images)
                and seen.films == (post.video is not None)
                and text.canonical(seen.message or "") == wanted
            )

        found = finding.oldest_match(
            latest, post, is_like, is_certainly=lambda seen: bool(photos & seen.targets)
        )
        if found is None:
            return None
        permalink = self._link(found.model.permalink_url, found.platform_id)
        return PublishedPost(platform_id=found.platform_id, permalink=permalink, response=found.raw)

    def _permalink(self, post_id: str) -> str:
        """As the platform tells it; the post is out, so nothing that goes wrong here matters."""
        told: str | None = None
        with suppress(PlatformError):
            path = f"/{segment(post_id)}"
            found, _ = self._graph.get(path, Permalink, publishing=True, fields="permalink_url")
            told = found.permalink_url
        return self._link(told, post_id)
