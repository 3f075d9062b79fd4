"""What govsocial asks of a platform, and the facts that a platform answers.

Pure Python: no model, no request, no settings. A value of ``None`` means that the platform did not
give it; ``0`` means that it said zero. Callers never see a platform's own field names except in
``raw``, which is the payload as received.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol, TypeAlias, runtime_checkable

Secret: TypeAlias = Mapping[str, str]
"""What an account is reached with. Names that several platforms share: ``access_token``,
``refresh_token``, ``expires_at`` and ``refresh_expires_at`` (ISO 8601 with offset, of the token in
front of it), ``scope`` (granted rights, separated by spaces), ``account_id`` (the account chosen
after consent). Others are the business of the platform's client."""


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


def connection_ends_at(secret: Secret) -> datetime | None:
    """When a person must connect again at the latest, as far as the secret says; None: unknown.

    A token that can be refreshed lives as long as its refresh token does.
    """
    if secret.get("refresh_token"):
        moment = secret.get("refresh_expires_at")
    else:
        moment = secret.get("expires_at")
    return datetime.fromisoformat(moment) if moment else None


class LengthUnit(StrEnum):
    CHARACTERS = "characters"
    GRAPHEMES = "graphemes"
    WEIGHTED = "weighted characters"
    """As X counts: most scripts one, emoji and CJK two, any link 23."""
    EMOJI_BYTES = "characters (emoji by their bytes)"
    """As Threads counts: an emoji as many as its bytes in UTF-8, all else one."""
    UTF16 = "characters (emoji as two)"
    """Units of UTF-16: whatever lies beyond the first 65,536 signs counts as two."""
    BYTES = "bytes"


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoLimits:
    """What a platform takes as a video. Bytes, seconds, and width divided by height."""

    size: int
    types: frozenset[str] = frozenset({"video/mp4"})
    shortest: float = 0.0
    longest: float | None = None
    ratio: tuple[float, float] | None = None
    alt_text: int | None = None
    """Characters of a description, where it is not as long as that of a picture; 0 where a platform
    takes one of pictures alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a platform takes in one post. Lengths are in ``unit``; sizes in bytes."""

    text: int
    unit: LengthUnit
    images: int
    image_bytes: int
    alt_text: int
    """Characters of a description; 0 where the platform takes none."""
    image_types: frozenset[str]
    text_bytes: int | None = None
    url_length: int | None = None
    """How many units any link counts as, or None where it counts as written."""
    title: int | None = None
    """Characters of a title, where posts have one of their own."""
    needs_media: bool = False
    """Whether the platform takes no post of text alone."""
    needs_title: bool = False
    hashtags: int | None = None
    mentions: int | None = None
    links_most: int | None = None
    """How many different addresses one post may name."""
    forbidden: str = ""
    """Signs that may stand neither in the text nor in a title."""
    mixes_film: bool = False
    """Whether pictures and a film go into one post."""
    stand_alone: frozenset[str] = frozenset()
    """Kinds of pictures of which one fills a post: moving ones."""
    image_width: tuple[int, int] | None = None
    image_ratio: tuple[float, float] | None = None
    """Narrowest and widest picture, as width divided by height."""
    video: VideoLimits | None = None
    """None where the platform takes no film through its API, or a server takes none."""
    fetches_media: bool = False
    """Whether the platform fetches pictures itself, from an address that must be public."""
    fetches_videos: bool = False
    """The same for films."""
    links: bool = True
    """Whether an address in the text can be clicked."""
    link_card: bool = False
    """Whether ``OutgoingPost.link`` is shown as a card beside a post without pictures and film."""
    card_title: bool = False
    """Whether that card says ``OutgoingPost.title``; else it says what the page calls itself."""
    film_title: bool = True
    """Whether a film has the title too, where posts have one."""
    thread: int = 0
    """How many posts of text may follow a post, each an answer to the one before; a bound of ours.
    0 where there are no threads."""
    first_comment: int = 0
    """Length of a comment that the account puts under its own post, in ``unit``; 0 where the
    platform takes none from an application."""

    @property
    def film_alt_text(self) -> int:
        """Characters of the description of a film; 0 where the platform takes none of one."""
        if self.video is None:
            return 0
        return self.alt_text if self.video.alt_text is None else self.video.alt_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    data: bytes
    media_type: str
    alt: str
    width: int
    height: int
    url: str | None = field(default=None, repr=False)
    """Where a platform that fetches media itself finds these bytes: signed, expiring, not to be
    guessed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """A film of ``size`` bytes; ``read(offset, length)`` gives a part of it."""

    size: int
    media_type: str
    seconds: float
    width: int
    height: int
    read: Callable[[int, int], bytes] = field(repr=False, compare=False)
    alt: str = ""
    url: str | None = field(default=None, repr=False)


def _go_on() -> None:
    """Nobody watches this sender."""


def _forget(handles: Mapping[str, str]) -> None:
    """Nobody keeps what this sender was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingPost:
    """One post exactly as approved. ``key`` and ``created_at`` are fixed before the first attempt,
    so that sending it twice is the same post to a platform that knows the key."""

    key: str
    text: str
    language: str
    created_at: datetime
    images: Sequence[Image] = ()
    video: Video | None = None
    title: str = ""
    link: str = ""
    """An address that the post is about, shown as a card of its own. A platform that has none
    beside such a post refuses it, unless the address stands in the text as well."""
    follows: str = ""
    """The id of the account's own post that this text answers: the one before it in a thread, or
    the one that it is the first comment of. "" for a post that stands by itself."""
    root: str = ""
    """The id of the first post of the thread; that of ``follows`` in a first comment."""
    handles: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What an earlier attempt was given by the platform on its way: a container, an upload."""
    taken: Collection[str] = field(default=(), compare=False)
    """Ids of posts on the platform that are known to be others: where a client goes by the words,
    while it publishes or afterwards, none of them is this post."""
    keep: Callable[[Mapping[str, str]], None] = field(default=_forget, compare=False, repr=False)
    """Called by the client with each new handle before the call that uses it, so that whoever goes
    on after a crash can ask the platform what became of it."""
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
    verified: bool | None = None
    """Whether the platform shows a badge; None where it does not say."""
    definition: str = ""
    """Which definition of these metrics this is, for example ``bluesky/1``: a key of the client's
    ``definitions``, which names each metric as the platform does."""
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayMetrics:
    """What the platform itself counted for one account on one day of its own calendar."""

    day: date
    followers_gained: int | None = None
    views: int | None = None
    reach: int | None = None
    engagements: int | None = None
    profile_views: int | None = None
    link_clicks: int | None = None
    watch_seconds: int | None = None
    definition: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict)


class PostKind(StrEnum):
    POST = "post"
    REPLY = "reply"
    REPOST = "repost"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPost:
    """A post seen on the platform, with its metrics at the moment of the call.

    Normalised names are those of the metric vocabulary (docs/metrics.md); the platform's own name
    of each stands under ``definition`` in ``definitions`` of its ``Spec``.
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
    profile_clicks: int | None = None
    video_views: int | None = None
    watch_seconds: int | None = None
    engagements: int | None = None
    """As the platform itself adds them up, where it does."""
    definition: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostPage:
    posts: Sequence[SeenPost]
    next_cursor: str | None


@runtime_checkable
class ReadsLimits(Protocol):
    """A client whose account lives on a server with limits of its own."""

    def read_limits(self) -> Limits:
        """What this server takes, asked once; what it does not say is the platform's usual."""


@runtime_checkable
class EndsSessions(Protocol):
    """A client whose secret holds a session that it began itself."""

    def end_session(self) -> None:
        """Have the platform take the session no more; one that is over already is no failure."""


class PlatformClient(Protocol):
    """One official account on one platform. Every call raises ``PlatformError`` or a subclass."""

    limits: Limits

    def profile(self) -> Profile:
        """Who this secret belongs to, with the account's counters."""

    def check_can_publish(self) -> None:
        """Ask whether this secret may publish, without publishing anything.

        Raises ``PermissionMissing`` when it may only read."""

    def days(self, since: date, until: date) -> Sequence[DayMetrics]:
        """What the platform counted itself for each day from ``since`` to ``until``, both included.

        Empty where it has no such figures; days that it has none for are missing."""

    def posts(self, *, cursor: str | None = None) -> PostPage:
        """The account's own posts with metrics, newest first, one page a call."""

    def metrics(self, platform_ids: Sequence[str]) -> Sequence[SeenPost]:
        """The named posts as they are now, in as few calls as the platform allows.

        A post that is missing from the answer is no longer on the platform."""

    def publish(self, post: OutgoingPost) -> PublishedPost:
        """Send ``post`` once. Raises ``UnknownOutcome`` when it may or may not be out, and any
        other ``PlatformError`` only when it is certainly not."""

    def find(self, post: OutgoingPost) -> PublishedPost | None:
        """Read-only: the post that an earlier ``publish(post)`` made.

        None says that there certainly is none and that ``post`` may be sent again. ``NotOut`` says
        that there is none and why: sending it again would meet the same refusal. Every other
        ``PlatformError`` says that the platform could not be asked, or does not know yet, and
        nothing about the post: a permanent one is for a person to settle, and so is ``Hidden``, of
        a post that exists and is not seen."""

    def delete(self, platform_id: str, *, comment: bool = False) -> None:
        """Take the post down, or the account's own comment. One that is gone is no failure.

        Raises ``NotOffered`` where the platform lets no application delete."""

    def renew(self) -> bool:
        """Refresh the secret now when it is near its end and can be refreshed; else do nothing.

        Near is ``renew_before`` of the platform's ``Spec``. Returns whether the platform was asked:
        what asked nobody says nothing of the connection. Raises ``AuthRevoked`` when the platform
        gives no new one: a person must connect again."""
