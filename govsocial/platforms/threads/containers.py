"""Containers: what a post on Threads is made of before it is published, seen by nobody.

Threads fetches pictures and films itself, from an address that must be public. The id of each
container is kept as soon as there is one (``container.0`` of a carousel, ``container`` of the
post), so that a later attempt goes on with it and ``find`` can ask what became of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from govsocial.platforms import words
from govsocial.platforms.base import Image, OutgoingPost, Video
from govsocial.platforms.errors import NotFound, Refused, Unavailable
from govsocial.platforms.http import Effect, parse
from govsocial.platforms.threads.account import Account
from govsocial.platforms.threads.answers import Container, ContainerStatus

FINISHED, PUBLISHED, IN_PROGRESS = "FINISHED", "PUBLISHED", "IN_PROGRESS"
HOPELESS = {"ERROR", "EXPIRED"}
"""Certainly not published, and never will be."""
PROCESSING_SECONDS = 300.0
LONGEST_WAIT = 30.0


class Containers:
    """The containers of one post of one account."""

    def __init__(
        self, account: Account, post: OutgoingPost, user: str, sleep: Callable[[float], None]
    ) -> None:
        self._account = account
        self._post = post
        self._user = user
        self._sleep = sleep

    def status(self, container: str) -> ContainerStatus | None:
        """What became of a container; None for one that Threads does not know (any more)."""
        if not container.isdigit():
            return None
        try:
            answer = self._account.call(
                "GET",
                f"/{container}",
                params={"fields": "status,error_message"},
                publishing=True,
            )
        except NotFound:
            return None
        return parse(ContainerStatus, answer.json(), answer)

    def ready(self) -> tuple[str, str]:
        """The id of the post's container and its status, finished or published by now."""
        kept = self._post.handles.get("container", "")
        known = self.status(kept) if kept else None
        if known is not None and known.status in {FINISHED, PUBLISHED, IN_PROGRESS}:
            return kept, self._finished(kept, known)
        follows = {"reply_to_id": self._post.follows} if self._post.follows else {}
        container = self._made("container", {**self._parameters(), **follows})
        return container, self._finished(container)

    def _parameters(self) -> dict[str, str]:
        media = self._media()
        text = {"text": self._post.text} if self._post.text else {}
        if not media:
            link = {"link_attachment": self._post.link} if self._post.link else {}
            return {"media_type": "TEXT", **text, **link}
        if len(media) == 1:
            return {**_described(media[0]), **text}
        children = [self._item(number, one) for number, one in enumerate(media)]
        return {"media_type": "CAROUSEL", "children": ",".join(children), **text}

    def _media(self) -> list[Image | Video]:
        media: list[Image | Video] = [*self._post.images]
        return media if self._post.video is None else [*media, self._post.video]

    def _item(self, number: int, media: Image | Video) -> str:
        handle = f"container.{number}"
        kept = self._post.handles.get(handle, "")
        known = self.status(kept) if kept else None
        if known is not None and known.status in {FINISHED, IN_PROGRESS}:
            self._finished(kept, known)
            return kept
        item = self._made(handle, {**_described(media), "is_carousel_item": "true"})
        self._finished(item)
        return item

    def _made(self, handle: str, parameters: Mapping[str, str]) -> str:
        self._post.before_step()
        answer = self._account.call(
            "POST", f"/{self._user}/threads", Effect.STAGE, data=dict(parameters)
        )
        container = parse(Container, answer.json(), answer).id
        self._post.keep({handle: container})
        return container

    def _finished(self, container: str, known: ContainerStatus | None = None) -> str:
        """Wait until Threads has fetched and worked through the media; for five minutes at most."""
        waited, wait = 0.0, 1.0
        while True:
            if known is None:
                self._post.before_step()
                known = self.status(container)
            if known is None:
                raise Unavailable("Threads does not know the container that it made.")
            if known.status in {FINISHED, PUBLISHED}:
                return known.status
            if known.status != IN_PROGRESS:
                raise Refused(
                    f"Threads cannot use the media of this post ({_shown(known.status)}).",
                    words=words.said(known.error_message),
                )
            if waited + wait > PROCESSING_SECONDS:
                raise Unavailable("Threads is still working on the media.")
            self._sleep(wait)
            waited, wait, known = waited + wait, min(wait * 2, LONGEST_WAIT), None


def _described(media: Image | Video) -> dict[str, str]:
    if not media.url:
        raise Refused(
            "Threads fetches media itself, and this server offers no public address for them."
        )
    kind, name = ("VIDEO", "video_url") if isinstance(media, Video) else ("IMAGE", "image_url")
    alt = {"alt_text": media.alt} if media.alt else {}
    return {"media_type": kind, name: media.url, **alt}


def _shown(status: str) -> str:
    """A status that is known, so that nothing else of the answer gets into a message."""
    return status if status in HOPELESS else "unknown"
