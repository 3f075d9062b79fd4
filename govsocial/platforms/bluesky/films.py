"""A film for a post on Bluesky.

Its video service works through the film before the post is written, so that nobody sees a post
whose film cannot be played (Bluesky's documentation, "Uploading Video", 2026). A network of one's
own need not have such a service: there the film is a blob as it is, like a picture (ADR 19).

The id of the service's job is kept before anybody waits for it: a later attempt of the same post
asks what became of it instead of sending the film again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from govsocial.platforms import words
from govsocial.platforms.base import OutgoingPost, Video
from govsocial.platforms.bluesky.account import STALE, Account, BlobGone, error, said_in
from govsocial.platforms.bluesky.answers import Blob, JobStatus, Token, UploadLimits
from govsocial.platforms.errors import (
    AuthRevoked,
    BadAnswer,
    NotFound,
    NotFromPlatform,
    PermissionMissing,
    PlatformError,
    RateLimited,
    Refused,
    Unavailable,
)
from govsocial.platforms.http import Answer, Effect, parse
from govsocial.platforms.streamed import Streamed, patience_for

SERVICE = "https://video.bsky.app"
JOB = "film"
"""The handle under which the job of the video service is kept, or ``AS_IT_IS``."""
AS_IT_IS = "blob"
"""The service has the film and says so, and the account's server has not: it is sent there."""
TOKEN_LASTS = 3000
"""Seconds that a token for the service is good, an hour being the most: with it the service hands
the film on, when all of it has been sent and worked through."""
PROCESSING_SECONDS = 600.0
ONE_DAY = 86_400.0
_DONE, _FAILED = "JOB_STATE_COMPLETED", "JOB_STATE_FAILED"
_NO_SERVICE = 501
_NO_SUCH_JOB = {400, 404}
_NOT_ALLOWED = 403
_TOO_LARGE = 413
_KNOWN_ALREADY = 409
"""The service has this film of this account, and says by which job."""
_UNCONFIRMED = "unconfirmed_email"
"""What it says of an account whose address of e-mail was never confirmed."""


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
        if known == AS_IT_IS:
            return self._as_it_is(film)
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
            raise Unavailable(str(unknown), status=unknown.status) from None

    def _has_service(self, film: Video) -> bool:
        """Whether the network works through films; raises when it takes none of this account."""
        nsid = "app.bsky.video.getUploadLimits"
        if self._account.own_network is not None:
            answer = self._answer_of_own_server(nsid)
            if answer is None:
                return False
        else:
            token = self._token(did_of(urlsplit(self._service).netloc), nsid)
            self._post.before_step()
            answer = self._ask("GET", nsid, token=token)
            self._check(answer, token)
        told = parse(UploadLimits, answer.json(), answer)
        said = words.said(told.message)
        if told.error == _UNCONFIRMED:
            raise self._none_taken(answer, said)
        if told.remaining_daily_videos == 0 or (
            told.remaining_daily_bytes is not None and told.remaining_daily_bytes < film.size
        ):
            raise RateLimited(
                f"{answer.where}: the account may upload no more films today.",
                retry_after=ONE_DAY,
                words=said,
            )
        if not told.can_upload:
            raise self._none_taken(answer, said)
        return True

    def _answer_of_own_server(self, nsid: str) -> Answer | None:
        """What the account's own server says, which hands the question on; None where it does not.

        Whatever it refuses says nothing of the connection: the blob that is sent there then does.
        """
        self._post.before_step()
        try:
            return self._account.call("GET", nsid, publishing=True)
        except (AuthRevoked, PermissionMissing, Refused, NotFromPlatform):
            return None
        except Unavailable as failed:
            if failed.status != _NO_SERVICE:
                raise
        return None

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
        told = _status(answer)
        if told is None:
            self._check(answer, token)
        if told is None or not told.job_id or told.state == _FAILED:
            raise self._not_taken(answer, told)
        self._post.keep({JOB: told.job_id})
        return told.job_id

    def _worked_through(self, job: str) -> Mapping[str, Any]:
        """The blob of the film, once the service has put it on the account's own server."""
        waited, wait = 0.0, 1.0
        while True:
            self._post.before_step()
            answer = self._ask("GET", "app.bsky.video.getJobStatus", params={"jobId": job})
            told = _status(answer)
            if told is None:
                self._check(answer, unknown=_NO_SUCH_JOB)
            if told is None or told.state == _FAILED:
                self._post.keep({JOB: ""})
                raise self._not_taken(answer, told)
            if told.state == _DONE:
                return _checked(told.blob, answer)
            if waited >= PROCESSING_SECONDS:
                raise Unavailable(f"{answer.where}: Bluesky is still working on a film.")
            self._sleep(wait)
            waited, wait = waited + wait, min(wait * 2, 15.0)

    def _as_it_is(self, film: Video) -> Mapping[str, Any]:
        nsid = "com.atproto.repo.uploadBlob"
        try:
            answer = self._account.call("POST", nsid, Effect.STAGE, **self._body(film))
        except Refused as refused:
            if refused.status != _TOO_LARGE:
                raise
            raise _too_large() from None
        return _checked(parse(Blob, answer.json(), answer).blob, answer)

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

    def _check(self, answer: Answer, *secrets: str, unknown: Collection[int] = ()) -> None:
        """Raise what a refusal of the service means: nothing for the account's connection, which
        its own server speaks of."""
        name, status, where = error(answer), answer.status, answer.where
        said = words.said(said_in(answer), secrets=secrets)
        if answer.ok:
            return
        if status == _TOO_LARGE:
            raise _too_large()
        if status == 401 or name in STALE:
            # The token was made just now: it is the clocks, or what the service can look up.
            raise Unavailable(f"{where}: the platform answered {status}.", status=status)
        if status in unknown:
            raise NotFound(f"{where}: not on Bluesky.", status=status, words=said)
        if status == _NOT_ALLOWED or name == _UNCONFIRMED:
            raise self._none_taken(answer, said)
        raise Refused(f"{where}: Bluesky refuses this call ({status}).", status=status, words=said)

    def _not_taken(self, answer: Answer, told: JobStatus | None) -> PlatformError:
        """Of an answer without a job that goes on."""
        if told is None or not (told.error or told.message or told.state == _FAILED):
            return BadAnswer(f"{answer.where}: the answer tells no part of the film.")
        said = words.said(told.message or told.error)
        if told.error == _UNCONFIRMED:
            return self._none_taken(answer, said)
        return Refused(f"{answer.where}: the platform does not take the film.", words=said)

    @staticmethod
    def _none_taken(answer: Answer, said: str) -> PlatformError:
        return Refused(
            f"{answer.where}: Bluesky takes no films of this account.",
            status=answer.status,
            words=said,
        )


def _status(answer: Answer) -> JobStatus | None:
    """What the answer says of a job, also one that is refused or known already; else None."""
    told = answer.json()
    # The documents put it into ``jobStatus``; the service answers an upload without.
    inner = told.get("jobStatus") if isinstance(told, Mapping) else None
    if inner is None and not (answer.ok or answer.status == _KNOWN_ALREADY):
        return None
    return parse(JobStatus, told if inner is None else inner, answer)


def _checked(blob: Mapping[str, Any] | None, answer: Answer) -> Mapping[str, Any]:
    reference = (blob or {}).get("ref")
    if blob is None or not isinstance(reference, Mapping) or not reference.get("$link"):
        raise BadAnswer(f"{answer.where}: the answer tells no part of the film.")
    return blob


def _too_large() -> Refused:
    return Refused("The film is too large for Bluesky.", status=_TOO_LARGE)


@contextmanager
def begun_anew(post: OutgoingPost) -> Iterator[None]:
    """Around the call that writes ``post``: where the account's server has lost what the service
    gave it, it certainly did nothing, and another attempt sends it the film itself."""
    try:
        yield
    except BlobGone as gone:
        if post.video is None:
            raise
        post.keep({JOB: AS_IT_IS})
        raise Unavailable(str(gone), status=gone.status) from None


def did_of(host: str) -> str:
    """The identifier of a server by its name (``did:web``); the colon of a port is escaped."""
    return f"did:web:{host.replace(':', '%3A')}"
