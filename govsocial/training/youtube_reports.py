"""YouTube Analytics: what a channel's films gained on each day, and each film in its life."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from govsocial.training import youtube_views as views
from govsocial.training.agency import TrainingAccount
from govsocial.training.curves import Reactions
from govsocial.training.history import Post
from govsocial.training.http import Request, Response
from govsocial.training.world import World, reactions_at

PACIFIC = ZoneInfo("America/Los_Angeles")
"""YouTube's days are those of the Pacific coast."""
LATE_DAYS = 2
"""The newest days are still being counted."""
MAX_DAYS = 800
MAX_FILMS = 500
_MINUTES_A_VIEW = 1.4

Count = Callable[[Post, Reactions], float]
_METRICS: Mapping[str, Count] = {
    "views": lambda post, counted: views.views_of(post, counted),
    "likes": lambda post, counted: counted.likes,
    "comments": lambda post, counted: counted.replies,
    "shares": lambda post, counted: counted.reposts,
    "estimatedMinutesWatched": lambda post, counted: (
        _MINUTES_A_VIEW * views.views_of(post, counted)
    ),
}
_FOLLOWERS = {"subscribersGained", "subscribersLost"}


class BadReport(Exception):
    """The report asked for is not one that there is."""


class Reports:
    def __init__(self, world: World) -> None:
        self._world = world

    def answer(self, request: Request, account: TrainingAccount) -> Response:
        """Raises ``BadReport``."""
        if request.one("ids") not in {"channel==MINE", f"channel=={account.platform_id}"}:
            raise BadReport("ids")
        metrics = (request.one("metrics") or "").split(",")
        dimension = request.one("dimensions") or ""
        known = _METRICS.keys() | (_FOLLOWERS if dimension == "day" else set())
        if not set(metrics) <= known:
            raise BadReport("metrics")
        first, last = _day(request, "startDate"), _day(request, "endDate")
        if last < first:
            raise BadReport("endDate")
        counted_until = _local(request.now).date() - timedelta(days=LATE_DAYS)
        last = min(last, counted_until)
        if dimension == "day":
            first = max(first, last - timedelta(days=MAX_DAYS))
            rows = list(self._days(account, first, last, metrics))
        elif dimension == "video":
            rows = list(self._films(request, account, metrics, _ends(last)))
        else:
            raise BadReport("dimensions")
        return Response.json(_table(dimension, metrics, rows))

    def _days(
        self, account: TrainingAccount, first: date, last: date, metrics: Sequence[str]
    ) -> Iterator[list[Any]]:
        now = _ends(last)
        posts = list(self._world.newest_first(account, now)) if first <= last else []
        before = self._totals(account, posts, _ends(first - timedelta(days=1)))
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            after = self._totals(account, posts, _ends(day))
            if after["views"] or after["subscribersGained"]:
                gained = (int(after[name]) - int(before[name]) for name in metrics)
                yield [day.isoformat(), *gained]
            before = after

    def _totals(
        self, account: TrainingAccount, posts: Sequence[Post], moment: float
    ) -> dict[str, float]:
        counted = reactions_at(moment)
        seen = [(post, counted(post)) for post in posts if post.at <= moment]
        found = {
            name: sum(count(post, one) for post, one in seen) for name, count in _METRICS.items()
        }
        gained = self._world.followers(account, moment)
        return {**found, "subscribersGained": gained, "subscribersLost": 0}

    def _films(
        self, request: Request, account: TrainingAccount, metrics: Sequence[str], moment: float
    ) -> Iterator[list[Any]]:
        name, _, listed = (request.one("filters") or "").partition("==")
        names = listed.split(",")
        if name != "video" or len(names) > MAX_FILMS:
            raise BadReport("filters")
        counted = reactions_at(moment)
        for film in names:
            key = views.key_of(film)
            post = self._world.find(account, key, request.now) if key is not None else None
            if post is not None and post.at <= moment:
                one = counted(post)
                yield [film, *(int(_METRICS[metric](post, one)) for metric in metrics)]


def _table(dimension: str, metrics: Sequence[str], rows: list[list[Any]]) -> dict[str, Any]:
    headers = [{"name": dimension, "columnType": "DIMENSION", "dataType": "STRING"}]
    headers += [{"name": name, "columnType": "METRIC", "dataType": "INTEGER"} for name in metrics]
    table: dict[str, Any] = {"kind": "youtubeAnalytics#resultTable", "columnHeaders": headers}
    return {**table, "rows": rows} if rows else table


def _day(request: Request, name: str) -> date:
    try:
        return date.fromisoformat(request.one(name) or "")
    except ValueError as exc:
        raise BadReport(name) from exc


def _local(timestamp: float) -> datetime:
    return datetime.fromtimestamp(timestamp, tz=UTC).astimezone(PACIFIC)


def _ends(day: date) -> float:
    """The timestamp at which that day of the Pacific coast ends."""
    return datetime.combine(day + timedelta(days=1), time(), PACIFIC).timestamp()
