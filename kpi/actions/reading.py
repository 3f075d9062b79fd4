"""What a pull asks of the platform. No transaction is open here, and nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from govsocial.platforms.base import PlatformClient, Profile, SeenPost
from govsocial.platforms.errors import BadAnswer, PlatformError
from kpi.metrics import ACCOUNT_METRICS, POST_METRICS
from kpi.models import PlatformPost

# A list is read to its end once; later pulls stop at the first page that ends in known posts.
MOST_PAGES = 2000
ASKED_AT_ONCE = 100
MOST_ASKED = 2000
_LARGEST = 2**62


class Depth(IntEnum):
    """How much a pull asks for. Collecting always asks for everything; seeding asks for less."""

    ACCOUNT = 1
    LIST = 2
    EVERYTHING = 3


@dataclass
class Reading:
    """What came back. ``error`` is why it is not all; what did come is kept anyway."""

    profile: Profile | None = None
    posts: dict[str, SeenPost] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    listed: bool = False
    calls: int = 0
    error: PlatformError | None = None


def read(
    client: PlatformClient, *, account_id: int, listed: bool, at: datetime, depth: Depth
) -> Reading:
    """Read the profile, the list of posts as far as it is new, and the due posts beyond it."""
    reading = Reading(listed=listed and depth is Depth.ACCOUNT)
    try:
        reading.calls += 1
        reading.profile = _sane_profile(client.profile())
        if depth >= Depth.LIST:
            _read_list(client, reading, account_id, listed)
        if depth >= Depth.EVERYTHING:
            _read_due(client, reading, account_id, at)
    except PlatformError as exc:
        reading.error = exc
    return reading


def _read_list(client: PlatformClient, reading: Reading, account_id: int, listed: bool) -> None:
    cursor: str | None = None
    for _page in range(MOST_PAGES):
        reading.calls += 1
        page = client.posts(cursor=cursor)
        _keep(reading, page.posts)
        cursor = page.next_cursor
        if cursor is None or (listed and _reached_known(account_id, page.posts)):
            reading.listed = True
            return


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
    if reading.listed and reading.posts:
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


def _keep(reading: Reading, posts: Iterable[SeenPost]) -> None:
    for post in posts:
        reading.posts.setdefault(post.platform_id, _sane(post))


def _sane(post: SeenPost) -> SeenPost:
    _check(post, POST_METRICS)
    return post


def _sane_profile(profile: Profile) -> Profile:
    _check(profile, ACCOUNT_METRICS)
    return profile


def _check(answer: object, names: Iterable[str]) -> None:
    for name in names:
        value = getattr(answer, name)
        if value is not None and not 0 <= value <= _LARGEST:
            raise BadAnswer(f"The platform gave an impossible number of {name}.")
