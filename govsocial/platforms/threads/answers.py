"""What the Threads API answers, as far as govsocial reads it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictInt, WrapValidator

from govsocial.platforms import finding, text
from govsocial.platforms.base import OutgoingPost, PostKind, SeenPost
from govsocial.platforms.clock import Moment
from govsocial.platforms.http import Answer, Effect, parse
from govsocial.platforms.keeping import web_link
from govsocial.platforms.oauth import Seconds, or_none

DEFINITION = "threads/1"
_KINDS = {"TEXT_POST": 0, "IMAGE": 1, "VIDEO": 1}
Count = StrictInt | None
Id = Annotated[str, Field(pattern=r"^[0-9]{1,24}$")]


class Answered(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)


class User(Answered):
    id: Id
    username: str = Field(pattern=r"^[A-Za-z0-9._]{1,50}$")
    name: str = ""
    is_verified: bool | None = None


class Value(Answered):
    value: Count = None
    end_time: Moment | None = None


class Insight(Answered):
    """One metric: ``values`` by period, or ``total_value`` alone."""

    name: str
    values: list[Value] = []
    total_value: Value | None = None

    @property
    def number(self) -> int | None:
        if self.total_value is not None:
            return self.total_value.value
        return self.values[0].value if self.values else None


class Insights(Answered):
    data: list[Insight] = []

    def named(self, name: str) -> int | None:
        return next((one.number for one in self.data if one.name == name), None)


class Children(Answered):
    data: list[dict[str, Any]] = []


class _Named(Answered):
    id: Id


class Thread(Answered):
    id: Id
    media_type: str = ""
    permalink: str | None = None
    text: str | None = None
    timestamp: Moment
    is_reply: bool = False
    replied_to: _Named | None = None
    children: Children | None = None
    insights: Insights | None = None


class Cursors(Answered):
    after: str | None = None


class Paging(Answered):
    cursors: Cursors = Field(default_factory=Cursors)
    next: str | None = None


class Threads(Answered):
    data: list[dict[str, Any]]
    paging: Paging = Field(default_factory=Paging)


class Container(Answered):
    id: Id


class ContainerStatus(Answered):
    status: str
    error_message: str | None = None


class QuotaConfig(Answered):
    quota_total: Count = None


class Quota(Answered):
    quota_usage: Count = None
    config: QuotaConfig = Field(default_factory=QuotaConfig)
    reply_quota_usage: Count = None
    reply_config: QuotaConfig = Field(default_factory=QuotaConfig)


class Quotas(Answered):
    data: list[Quota] = []


class Token(Answered):
    access_token: str = Field(min_length=1)
    user_id: Annotated[Id | None, WrapValidator(or_none)] = None
    expires_in: Seconds = None


class TokenFacts(Answered):
    is_valid: bool | None = None
    scopes: list[str] | None = None


class DebugToken(Answered):
    data: TokenFacts


def thread_of(raw: Any, answer: Answer, effect: Effect = Effect.READ) -> Thread:
    return parse(Thread, raw, answer, effect)


def is_of(thread: Thread, post: OutgoingPost) -> bool:
    """Whether ``thread`` is ``post``, by its words, its media and what it answers."""
    wanted = len(post.images) + (post.video is not None)
    shown = _KINDS.get(thread.media_type)
    if thread.media_type == "CAROUSEL_ALBUM":
        # Not every answer lists what is in it.
        shown = len(thread.children.data) if thread.children else max(wanted, 2)
    if shown != wanted or text.canonical(thread.text or "") != text.canonical(post.text):
        return False
    if not post.follows:
        return not thread.is_reply
    return finding.is_told(thread.replied_to.id if thread.replied_to else None, post.follows)


def is_repost(thread: Thread) -> bool:
    """A repost is shown as a post of its own and has no insights."""
    return thread.media_type == "REPOST_FACADE"


def seen(thread: Thread, raw: Mapping[str, Any], insights: Insights | None, web: str) -> SeenPost:
    told = insights or Insights()
    kind = PostKind.REPLY if thread.is_reply else PostKind.POST
    return SeenPost(
        platform_id=thread.id,
        permalink=web_link(thread.permalink) or web,
        posted_at=thread.timestamp,
        text=thread.text or "",
        kind=PostKind.REPOST if is_repost(thread) else kind,
        likes=told.named("likes"),
        comments=told.named("replies"),
        shares=told.named("reposts"),
        quotes=told.named("quotes"),
        views=told.named("views"),
        definition=DEFINITION,
        raw=raw,
    )


def midnight(day: datetime) -> int:
    """Unix seconds of a moment, as the API takes ``since`` and ``until``."""
    return int(day.astimezone(UTC).timestamp())
