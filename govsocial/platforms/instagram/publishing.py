"""Putting a post on Instagram, and finding it again.

A container is prepared from addresses that Instagram fetches itself; its id is kept before the one
call that publishes it, and says afterwards whether that call did its work.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import TypeAlias

from govsocial.platforms import checks, finding, limits, text, words
from govsocial.platforms.base import Image, OutgoingPost, PublishedPost
from govsocial.platforms.errors import (
    NotFound,
    PlatformError,
    RateLimited,
    Refused,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.http import Effect, parse
from govsocial.platforms.instagram.answers import Container, Media, Permalink, PublishingLimit
from govsocial.platforms.meta import errors
from govsocial.platforms.meta.graph import Created, Graph, segment

Latest: TypeAlias = Callable[[], Iterable[finding.Page[Media]]]

LIMITS = limits.LIMITS["instagram"]
STAGING_SECONDS = 90.0
"""Creating a container waits until Instagram has fetched a picture."""
PROCESSING_SECONDS = 120.0
CONTAINER = "container"
FINISHED, PUBLISHED = "FINISHED", "PUBLISHED"
_FAILED = {"ERROR", "EXPIRED"}
_SUBCODE = re.compile(r"\b2207\d{3}\b")


class Publishing:
    def __init__(
        self,
        graph: Graph,
        *,
        account: Callable[[], str],
        link: Callable[[str | None], str],
        sleep: Callable[[float], None],
    ) -> None:
        self._graph = graph
        self._account = account
        self._link = link
        self._sleep = sleep

    def publish(self, post: OutgoingPost) -> PublishedPost:
        post.before_step()
        length = text.measure(post.text, LIMITS)
        checks.check(post, LIMITS, length=length, platform="Instagram")
        self._check_quota()
        sent: dict[str, str] = {}
        container = self._usable(post, CONTAINER)
        if container is None:
            sent = self._asked(post)
            post.before_step()
            container = self._created(post, CONTAINER, sent)
            self._wait_for(post, CONTAINER, container)
        post.before_step()
        with finding.asking(post):
            answer = self._graph.call(
                "POST",
                f"/{self._account()}/media_publish",
                effect=Effect.PUBLISH,
                total=STAGING_SECONDS,
                data={"creation_id": container},
            )
        response = answer.json()
        media = parse(Created, response, answer, Effect.PUBLISH).id
        return PublishedPost(
            platform_id=media,
            permalink=self._permalink(media),
            sent={**sent, "creation_id": container},
            response=response,
        )

    def find(self, post: OutgoingPost, *, latest: Latest) -> PublishedPost | None:
        container = self._status(post.handles.get(CONTAINER))
        code = PUBLISHED if container is None else container.status_code
        if code in _FAILED:
            return None
        if code == PUBLISHED:
            found = self._found_among(latest(), post)
            if found is not None:
                return found
        if container is None or code == FINISHED:
            finding.check_settled(post)
            return None
        raise Unavailable("Instagram is still working on the post, or does not list it yet.")

    def _check_quota(self) -> None:
        """Posts of the last 24 hours against what Instagram allows this account."""
        usage, _ = self._graph.get(
            f"/{self._account()}/content_publishing_limit",
            PublishingLimit,
            publishing=True,
            fields="quota_usage,config",
        )
        if any(one.spent for one in usage.data):
            raise RateLimited(
                "Instagram takes no more posts of this account for today.",
                retry_after=errors.WINDOW_MOVES,
            )

    def _asked(self, post: OutgoingPost) -> dict[str, str]:
        """What the container is made of; children of a carousel are made first."""
        caption = {"caption": post.text} if post.text else {}
        if post.video is not None:
            return {"media_type": "REELS", "video_url": post.video.url or "", **caption}
        if len(post.images) == 1:
            return {**_picture(post.images[0]), **caption}
        children = []
        for number, image in enumerate(post.images, start=1):
            name = f"child-{number}"
            child = self._usable(post, name)
            if child is None:
                post.before_step()
                asked = {**_picture(image), "is_carousel_item": "true"}
                child = self._created(post, name, asked)
            children.append((name, child))
        for name, child in children:
            self._wait_for(post, name, child)
        together = ",".join(child for _, child in children)
        return {"media_type": "CAROUSEL", "children": together, **caption}

    def _created(self, post: OutgoingPost, name: str, asked: Mapping[str, str]) -> str:
        answer = self._graph.call(
            "POST",
            f"/{self._account()}/media",
            effect=Effect.STAGE,
            total=STAGING_SECONDS,
            data=asked,
        )
        container = segment(parse(Created, answer.json(), answer).id)
        post.keep({name: container})
        return container

    def _usable(self, post: OutgoingPost, name: str) -> str | None:
        """The container of an earlier attempt, ready to be published; None for a new one."""
        container = self._status(post.handles.get(name))
        if container is None or container.status_code in _FAILED:
            return None
        if container.status_code != FINISHED:
            self._wait_for(post, name, container.id)
        return container.id

    def _wait_for(self, post: OutgoingPost, name: str, known: str) -> None:
        """Return when the container can be published. One that failed is not used again."""
        waited, wait = 0.0, 1.0
        while True:
            post.before_step()
            container = self._status(known)
            code = container.status_code if container is not None else "EXPIRED"
            if code == FINISHED:
                return
            if code == PUBLISHED:
                raise UnknownOutcome("An earlier attempt has published this post.")
            if code in _FAILED:
                post.keep({name: ""})
                raise _failed(container)
            if waited >= PROCESSING_SECONDS:
                raise Unavailable("Instagram is still working on the media.")
            self._sleep(wait)
            waited, wait = waited + wait, min(wait * 2, 10.0)

    def _status(self, known: str | None) -> Container | None:
        """How far a container is; None where there is none, or none any more."""
        if not known:
            return None
        with suppress(NotFound):
            path, fields = f"/{segment(known)}", "id,status_code,status"
            return self._graph.get(path, Container, publishing=True, fields=fields)[0]
        return None

    def _found_among(
        self, latest: Iterable[finding.Page[Media]], post: OutgoingPost
    ) -> PublishedPost | None:
        wanted = text.canonical(post.text)

        def is_like(media: Media) -> bool:
            return (
                media.films == (post.video is not None)
                and media.pictures == len(post.images)
                and text.canonical(media.caption or "") == wanted
            )

        found = finding.oldest_match(latest, post, is_like)
        if found is None:
            return None
        permalink = self._link(found.model.permalink)
        return PublishedPost(platform_id=found.platform_id, permalink=permalink, response=found.raw)

    def _permalink(self, media: str) -> str:
        """As Instagram tells it; the post is out, so nothing that goes wrong here matters."""
        told: str | None = None
        with suppress(PlatformError):
            path = f"/{segment(media)}"
            found, _ = self._graph.get(path, Permalink, publishing=True, fields="permalink")
            told = found.permalink
        return self._link(told)


def _picture(image: Image) -> dict[str, str]:
    described = {"alt_text": image.alt} if image.alt else {}
    return {"image_url": image.url or "", **described}


def _failed(container: Container | None) -> PlatformError:
    """What the text beside a failed status means; it holds the same subcodes as errors do."""
    told = (container.status if container is not None else None) or ""
    code = _SUBCODE.search(told)
    again = container is None or container.status_code == "EXPIRED"
    if again or (code is not None and errors.is_worth_another_try(int(code.group()))):
        return Unavailable("Instagram could not prepare the media this time.")
    return Refused("Instagram could not use the media.", words=words.said(told))
