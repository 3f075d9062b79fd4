"""A platform that answers what a test says, through the protocol of ``govsocial.platforms``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from govsocial.platforms.base import (
    LengthUnit,
    Limits,
    OutgoingPost,
    PostKind,
    PostPage,
    Profile,
    PublishedPost,
    SeenPost,
)
from govsocial.platforms.errors import PlatformError

# A Monday, 10.00 WIB.
MONDAY = datetime(2026, 11, 2, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def seen(
    key: str, posted_at: datetime = MONDAY, *, kind: PostKind = PostKind.POST, **metrics: int | None
) -> SeenPost:
    return SeenPost(
        platform_id=f"at://{key}",
        permalink=f"https://example.test/{key}",
        posted_at=posted_at,
        text=f"Unggahan {key}",
        kind=kind,
        definition="fake/1",
        raw={"uri": f"at://{key}", "counts": dict(metrics)},
        **metrics,
    )


@dataclass
class FakeClient:
    """Posts newest first in pages of ``page``; ``followers`` None is not given."""

    followers: int | None = 1000
    feed: list[SeenPost] = field(default_factory=list)
    page: int = 50
    fails: dict[str, PlatformError] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    during: Callable[[], None] | None = None
    limits: Limits = field(
        default_factory=lambda: Limits(
            text=300,
            unit=LengthUnit.CHARACTERS,
            images=4,
            image_bytes=1,
            alt_text=1,
            image_types=frozenset(),
        )
    )

    def profile(self) -> Profile:
        self._call("profile")
        if self.during is not None:
            self.during()
        return Profile(
            platform_id="did:fake",
            handle="kanal",
            display_name="Kanal",
            url="https://example.test/kanal",
            followers=self.followers,
            posts=len(self.feed),
            definition="fake/1",
            raw={"followers": self.followers},
        )

    def posts(self, *, cursor: str | None = None) -> PostPage:
        self._call("posts")
        newest = sorted(self.feed, key=lambda post: post.posted_at, reverse=True)
        start = int(cursor or 0)
        following = start + self.page
        more = str(following) if following < len(newest) else None
        return PostPage(posts=newest[start:following], next_cursor=more)

    def metrics(self, platform_ids: Sequence[str]) -> Sequence[SeenPost]:
        self._call("metrics")
        return [post for post in self.feed if post.platform_id in platform_ids]

    def publish(self, post: OutgoingPost) -> PublishedPost:
        raise AssertionError("A pull publishes nothing.")

    def find(self, post: OutgoingPost) -> PublishedPost | None:
        raise AssertionError("A pull settles nothing.")

    def set(self, key: str, **metrics: int | None) -> None:
        """Change the counters of one post."""
        self.feed = [
            replace(post, **metrics, raw={**post.raw, "counts": metrics})  # type: ignore[arg-type]  # metrics are numbers
            if post.platform_id == f"at://{key}"
            else post
            for post in self.feed
        ]

    def delete(self, key: str) -> None:
        self.feed = [post for post in self.feed if post.platform_id != f"at://{key}"]

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if name in self.fails:
            raise self.fails[name]
