"""Putting a film or photos on TikTok, which publishes by itself some time after it was asked.

TikTok knows no key of ours: a second request is a second post. So each step says beforehand, in the
handles, how far it is:

- A film is out only after its last part was sent to the upload that a request opened. Before that
  nothing can be out, whatever became of the request; from then on only its ``publish_id`` is asked,
  and a new request is made only when TikTok says that it failed, or that parts are missing and the
  hour is over in which they could still be sent.
- Photos are fetched and published from the request on. When its answer is lost, there is no
  ``publish_id``; then the latest posts are looked at, after the minutes that TikTok takes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from govsocial.platforms import finding
from govsocial.platforms.base import OutgoingPost, PublishedPost, Video
from govsocial.platforms.errors import (
    NotFound,
    NotOut,
    OperatorNeeded,
    PlatformError,
    Refused,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.handed import handed
from govsocial.platforms.http import Effect
from govsocial.platforms.tiktok.account import Account, data
from govsocial.platforms.tiktok.answers import Creator, FilmBegun, PhotosBegun, Progress
from govsocial.platforms.tiktok.failures import failed_post

CREATOR, BEGIN, STATUS, POSTS = "creator info", "publish", "publish status", "posts"
"""The quotas that publishing draws on."""
PUBLISH_ID, UPLOAD, ASKED_AT, LAST_PART = (
    "tiktok_publish_id",
    "tiktok_upload_url",
    "tiktok_asked_at",
    "tiktok_last_part",
)
"""The handles."""
FAILED = "FAILED"
PUBLIC = "PUBLIC_TO_EVERYONE"
PART = 10_000_000
"""Bytes of one part; the last one takes what is left. TikTok takes 5 to 64 million."""
PART_SECONDS = 150.0
"""A part must end before an attempt is taken for lost."""
UPLOAD_LASTS = timedelta(hours=1)
SETTLES_IN = timedelta(minutes=10)
"""After this long a post that is out stands among the account's posts: TikTok publishes by itself,
minutes after it was asked, so that it takes longer than elsewhere."""
LOOKS = (0.0, 1.0, 2.0, 4.0, 8.0, 8.0)
"""Seconds before each look at what becomes of a post."""
_DOMAIN = "tiktokapis.com"
_API = "/v2/post/publish"

Latest = Callable[[OutgoingPost], PublishedPost | None]


class Publishing:
    """``latest`` looks for a post among those of the account; ``permalink`` makes its address."""

    def __init__(
        self,
        account: Account,
        *,
        latest: Latest,
        permalink: Callable[[str], str],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._account = account
        self._latest = latest
        self._permalink = permalink
        self._sleep = sleep

    def creator(self) -> Creator:
        """What the account may do at this moment; TikTok wants it asked before every post."""
        answer = self._account.call(
            "POST",
            f"{_API}/creator_info/query/",
            cost={CREATOR: 1},
            publishing=True,
            json={},
        )
        return data(Creator, answer)

    def publish(self, post: OutgoingPost) -> PublishedPost:
        post.before_step()
        course = Course(post)
        earlier = self._earlier(course)
        if earlier is not None:
            return earlier
        creator = self._allowed(post)
        if post.video is not None:
            request = _film_request(post, post.video, creator)
            self._send_film(course, post.video, request)
        else:
            request = _photo_request(post, creator)
            self._send_photos(course, request)
        return self._wait(course, request)

    def find(self, post: OutgoingPost) -> PublishedPost | None:
        """What became of an earlier ``publish(post)``. Read-only."""
        course = Course(post)
        progress = self._known(course)
        if progress is None:
            return self._listed(course)
        if progress.status == FAILED:
            failed = failed_post(progress.fail_reason)
            if failed.permanent:
                raise NotOut(failed)
            return None
        out = self._out(course, progress, {})
        if out is None and not course.lacks_parts(progress):
            raise Unavailable("TikTok is still working on the post: it cannot be known yet.")
        return out

    def _earlier(self, course: Course) -> PublishedPost | None:
        """The post that an earlier attempt made or can still make; None when a new request is
        safe. Raises ``UnknownOutcome`` while neither is certain."""
        if not course.publish_id:
            return None
        progress = self._known(course)
        if progress is None:
            with finding.may_be_out():
                return self._listed(course)
        if progress.status == FAILED:
            return None
        video = course.post.video
        if video is not None and course.lacks_parts(progress):
            start = progress.uploaded_bytes
            if course.age >= UPLOAD_LASTS:
                return None
            if start is not None and start in _starts(video) and UPLOAD in course.handles:
                self._send_parts(course, video, start)
            elif course.sent_last_part:
                raise UnknownOutcome("TikTok does not say which part of the film it lacks.")
            else:
                return None
        return self._wait(course, {})

    def _listed(self, course: Course) -> PublishedPost | None:
        """The post among the latest of the account. Raises ``Unavailable`` while it may still come
        to stand there."""
        post = course.post
        found = self._latest(post)
        if found is None and (post.video is None or course.sent_last_part):
            finding.check_settled(post, handle=ASKED_AT, settles_in=SETTLES_IN)
        return found

    def _known(self, course: Course) -> Progress | None:
        """What TikTok says of the request in the handles; None when it knows of none."""
        if not course.publish_id:
            return None
        try:
            answer = self._account.call(
                "POST",
                f"{_API}/status/fetch/",
                cost={STATUS: 1},
                publishing=True,
                json={"publish_id": course.publish_id},
            )
        except NotFound:
            return None
        return data(Progress, answer)

    def _allowed(self, post: OutgoingPost) -> Creator:
        post.before_step()
        creator = self.creator()
        if PUBLIC not in creator.privacy_level_options:
            raise OperatorNeeded(
                "TikTok offers only posts that not everybody sees: the application has not been "
                "audited, or the account is set to private."
            )
        longest = creator.max_video_post_duration_sec
        if post.video is not None and longest is not None and post.video.seconds > longest:
            raise Refused(f"The account may post films of {longest} seconds at most.")
        return creator

    def _send_photos(self, course: Course, request: Mapping[str, Any]) -> None:
        course.post.before_step()
        # The id of an earlier request must not answer for this one, should its answer be lost.
        course.keep({PUBLISH_ID: "", ASKED_AT: _now().isoformat()})
        answer = self._account.call(
            "POST",
            f"{_API}/content/init/",
            Effect.PUBLISH,
            cost={BEGIN: 1, POSTS: 1},
            json=request,
        )
        course.keep({PUBLISH_ID: data(PhotosBegun, answer, Effect.PUBLISH).publish_id})

    def _send_film(self, course: Course, video: Video, request: Mapping[str, Any]) -> None:
        course.post.before_step()
        answer = self._account.call(
            "POST",
            f"{_API}/video/init/",
            Effect.STAGE,
            cost={BEGIN: 1, POSTS: 1},
            json=request,
        )
        begun = data(FilmBegun, answer)
        course.keep(
            {
                PUBLISH_ID: begun.publish_id,
                UPLOAD: begun.upload_url,
                ASKED_AT: _now().isoformat(),
            }
        )
        self._send_parts(course, video, 0)

    def _send_parts(self, course: Course, video: Video, start: int) -> None:
        session, base = self._account.uploads, self._account.addresses.upload
        target = handed(course.handles[UPLOAD], guard=session.guard, base=base, domain=_DOMAIN)
        starts = _starts(video)
        for offset in starts[starts.index(start) :]:
            last = offset == starts[-1]
            length = video.size - offset if last else _part_size(video)
            part = video.read(offset, length)
            if len(part) != length:
                raise Refused("The film is shorter than it was said to be.")
            course.post.before_step()
            if last:
                course.keep({LAST_PART: course.publish_id})
            answer = session.send(
                "PUT",
                target.path,
                effect=Effect.PUBLISH if last else Effect.STAGE,
                base=target.base,
                params=target.params,
                data=part,
                total=PART_SECONDS,
                headers={
                    "Content-Type": video.media_type,
                    "Content-Range": f"bytes {offset}-{offset + length - 1}/{video.size}",
                },
            )
            if not answer.ok:
                raise Unavailable(
                    f"{answer.where}: TikTok did not take a part of the film.",
                    status=answer.status,
                )

    def _wait(self, course: Course, sent: Mapping[str, Any]) -> PublishedPost:
        """Look a few times at what becomes of the post. Whatever these looks meet, it may be out
        from now on."""
        for wait in LOOKS:
            if wait:
                self._sleep(wait)
            progress: Progress | None = None
            with suppress(PlatformError):
                progress = self._known(course)
            if progress is not None and progress.status == FAILED:
                raise failed_post(progress.fail_reason)
            with suppress(PlatformError):
                out = None if progress is None else self._out(course, progress, sent)
                if out is not None:
                    return out
        raise UnknownOutcome("TikTok has taken the post and is still working on it.")

    def _out(
        self,
        course: Course,
        progress: Progress,
        sent: Mapping[str, Any],
    ) -> PublishedPost | None:
        """The post, when it is out; TikTok may tell its id minutes later."""
        if progress.status != "PUBLISH_COMPLETE":
            return None
        if not progress.post_ids:
            return self._latest(course.post)
        return PublishedPost(
            platform_id=progress.post_ids[0],
            permalink=self._permalink(progress.post_ids[0]),
            sent=sent,
            response=progress.model_dump(by_alias=True),
        )


class Course:
    """How far the sending of one post is: its handles, those of this attempt included."""

    def __init__(self, post: OutgoingPost) -> None:
        self.post = post
        self.handles = dict(post.handles)

    def keep(self, handles: Mapping[str, str]) -> None:
        self.post.keep(handles)
        self.handles.update(handles)

    @property
    def publish_id(self) -> str:
        return self.handles.get(PUBLISH_ID, "")

    @property
    def age(self) -> timedelta:
        """How long ago TikTok was asked; very long where that is not known."""
        told = self.handles.get(ASKED_AT)
        return _now() - datetime.fromisoformat(told) if told else timedelta.max

    @property
    def sent_last_part(self) -> bool:
        return bool(self.publish_id) and self.handles.get(LAST_PART) == self.publish_id

    def lacks_parts(self, progress: Progress) -> bool:
        """Whether TikTok certainly waits for more of the film, so that nothing is out yet."""
        video = self.post.video
        if video is None or progress.status != "PROCESSING_UPLOAD":
            return False
        taken = progress.uploaded_bytes
        return not self.sent_last_part or (taken is not None and taken < video.size)


def _now() -> datetime:
    return datetime.now(UTC)


def _part_size(video: Video) -> int:
    """A film of less than two parts is sent in one."""
    return video.size if video.size < 2 * PART else PART


def _starts(video: Video) -> range:
    """Where each part begins: as many whole parts as fit, and the last one takes the rest."""
    size = _part_size(video)
    return range(0, video.size // size * size, size)


def _film_request(post: OutgoingPost, video: Video, creator: Creator) -> dict[str, Any]:
    return {
        "post_info": {
            "title": post.text,
            "privacy_level": PUBLIC,
            "disable_comment": creator.comment_disabled,
            "disable_duet": creator.duet_disabled,
            "disable_stitch": creator.stitch_disabled,
        },
        "source_info": {
            "source": "FILE_UPLOAD",
            "video_size": video.size,
            "chunk_size": _part_size(video),
            "total_chunk_count": len(_starts(video)),
        },
    }


def _photo_request(post: OutgoingPost, creator: Creator) -> dict[str, Any]:
    addresses = [image.url for image in post.images]
    if not all(addresses):
        raise Refused(
            "TikTok fetches photos itself, and this server has no public address for them."
        )
    return {
        "post_mode": "DIRECT_POST",
        "media_type": "PHOTO",
        "post_info": {
            "title": post.title,
            "description": post.text,
            "privacy_level": PUBLIC,
            "disable_comment": creator.comment_disabled,
            # Music that nobody approved does not belong on a post of an authority.
            "auto_add_music": False,
        },
        "source_info": {
            "source": "PULL_FROM_URL",
            "photo_cover_index": 0,
            "photo_images": addresses,
        },
    }
