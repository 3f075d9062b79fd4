"""Sending a film in parts through a resumable upload (Google's protocol).

The address of the upload is a secret, good for about a week, and the one thing that tells what
became of a film: YouTube has it once the last part is taken, and not before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

from govsocial.platforms import finding
from govsocial.platforms.base import OutgoingPost, Video
from govsocial.platforms.errors import (
    BadAnswer,
    NotFromPlatform,
    Refused,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.handed import Handed, handed
from govsocial.platforms.http import Answer, Effect, parse
from govsocial.platforms.youtube.account import INSERTS, Account
from govsocial.platforms.youtube.answers import Uploaded
from govsocial.platforms.youtube.failures import is_error

SESSION = "youtube_session"
"""The name of the handle that holds the address of the upload."""
PART = 8 * 1024 * 1024
"""Bytes of one part: a multiple of 256 KiB."""
PART_SECONDS = 150.0
"""A part must end before an attempt is taken for lost."""
STANDSTILLS = 3
"""How often an upload may stay where it was before it is given up for now."""
_DOMAIN = "googleapis.com"
_GONE = {404, 410}
_RANGE = re.compile(r"bytes=0-(\d{1,15})")


class Upload:
    """One film on its way. ``publish`` goes on where an earlier attempt stopped."""

    def __init__(self, account: Account, *, part: int = PART) -> None:
        self._account = account
        self._part = part

    def begin(self, post: OutgoingPost, video: Video, metadata: Mapping[str, Any]) -> Handed:
        """Open an upload and keep its address; nobody sees anything yet."""
        post.before_step()
        answer = self._account.call(
            "POST",
            "/upload/youtube/v3/videos",
            Effect.STAGE,
            base=self._account.addresses.upload,
            cost={INSERTS: 1},
            params={"uploadType": "resumable", "part": "snippet,status"},
            json=metadata,
            headers={
                "X-Upload-Content-Type": video.media_type,
                "X-Upload-Content-Length": str(video.size),
            },
        )
        address = answer.headers.get("Location")
        if not address:
            raise BadAnswer(f"{answer.where}: the answer names no upload.", status=answer.status)
        target = self._target(address)
        post.keep({SESSION: address})
        return target

    def state(self, post: OutgoingPost, size: int) -> Answer | int | None:
        """What became of an earlier attempt: the answer with the film, how many bytes of it YouTube
        has, or None when Google says that the upload is not known any more. Read-only."""
        address = post.handles.get(SESSION)
        if not address:
            return None
        target, length = self._target(address), {"Content-Range": f"bytes */{size}"}
        try:
            answer = self._put(target, Effect.READ, b"", length)
        except NotFromPlatform as failed:
            # Nobody who could know has said anything of the film.
            raise UnknownOutcome(str(failed), status=failed.status) from None
        if answer.status in _GONE:
            return None
        return answer if answer.ok else self._taken(answer, size)

    def send(self, target: Handed, video: Video, start: int, post: OutgoingPost) -> Answer:
        """Send what is left from byte ``start``. Only the last part puts the film out."""
        offset, standstills = start, 0
        while True:
            post.before_step()
            length = min(self._part, video.size - offset)
            data = video.read(offset, length)
            if len(data) != length:
                raise Refused("The film is shorter than it was said to be.")
            end = offset + length
            last = end >= video.size
            # Also how the answer is read: a part that was refused put nothing out.
            with finding.asking(post) if last else nullcontext():
                answer = self._put(
                    target,
                    Effect.PUBLISH if last else Effect.STAGE,
                    data,
                    {
                        "Content-Type": video.media_type,
                        "Content-Range": f"bytes {offset}-{end - 1}/{video.size}",
                    },
                )
                if answer.ok:
                    return answer
                if answer.status in _GONE:
                    raise Unavailable(
                        f"{answer.where}: the upload has run out.", status=answer.status
                    )
                taken = self._taken(answer, video.size)
                if taken >= video.size:
                    raise UnknownOutcome(
                        f"{answer.where}: all of the film is there, not yet taken."
                    )
                standstills = standstills + 1 if taken <= offset else 0
                if standstills >= STANDSTILLS:
                    raise Unavailable(f"{answer.where}: the upload does not get on.")
            offset = taken

    def target(self, post: OutgoingPost) -> Handed:
        return self._target(post.handles[SESSION])

    def _target(self, address: str) -> Handed:
        base = self._account.addresses.upload
        return handed(address, guard=self._account.session.guard, base=base, domain=_DOMAIN)

    def _put(
        self, target: Handed, effect: Effect, data: bytes, headers: Mapping[str, str]
    ) -> Answer:
        return self._account.ask(
            "PUT",
            target.path,
            effect,
            base=target.base,
            cost={},
            params=target.params,
            data=data,
            headers=headers,
            total=PART_SECONDS,
            publishing=True,
        )

    def _taken(self, answer: Answer, size: int) -> int:
        """How many bytes a 308 says that YouTube has; without a range it has none."""
        if answer.status != 308:
            if is_error(answer):
                raise self._account.failure(answer)
            raise BadAnswer(f"{answer.where}: unexpected answer {answer.status}.")
        told = answer.headers.get("Range")
        if told is None:
            return 0
        match = _RANGE.fullmatch(told.strip())
        if match is None or int(match.group(1)) >= size:
            raise BadAnswer(f"{answer.where}: the answer tells no part of the film.")
        return int(match.group(1)) + 1


def uploaded(answer: Answer, effect: Effect) -> Uploaded:
    """The film in a good answer to its last part."""
    return parse(Uploaded, answer.json(), answer, effect)


def metadata(post: OutgoingPost) -> dict[str, Any]:
    snippet = {"title": post.title.strip(), "description": post.text}
    if post.language:
        snippet["defaultLanguage"] = post.language
    return {
        "snippet": snippet,
        # An authority speaks to everybody; YouTube wants to be told whether a film is for children.
        "status": {"privacyStatus": "public", "selfDeclaredMadeForKids": False},
    }
