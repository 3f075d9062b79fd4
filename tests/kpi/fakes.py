"""A platform that answers what a test says, through the protocol of ``govsocial.platforms``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from govsocial.platforms.base import (
    DayMetrics,
    LengthUnit,
    Limits,
    OutgoingPost,
    PostKind,
    PostPage,
    Profile,
    PublishedPost,
    SeenPost,
)
from govsocial.platforms.errors import NotFound, PlatformError, Unavailable

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
    """Posts newest first in pages of ``page``; ``followers`` None is not given.

    A cursor is the id of the last post of the page before, so that new posts do not move it.
    """

    followers: int | None = 1000
    feed: list[SeenPost] = field(default_factory=list)
    page: int = 50
    fails: dict[str, PlatformError] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    # What the list answers at a cursor instead of a page; None is its first page.
    breaks: dict[str | None, PlatformError] = field(default_factory=dict)
    # How many pages of the list there are before it breaks off.
    pages_left: int | None = None
    definition: str = "fake/1"
    counted: list[DayMetrics] = field(default_factory=list)
    """What the platform counted itself, by day."""
    asked_days: list[tuple[date, date]] = field(default_factory=list)
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
            definition=self.definition,
            raw={"followers": self.followers},
        )

    def days(self, since: date, until: date) -> Sequence[DayMetrics]:
        self.asked_days.append((since, until))
        if "days" in self.fails:
            raise self.fails["days"]
        return [one for one in self.counted if since <= one.day <= until]

    def renew(self) -> bool:
        """This secret has no end."""
        return False

    def posts(self, *, cursor: str | None = None) -> PostPage:
        self._call("posts")
        if cursor in self.breaks:
            raise self.breaks[cursor]
        if self.pages_left is not None:
            if not self.pages_left:
                raise Unavailable("The platform is down.")
            self.pages_left -= 1
        newest = sorted(self.feed, key=lambda post: post.posted_at, reverse=True)
        ids = [post.platform_id for post in newest]
        if cursor is not None and cursor not in ids:
            raise NotFound("No such place.")
        start = 0 if cursor is None else ids.index(cursor) + 1
        page = newest[start : start + self.page]
        more = page[-1].platform_id if start + self.page < len(newest) else None
        return PostPage(posts=page, next_cursor=more)

    def metrics(self, platform_ids: Sequence[str]) -> Sequence[SeenPost]:
        self._call("metrics")
        return [post for post in self.feed if post.platform_id in platform_ids]

    def publish(self, post: OutgoingPost) -> PublishedPost:
        raise AssertionError("A pull publishes nothing.")

    def check_can_publish(self) -> None:
        raise AssertionError("A pull does not ask whether it may publish.")

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

    def delete(self, platform_id: str, *, comment: bool = False) -> None:
        """By key or by the whole id, as both are at hand in tests."""
        self.feed = [post for post in self.feed if not post.platform_id.endswith(platform_id)]

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if name in self.fails:
            raise self.fails[name]
