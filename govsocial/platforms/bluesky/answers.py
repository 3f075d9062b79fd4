"""What the AT Protocol answers, as far as govsocial reads it. A missing counter stays None."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StrictInt, WrapValidator
from pydantic.alias_generators import to_camel

from govsocial.platforms.clock import Moment
from govsocial.platforms.oauth import Told, or_none


class Answered(BaseModel):
    model_config = ConfigDict(extra="ignore", alias_generator=to_camel, populate_by_name=True)


class Service(Answered):
    id: str = ""
    type: str = ""
    service_endpoint: Any = None


class DidDocument(Answered):
    id: str = ""
    also_known_as: list[str] = []
    service: list[Service] = []

    @property
    def server(self) -> str | None:
        """The account's own server, the first that is named."""
        own = (one for one in self.service if one.id.endswith("#atproto_pds"))
        urls = (one.service_endpoint for one in own)
        return next((url for url in urls if isinstance(url, str)), None)


class SessionAnswer(Answered):
    """Nothing beside the tokens and whose they are may lose them: the old ones are used up."""

    access_jwt: str
    refresh_jwt: str
    did: str
    handle: Told = None
    did_doc: Annotated[DidDocument | None, WrapValidator(or_none)] = None


class Resolved(Answered):
    did: str


class ProfileAnswer(Answered):
    did: str
    handle: str
    display_name: str = ""
    followers_count: StrictInt | None = None
    follows_count: StrictInt | None = None
    posts_count: StrictInt | None = None


class Author(Answered):
    did: str
    handle: str


class Record(Answered):
    text: str = ""
    created_at: Moment
    reply: dict[str, Any] | None = None


class Post(Answered):
    uri: str
    author: Author
    record: Record
    like_count: StrictInt | None = None
    reply_count: StrictInt | None = None
    repost_count: StrictInt | None = None
    quote_count: StrictInt | None = None
    bookmark_count: StrictInt | None = None


class FeedItem(Answered):
    post: dict[str, Any]
    reason: dict[str, Any] | None = None


class Feed(Answered):
    feed: list[FeedItem]
    cursor: str | None = None


class Posts(Answered):
    posts: list[dict[str, Any]]


class Blob(Answered):
    blob: dict[str, Any]


class Token(Answered):
    token: str


class UploadLimits(Answered):
    can_upload: bool
    remaining_daily_videos: StrictInt | None = None
    remaining_daily_bytes: StrictInt | None = None
    error: Told = None
    message: Told = None


class JobStatus(Answered):
    job_id: str = ""
    state: str = ""
    blob: dict[str, Any] | None = None
    error: Told = None
    message: Told = None


class Written(Answered):
    uri: str
    cid: str


class Found(Answered):
    uri: str
    value: dict[str, Any]


class Answerable(Answered):
    """A record that another one answers: of this version of it."""

    cid: str
