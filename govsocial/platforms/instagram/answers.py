"""What the Graph API answers about Instagram accounts, as far as govsocial reads it."""

from __future__ import annotations

from pydantic import Field

from govsocial.platforms.clock import Moment
from govsocial.platforms.meta.graph import Answered, Count
from govsocial.platforms.meta.insights import Insights


class Account(Answered):
    id: str
    username: str | None = None
    name: str | None = None
    followers_count: Count = None
    follows_count: Count = None
    media_count: Count = None


class _Child(Answered):
    id: str


class _Children(Answered):
    data: list[_Child] = Field(default_factory=list)


class Media(Answered):
    id: str
    timestamp: Moment
    caption: str | None = None
    media_type: str | None = None
    media_product_type: str | None = None
    """FEED, REELS, AD or STORY; media of old answers do not have it."""
    permalink: str | None = None
    like_count: Count = None
    """Absent where the account hides it."""
    comments_count: Count = None
    children: _Children = Field(default_factory=_Children)

    @property
    def films(self) -> bool:
        return self.media_type == "VIDEO" or self.media_product_type == "REELS"

    @property
    def pictures(self) -> int:
        return len(self.children.data) if self.media_type == "CAROUSEL_ALBUM" else not self.films


class MediaInsights(Answered):
    id: str
    insights: Insights = Field(default_factory=Insights)


class Comment(Answered):
    id: str
    timestamp: Moment
    text: str | None = None
    username: str | None = None
    """Absent where Meta does not say whose it is."""


class Permalink(Answered):
    permalink: str | None = None


class Container(Answered):
    id: str
    status_code: str | None = None
    status: str | None = None


class _Config(Answered):
    quota_total: int | None = None


class _Usage(Answered):
    quota_usage: int | None = None
    config: _Config = Field(default_factory=_Config)

    @property
    def spent(self) -> bool:
        total = self.config.quota_total
        return total is not None and self.quota_usage is not None and self.quota_usage >= total


class PublishingLimit(Answered):
    data: list[_Usage] = Field(default_factory=list)
