"""A film for a post on Bluesky.

Its video service works through the film before the post is written, so that nobody sees a post
whose film cannot be played (Bluesky's documentation, "Uploading Video", 2026). A network of one's
own need not have such a service: there the film is a blob as it is, like a picture (ADR 19).

The id of the service's job is kept before anybody waits for it: a later attempt of the same post
asks what became of it instead of sending the film again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from govsocial.platforms import words
from govsocial.platforms.base import OutgoingPost, Video
from govsocial.platforms.bluesky.account import Account, failure, said_in
from govsocial.platforms.bluesky.answers import Blob, JobStatus, Token, UploadLimits
from govsocial.platforms.errors import (
    BadAnswer,
    NotFound,
    NotFromPlatform,
    OperatorNeeded,
    PlatformError,
    RateLimited,
    Refused,
    Unavailable,
)
from govsocial.platforms.http import Answer, Effect, parse
from govsocial.platforms.streamed import Streamed, patience_for

SERVICE = "https://video.bsky.app"
JOB = "film"
"""The handle under which the job of the video service is kept."""
TOKEN_LASTS = 1800
"""How long a token for the service is good: it hands the film on when it has worked through it."""
PROCESSING_SECONDS = 600.0
ONE_DAY = 86_400.0
_DONE, _FAILED = "JOB_STATE_COMPLETED", "JOB_STATE_FAILED"
_NOT_THERE = {404, 501}
_NO_SUCH_JOB = {400, 404}
_TOO_LARGE = 413
_KNOWN_ALREADY = 409
"""The service has this film of this account, and says by which job."""


class Films:
    """The film of one post."""

    def __init__(
        self, account: Account, post: OutgoingPost, *, sleep: Callable[[float], None]
    ) -> None:
        self._account = account
        self._post = post
        self._sleep = sleep
        self._service = account.own_network or SERVICE

    def embed(self, film: Video) -> dict[str, Any]:
        """What the record of the post holds of ``film``, which the platform has then."""
        made: dict[str, Any] = {"$type": "app.bsky.embed.video", "video": self._blob(film)}
        if film.alt:
            made["alt"] = film.alt
        if film.width and film.height:
            made["aspectRatio"] = {"width": film.width, "height": film.height}
        return made

    def _blob(self, film: Video) -> Mapping[str, Any]:
        known = self._post.handles.get(JOB)
        if known:
            # Forgotten by the service: the film is sent again.
            with suppress(NotFound):
                return self._worked_through(known)
        if not self._has_service(film):
            return self._as_it_is(film)
        job = self._sent(film)
        try:
            return self._worked_through(job)
        except NotFound as unknown:
            failed = Unavailable(str(unknown), status=unknown.status)
        raise failed

    def _has_service(self, film: Video) -> bool:
        """Whether the network works through films; raises when it takes none of this account."""
        try:
            answer = self._limits()
        except (NotFound, NotFromPlatform, Unavailable) as failed:
            if self._account.own_network and failed.status in _NOT_THERE:
                return False
            raise
        told = parse(UploadLimits, answer.json(), answer)
        if told.remaining_daily_videos == 0 or (
            told.remaining_daily_bytes is not None and told.remaining_daily_bytes < film.size
        ):
            raise RateLimited(
                f"{answer.where}: the account may upload no more films today.", retry_after=ONE_DAY
            )
        if not told.can_upload:
            raise self._none_taken(answer)
        return True

    def _limits(self) -> Answer:
        nsid = "app.bsky.video.getUploadLimits"
        if self._account.own_network:
            # The account's own server hands the question on, or knows no such method.
            self._post.before_step()
            return self._account.call("GET", nsid, publishing=True)
        token = self._token(did_of(urlsplit(self._service).netloc), nsid)
        self._post.before_step()
        answer = self._ask("GET", nsid, token=token)
        self._check(answer, token)
        return answer

    def _sent(self, film: Video) -> str:
        """Send the film to the service and keep the job that works through it."""
        token = self._token(did_of(self._account.host()), "com.atproto.repo.uploadBlob")
        self._post.before_step()
        answer = self._ask(
            "POST",
            "app.bsky.video.uploadVideo",
            Effect.STAGE,
            token=token,
            params={"did": self._account.signed_in()["did"], "name": f"{self._post.key}.mp4"},
            **self._body(film),
        )
        if answer.status != _KNOWN_ALREADY:
            self._check(answer, token)
        job = self._status(answer).job_id
        self._post.keep({JOB: job})
        return job

    def _worked_through(self, job: str) -> Mapping[str, Any]:
        """The blob of the film, once the service has put it on the account's own server."""
        waited, wait = 0.0, 1.0
        while True:
            self._post.before_step()
            answer = self._ask("GET", "app.bsky.video.getJobStatus", params={"jobId": job})
            if answer.status in _NO_SUCH_JOB:
                raise NotFound(f"{answer.where}: not on Bluesky.", status=answer.status)
            self._check(answer)
            told = self._status(answer)
            if told.state == _FAILED:
                self._post.keep({JOB: ""})
                raise Refused(
                    f"{answer.where}: the platform does not take the film.",
                    words=words.said(told.message or told.error, secrets=()),
                )
            if told.state == _DONE:
                if told.blob is None:
                    raise BadAnswer(f"{answer.where}: the answer tells no part of the film.")
                return told.blob
            if waited >= PROCESSING_SECONDS:
                raise Unavailable(f"{answer.where}: Bluesky is still working on a film.")
            self._sleep(wait)
            waited, wait = waited + wait, min(wait * 2, 15.0)

    def _as_it_is(self, film: Video) -> Mapping[str, Any]:
        nsid, too_large = "com.atproto.repo.uploadBlob", None
        try:
            answer = self._account.call("POST", nsid, Effect.STAGE, **self._body(film))
            return parse(Blob, answer.json(), answer).blob
        except Refused as refused:
            if refused.status != _TOO_LARGE:
                raise
            too_large = refused.status
        raise Refused("The film is too large for Bluesky.", status=too_large)

    def _body(self, film: Video) -> dict[str, Any]:
        return {
            "data": Streamed(film, before_part=self._post.before_step),
            "headers": {"Content-Type": film.media_type},
            **patience_for(film.size),
        }

    def _token(self, audience: str, nsid: str) -> str:
        """A token with which ``nsid`` of ``audience`` may be called for the account."""
        self._post.before_step()
        until = str(int(time.time()) + TOKEN_LASTS)
        params = {"aud": audience, "lxm": nsid, "exp": until}
        answer = self._account.call(
            "GET", "com.atproto.server.getServiceAuth", params=params, publishing=True
        )
        return parse(Token, answer.json(), answer).token

    def _ask(self, method: str, nsid: str, effect: Effect = Effect.READ, **more: Any) -> Answer:
        return self._account.ask(self._service, method, nsid, effect, publishing=True, **more)

    def _status(self, answer: Answer) -> JobStatus:
        # The documents put it into ``jobStatus``; the service answers an upload without.
        told = answer.json()
        inner = told.get("jobStatus") if isinstance(told, Mapping) else None
        return parse(JobStatus, told if inner is None else inner, answer)

    def _check(self, answer: Answer, *secrets: str) -> None:
        if answer.ok:
            return
        if answer.status == _TOO_LARGE:
            raise Refused("The film is too large for Bluesky.", status=answer.status)
        if answer.status in {401, 403}:
            # Of the account's connection this says nothing: that is for its own server to say.
            raise self._none_taken(answer, *secrets)
        raise failure(answer, secrets)

    def _none_taken(self, answer: Answer, *secrets: str) -> PlatformError:
        return OperatorNeeded(
            f"{answer.where}: Bluesky takes no films of this account.",
            status=answer.status,
            words=words.said(said_in(answer), secrets=secrets),
        )


@contextmanager
def begun_anew(post: OutgoingPost) -> Iterator[None]:
    """Around the call that writes ``post``: of a refused one no job is kept, as the film that it
    left on the account's server may be gone."""
    try:
        yield
    except Refused:
        if post.handles.get(JOB):
            post.keep({JOB: ""})
        raise


def did_of(host: str) -> str:
    """The identifier of a server by its name (``did:web``); the colon of a port is escaped."""
    return f"did:web:{host.replace(':', '%3A')}"
