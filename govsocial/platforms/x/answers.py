"""What the X API answers, as far as govsocial reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictInt

from govsocial.platforms.clock import Moment
from govsocial.platforms.http import Answer
from govsocial.platforms.oauth import Rights, Seconds

Count = StrictInt | None
Id = Annotated[str, Field(pattern=r"^[0-9]{1,19}$")]
"""Digits, and more than a number of JavaScript holds; it stands in paths and links."""


class Answered(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)


class UserMetrics(Answered):
    followers_count: Count = None
    following_count: Count = None
    tweet_count: Count = None


class User(Answered):
    id: Id
    username: str = Field(pattern=r"^[A-Za-z0-9_]{1,50}$")
    name: str = ""
    verified: bool | None = None
    public_metrics: UserMetrics = Field(default_factory=UserMetrics)


class PublicMetrics(Answered):
    retweet_count: Count = None
    reply_count: Count = None
    like_count: Count = None
    quote_count: Count = None
    bookmark_count: Count = None
    impression_count: Count = None


class PrivateMetrics(Answered):
    """Given to the author only, and only for thirty days after the post."""

    url_link_clicks: Count = None
    user_profile_clicks: Count = None
    engagements: Count = None


class Url(Answered):
    url: str
    expanded_url: str | None = None
    media_key: str | None = None


class Entities(Answered):
    urls: list[Url] = []


class NoteTweet(Answered):
    """The whole text of a post longer than 280."""

    text: str | None = None
    entities: Entities = Field(default_factory=Entities)


class Attachments(Answered):
    media_keys: list[str] = []


class Reference(Answered):
    type: str
    id: str


class Tweet(Answered):
    id: Id
    text: str
    created_at: Moment | None = None
    entities: Entities = Field(default_factory=Entities)
    note_tweet: NoteTweet | None = None
    attachments: Attachments = Field(default_factory=Attachments)
    referenced_tweets: list[Reference] = []
    public_metrics: PublicMetrics = Field(default_factory=PublicMetrics)
    non_public_metrics: PrivateMetrics = Field(default_factory=PrivateMetrics)


class MediaMetrics(Answered):
    view_count: Count = None


class IncludedMedia(Answered):
    media_key: str
    type: str = ""
    public_metrics: MediaMetrics = Field(default_factory=MediaMetrics)


class Includes(Answered):
    media: list[IncludedMedia] = []


class Meta(Answered):
    next_token: str | None = None


class Tweets(Answered):
    """``data`` is absent when there is nothing to show."""

    data: list[dict[str, Any]] = []
    includes: Includes = Field(default_factory=Includes)
    meta: Meta = Field(default_factory=Meta)


class Created(Answered):
    id: Id


class ProcessingInfo(Answered):
    state: str
    check_after_secs: float | None = Field(default=None, ge=0)


class Media(Answered):
    id: Id
    expires_after_secs: float | None = Field(default=None, ge=0)
    processing_info: ProcessingInfo | None = None


class Token(Answered):
    access_token: str = Field(min_length=1)
    refresh_token: str | None = None
    expires_in: Seconds = None
    scope: Rights = None


def data(answer: Answer) -> Any:
    """``data`` of an answer, or None."""
    value = answer.json()
    return value.get("data") if isinstance(value, Mapping) else None


def problems(value: Any) -> Iterator[Mapping[str, Any]]:
    """The entries of ``errors``, which a good answer may have beside its data."""
    listed = value.get("errors") if isinstance(value, Mapping) else None
    if isinstance(listed, list):
        yield from (one for one in listed if isinstance(one, Mapping))
