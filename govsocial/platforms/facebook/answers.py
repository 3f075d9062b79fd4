"""What the Graph API answers about Pages, as far as govsocial reads it."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field, NonNegativeInt

from govsocial.platforms.clock import Moment
from govsocial.platforms.meta.graph import Answered, Count
from govsocial.platforms.meta.insights import Insights


class Page(Answered):
    id: str
    name: str | None = None
    username: str | None = None
    link: str | None = None
    followers_count: Count = None
    verification_status: str | None = None


class _Target(Answered):
    id: str | None = None


class _Part(Answered):
    media_type: str | None = None
    target: _Target = Field(default_factory=_Target)


class _Parts(Answered):
    data: list[_Part] = Field(default_factory=list)


class _Attachment(_Part):
    subattachments: _Parts = Field(default_factory=_Parts)


class _Attachments(Answered):
    data: list[_Attachment] = Field(default_factory=list)


class _Shares(Answered):
    count: Count = None


class _Summary(Answered):
    total_count: Count = None


class _Summed(Answered):
    summary: _Summary = Field(default_factory=_Summary)


class Post(Answered):
    id: str
    created_time: Moment
    message: str | None = None
    permalink_url: str | None = None
    shares: _Shares = Field(default_factory=_Shares)
    """Absent where there are none, or where Meta does not say: not given."""
    comments: _Summed = Field(default_factory=_Summed)
    reactions: _Summed = Field(default_factory=_Summed)
    attachments: _Attachments = Field(default_factory=_Attachments)
    insights: Insights | None = None

    def _parts(self) -> Iterator[_Part]:
        for one in self.attachments.data:
            yield from one.subattachments.data or (one,)

    @property
    def films(self) -> bool:
        return any(part.media_type == "video" for part in self._parts())

    @property
    def photos(self) -> int:
        return sum(part.media_type == "photo" for part in self._parts())

    @property
    def targets(self) -> frozenset[str]:
        """Ids of the photos and films in the post."""
        return frozenset(part.target.id for part in self._parts() if part.target.id)


class _Author(Answered):
    id: str


class Comment(Answered):
    id: str
    created_time: Moment
    message: str | None = None
    author: _Author | None = Field(default=None, alias="from")
    """Absent where Meta does not say whose it is."""
    permalink_url: str | None = None


class Permalink(Answered):
    permalink_url: str | None = None


class Upload(Answered):
    """Where the sending of a film stands; begun and ended at the same byte, all is there."""

    start_offset: NonNegativeInt
    end_offset: NonNegativeInt


class Begun(Upload):
    upload_session_id: str
    video_id: str


class Success(Answered):
    success: bool


class _Status(Answered):
    video_status: str | None = None


class Film(Answered):
    id: str
    post_id: str | None = None
    """Absent while the film is worked on."""
    permalink_url: str | None = None
    status: _Status = Field(default_factory=_Status)
