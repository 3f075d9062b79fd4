"""What a pull asks of the platform. No transaction is open here, and nothing is written.

The list of posts is read from its newest page to the first page that ends in known posts; the first
time to its end. Where it breaks off, a cursor remembers the place, and the next pull goes on there
after it has read what is new. So every failure costs one page, however long the list is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import IntEnum
from typing import Any, TypeVar

from govsocial.platforms.base import DayMetrics, PlatformClient, Profile, SeenPost
from govsocial.platforms.errors import (
    AuthRevoked,
    BadAnswer,
    HostRefused,
    NotReached,
    PlatformError,
    RateLimited,
    Refused,
)
from govsocial.platforms.figures import LARGEST
from govsocial.platforms.keeping import LONGEST_ID, fits, web_link
from kpi.metrics import ACCOUNT_METRICS, DAY_METRICS, POST_METRICS
from kpi.models import PlatformPost
from kpi.payloads import clean_text

# Pages of one pull; the next one goes on.
MOST_PAGES = 2000
ASKED_AT_ONCE = 100
MOST_ASKED = 2000
# After these no other call would fare better.
_FINAL = (AuthRevoked, HostRefused, NotReached, RateLimited)


Told = TypeVar("Told", Profile, SeenPost, DayMetrics)
Key = str | date | None
"""Whose figures: a post's by its id, those of a day, or the account's own."""


class Depth(IntEnum):
    """How much a pull asks for. Collecting always asks for everything; seeding asks for less."""

    ACCOUNT = 1
    LIST = 2
    EVERYTHING = 3


@dataclass
class Reading:
    """What came back. ``error`` is why it is not all; what did come is kept anyway.

    ``not_meant`` names the figures that nothing can have, such as -1 likes, by whose they are. Each
    costs only itself: it is not given (None, never 0), and everything else that came is kept.
    ``listed``: the list was read to its end once. ``cursors``: where it is to be read on, newest
    first; the last one leads to the end of the list when that was not reached yet.
    """

    listed: bool = False
    cursors: list[str] = field(default_factory=list)
    profile: Profile | None = None
    posts: dict[str, SeenPost] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    newest_read: bool = False
    days: Sequence[DayMetrics] | None = None
    calls: int = 0
    error: PlatformError | None = None
    not_meant: dict[Key, frozenset[str]] = field(default_factory=dict)

    def note(self, key: Key, names: frozenset[str]) -> None:
        if names:
            self.not_meant[key] = names

    @property
    def how_often_not_meant(self) -> dict[str, int]:
        return dict(Counter(name for names in self.not_meant.values() for name in sorted(names)))

    @property
    def complete(self) -> bool:
        """Whether every post that the list shows is known now."""
        return self.newest_read and self.listed and not self.cursors

    @property
    def goes_on(self) -> bool:
        return not isinstance(self.error, _FINAL)


def read(
    client: PlatformClient,
    *,
    account_id: int,
    listed: bool,
    cursors: Sequence[str],
    at: datetime,
    depth: Depth,
    days_since: date | None = None,
) -> Reading:
    """Read the profile, what is new in the list, the due posts, and the list where it broke off;
    with ``days_since`` also the platform's own figures of the days from then on."""
    reading = Reading(listed=listed, cursors=list(cursors))
    with _noting(reading):
        reading.calls += 1
        reading.profile, names = _sane(client.profile(), ACCOUNT_METRICS)
        reading.note(None, names)
    if reading.profile is None:
        return reading
    if depth >= Depth.LIST:
        with _noting(reading):
            _read_newest(client, reading, account_id)
    if depth >= Depth.EVERYTHING and reading.goes_on:
        with _noting(reading):
            _read_due(client, reading, account_id, at)
    if reading.newest_read and reading.goes_on:
        with _noting(reading):
            _read_on(client, reading, account_id)
    if days_since is not None and reading.goes_on:
        with _noting(reading):
            reading.days = _keep_days(reading, client.days(days_since, at.date()))
            # Platforms without such figures are not called at all.
            reading.calls += bool(reading.days)
    return reading


@contextmanager
def _noting(reading: Reading) -> Iterator[None]:
    """Note a failure. The first one counts, unless a person must act on a later one."""
    try:
        yield
    except PlatformError as exc:
        if reading.error is None or isinstance(exc, AuthRevoked):
            reading.error = exc


def _read_newest(client: PlatformClient, reading: Reading, account_id: int) -> None:
    whole = not reading.listed and not reading.cursors
    cursor: str | None = None
    try:
        for _page in range(MOST_PAGES):
            posts, following = _page_of(client, reading, cursor)
            if following is None:
                reading.listed, reading.cursors = True, []
            if following is None or (not whole and _reached_known(account_id, posts)):
                reading.newest_read, cursor = True, None
                return
            cursor = following
    finally:
        if cursor is not None:
            reading.cursors.insert(0, cursor)


def _read_on(client: PlatformClient, reading: Reading, account_id: int) -> None:
    """Go on where the list broke off earlier: to known posts, or to the end of the list."""
    for _page in range(MOST_PAGES):
        if not reading.cursors:
            return
        try:
            posts, following = _page_of(client, reading, reading.cursors[0])
        except Refused:
            # The platform does not know the place any more; only the whole list is certain.
            reading.listed, reading.cursors = False, []
            raise
        to_the_end = not reading.listed and len(reading.cursors) == 1
        if following is None:
            reading.listed, reading.cursors = True, []
        elif not to_the_end and _reached_known(account_id, posts):
            del reading.cursors[0]
        else:
            reading.cursors[0] = following


def _page_of(
    client: PlatformClient, reading: Reading, cursor: str | None
) -> tuple[Sequence[SeenPost], str | None]:
    reading.calls += 1
    page = client.posts(cursor=cursor)
    posts = _keep(reading, page.posts)
    return posts, None if page.next_cursor is None else clean_text(page.next_cursor)


def _reached_known(account_id: int, posts: Sequence[SeenPost]) -> bool:
    """Whether the page ends in a known post. Its first may be known by being pinned on top."""
    return (
        bool(posts)
        and PlatformPost.objects.filter(
            official_account_id=account_id, platform_id=posts[-1].platform_id
        ).exists()
    )


def _read_due(client: PlatformClient, reading: Reading, account_id: int, at: datetime) -> None:
    known = PlatformPost.objects.filter(official_account_id=account_id)
    due = known.filter(next_pull_at__lte=at).order_by("next_pull_at")
    ask = dict.fromkeys(due.values_list("platform_id", flat=True)[:MOST_ASKED])
    if reading.newest_read and reading.posts:
        # Missing from the stretch of the list that was read: perhaps deleted, so ask by name.
        oldest = min(post.posted_at for post in reading.posts.values())
        stretch = known.filter(posted_at__gt=oldest, gone_at=None, kind__in=PlatformPost.OWN_KINDS)
        ask |= dict.fromkeys(stretch.values_list("platform_id", flat=True)[:MOST_ASKED])
    missing = [platform_id for platform_id in ask if platform_id not in reading.posts]
    for start in range(0, len(missing), ASKED_AT_ONCE):
        batch = missing[start : start + ASKED_AT_ONCE]
        reading.calls += 1
        _keep(reading, client.metrics(batch))
        reading.gone += [platform_id for platform_id in batch if platform_id not in reading.posts]


def _keep(reading: Reading, posts: Iterable[SeenPost]) -> list[SeenPost]:
    """Take over the posts that can be kept: one that cannot must not cost all the others.

    Raises ``BadAnswer`` where not one figure of all of them can be meant.
    """
    told = [_sane(post, POST_METRICS) for post in posts if _can_be_kept(post)]
    odd = next((names for _post, names in told if names), None)
    if odd and not any(map(_has_figures, [*reading.posts.values(), *(post for post, _ in told)])):
        raise _impossible(odd)
    # An address that is none, or does not fit, is left out; it is not cut to lead elsewhere.
    kept = [replace(post, permalink=web_link(post.permalink) or "") for post, _names in told]
    for post, (_post, names) in zip(kept, told, strict=True):
        if post.platform_id not in reading.posts:
            reading.posts[post.platform_id] = post
            reading.note(post.platform_id, names)
    return kept


def _keep_days(reading: Reading, days: Sequence[DayMetrics]) -> list[DayMetrics]:
    """Raises ``BadAnswer`` where each day has a figure that cannot be meant, and none a better one.

    Zeros alone, beside such figures, are not taken for an answer.
    """
    told = [_sane(day, DAY_METRICS) for day in days]
    better = any(getattr(day, name) for day, _names in told for name in DAY_METRICS)
    if told and not better and all(names for _day, names in told):
        raise _impossible(told[0][1])
    for day, names in told:
        reading.note(day.day, names)
    return [day for day, _names in told]


def _has_figures(post: SeenPost) -> bool:
    return any(getattr(post, name) is not None for name in POST_METRICS)


def _can_be_kept(post: SeenPost) -> bool:
    # A day more or less for the zone of the unit: years 1 and 9999 have none.
    in_calendar = 1 < post.posted_at.year < 9999
    return in_calendar and bool(post.platform_id) and fits(post.platform_id, LONGEST_ID)


def _sane(answer: Told, names: Iterable[str]) -> tuple[Told, frozenset[str]]:
    """``answer`` without the figures that cannot be meant, and their names."""
    odd = frozenset(name for name in names if not _can_be_meant(name, getattr(answer, name)))
    none: dict[str, Any] = dict.fromkeys(odd)
    return (replace(answer, **none) if odd else answer), odd


def _can_be_meant(name: str, value: int | None) -> bool:
    # Followers are lost as well.
    least = -LARGEST if name == "followers_gained" else 0
    return value is None or least <= value <= LARGEST


def _impossible(names: Iterable[str]) -> BadAnswer:
    return BadAnswer(f"The platform gave an impossible number of {min(names)}.")
