"""What Google's APIs answer, as far as govsocial reads it. A missing counter stays None."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from govsocial.platforms import figures
from govsocial.platforms.clock import Moment
from govsocial.platforms.errors import BadAnswer
from govsocial.platforms.http import Answer, parse
from govsocial.platforms.oauth import Rights, Seconds


class Answered(BaseModel):
    model_config = ConfigDict(extra="ignore", alias_generator=to_camel, populate_by_name=True)


def _count(value: Any) -> int | None:
    """Counters come as strings of digits; a hidden one is left out."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int) and value >= 0:
        return value
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 19:
        return int(value)
    return None


def _true(value: Any) -> bool:
    return value is True


def is_id(name: str) -> bool:
    """Ids of YouTube are letters, digits, ``-`` and ``_``."""
    return name.isascii() and bool(name) and all(one.isalnum() or one in "-_" for one in name)


def _id(value: Any) -> str | None:
    return value if isinstance(value, str) and is_id(value) else None


Id = Annotated[str | None, BeforeValidator(_id)]
"""None where what stands there is no id: one odd entry is no reason to read none of a list."""
Count = Annotated[int | None, BeforeValidator(_count)]
Flag = Annotated[bool, BeforeValidator(_true)]


class ChannelSnippet(Answered):
    title: str = ""
    custom_url: str | None = None


class ChannelStatistics(Answered):
    subscriber_count: Count = None
    video_count: Count = None
    hidden_subscriber_count: Flag = False


class Playlists(Answered):
    uploads: str | None = None


class ChannelContent(Answered):
    related_playlists: Playlists = Field(default_factory=Playlists)


class Channel(Answered):
    id: str = Field(min_length=1)
    snippet: ChannelSnippet = Field(default_factory=ChannelSnippet)
    statistics: ChannelStatistics = Field(default_factory=ChannelStatistics)
    content_details: ChannelContent = Field(default_factory=ChannelContent)

    @property
    def uploads(self) -> str:
        """The playlist of everything uploaded; named like the channel where it is not told."""
        return self.content_details.related_playlists.uploads or f"UU{self.id[2:]}"


class Items(Answered):
    """Any list. Google leaves ``items`` out of an empty one."""

    kind: str
    items: list[dict[str, Any]] = Field(default_factory=list)
    next_page_token: str | None = None


class ItemContent(Answered):
    video_id: Id = None


class ResourceId(Answered):
    video_id: Id = None


class ItemSnippet(Answered):
    resource_id: ResourceId = Field(default_factory=ResourceId)


class PlaylistItem(Answered):
    content_details: ItemContent = Field(default_factory=ItemContent)
    snippet: ItemSnippet = Field(default_factory=ItemSnippet)

    @property
    def video_id(self) -> str | None:
        return self.content_details.video_id or self.snippet.resource_id.video_id


class VideoSnippet(Answered):
    published_at: Moment
    title: str = ""
    description: str = ""


class VideoStatistics(Answered):
    view_count: Count = None
    like_count: Count = None
    comment_count: Count = None


class VideoStatus(Answered):
    upload_status: str | None = None
    failure_reason: str | None = None
    rejection_reason: str | None = None
    privacy_status: str | None = None


class Video(Answered):
    id: str = Field(min_length=1)
    snippet: VideoSnippet
    statistics: VideoStatistics = Field(default_factory=VideoStatistics)
    status: VideoStatus = Field(default_factory=VideoStatus)


class AuthorId(Answered):
    value: str | None = None


class CommentSnippet(Answered):
    published_at: Moment
    text_original: str | None = None
    """Given to whoever wrote the comment only."""
    text_display: str = ""
    author_channel_id: AuthorId = Field(default_factory=AuthorId)


class Comment(Answered):
    id: str = Field(min_length=1)
    snippet: CommentSnippet


class ThreadSnippet(Answered):
    top_level_comment: Comment


class CommentThread(Answered):
    snippet: ThreadSnippet


class Inserted(Answered):
    """A comment that was just made is a thread of its own, with the same id."""

    id: str = Field(min_length=1)


class Uploaded(Answered):
    """The video as the last part of an upload is answered: only its id matters then."""

    id: str = Field(min_length=1)
    status: VideoStatus = Field(default_factory=VideoStatus)


class Processing(Answered):
    id: str = Field(min_length=1)
    status: VideoStatus


class ColumnHeader(Answered):
    name: str


class Report(Answered):
    """A table of YouTube Analytics; without data there are no ``rows``."""

    column_headers: list[ColumnHeader]
    rows: list[list[Any]] = Field(default_factory=list)

    def records(self) -> list[dict[str, Any]]:
        """The rows by the names of their columns, whatever their order."""
        names = [header.name for header in self.column_headers]
        return [dict(zip(names, row, strict=False)) for row in self.rows]


class Token(BaseModel):
    """What the token endpoint gives; a refresh gives no new refresh token."""

    access_token: str = Field(min_length=1)
    refresh_token: str | None = None
    expires_in: Seconds = None
    refresh_token_expires_in: Seconds = None
    scope: Rights = None


def listed(answer: Answer, kind: str) -> Items:
    """An answer that lists things of ``kind`` (``channel``, ``video``); ``BadAnswer`` otherwise."""
    items = parse(Items, answer.json(), answer)
    if items.kind != f"youtube#{kind}ListResponse":
        raise BadAnswer(f"{answer.where}: the answer lists something else.", status=answer.status)
    return items


def whole(value: Any) -> int | None:
    """A number of a report, which may be written as ``42`` or ``42.0``."""
    found = figures.whole(value)
    return None if found is None or found < 0 else found
