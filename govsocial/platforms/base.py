"""What govsocial asks of a platform, and the facts that a platform answers.

Pure Python: no model, no request, no settings. A value of ``None`` means that the platform did not
give it; ``0`` means that it said zero. Callers never see a platform's own field names except in
``raw``, which is the payload as received.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeAlias

Secret: TypeAlias = Mapping[str, str]


class SecretStore(Protocol):
    """Keeps the secret of one official account; the application's is encrypted and row-locked."""

    def load(self) -> Secret:
        """Return the secret as last stored."""

    def rotate(self, *, stale: Secret, refresh: Callable[[Secret], Secret]) -> Secret:
        """Replace a secret that the platform no longer takes, once, and return the new one.

        Serialised per account: platforms rotate refresh tokens, so a second concurrent refresh
        would lose the connection. When the stored secret already differs from ``stale``, somebody
        else has refreshed it: that one is returned and ``refresh`` is not called.
        """


class LengthUnit(StrEnum):
    CHARACTERS = "characters"
    GRAPHEMES = "graphemes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a platform takes in one post. Lengths are in ``unit``; sizes in bytes."""

    text: int
    unit: LengthUnit
    images: int
    image_bytes: int
    alt_text: int
    image_types: frozenset[str]
    text_bytes: int | None = None
    url_length: int | None = None
    """How many units any link counts as, or None where it counts as written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    data: bytes
    media_type: str
    alt: str
    width: int
    height: int


def _go_on() -> None:
    """Nobody watches this sender."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingPost:
    """One post exactly as approved. ``key`` and ``created_at`` are fixed before the first attempt,
    so that sending it twice is the same post to a platform that knows the key."""

    key: str
    text: str
    language: str
    created_at: datetime
    images: Sequence[Image] = ()
    before_step: Callable[[], None] = field(default=_go_on, compare=False, repr=False)
    """Called by the client before each step of ``publish``, the last one included. It raises a
    ``PlatformError`` when the sender has been given up meanwhile: then nothing more is sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedPost:
    """The post as the platform took it. ``sent`` and ``response`` are kept as records."""

    platform_id: str
    permalink: str
    sent: Mapping[str, Any] = field(default_factory=dict)
    response: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """An account as its platform shows it now."""

    platform_id: str
    handle: str
    display_name: str
    url: str
    followers: int | None = None
    following: int | None = None
    posts: int | None = None
    definition: str = ""
    """Which definition of these metrics this is, for example ``bluesky/1``."""
    raw: Mapping[str, Any] = field(default_factory=dict)


class PostKind(StrEnum):
    POST = "post"
    REPLY = "reply"
    REPOST = "repost"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPost:
    """A post seen on the platform, with its metrics at the moment of the call.

    Normalised names are those of the metric vocabulary (docs/metrics.md); each platform's native
    name stands in ``NATIVE_NAMES`` of its client.
    """

    platform_id: str
    permalink: str
    posted_at: datetime
    text: str
    kind: PostKind
    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    quotes: int | None = None
    saves: int | None = None
    views: int | None = None
    reach: int | None = None
    link_clicks: int | None = None
    definition: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostPage:
    posts: Sequence[SeenPost]
    next_cursor: str | None


class PlatformClient(Protocol):
    """One official account on one platform. Every call raises ``PlatformError`` or a subclass."""

    limits: Limits

    def profile(self) -> Profile:
        """Who this secret belongs to, with the account's counters."""

    def check_can_publish(self) -> None:
        """Ask whether this secret may publish, without publishing anything.

        Raises ``PermissionMissing`` when it may only read."""

    def posts(self, *, cursor: str | None = None) -> PostPage:
        """The account's own posts with metrics, newest first, one page a call."""

    def metrics(self, platform_ids: Sequence[str]) -> Sequence[SeenPost]:
        """The named posts as they are now, in as few calls as the platform allows.

        A post that is missing from the answer is no longer on the platform."""

    def publish(self, post: OutgoingPost) -> PublishedPost:
        """Send ``post`` once. Raises ``UnknownOutcome`` when it may or may not be out, and any
        other ``PlatformError`` only when it is certainly not."""

    def find(self, post: OutgoingPost, *, taken: Collection[str] = ()) -> PublishedPost | None:
        """Read-only: the post that an earlier ``publish(post)`` made, or None when there is none.

        ``taken`` are platform ids known to be other posts, for platforms that must go by the words.
        """
