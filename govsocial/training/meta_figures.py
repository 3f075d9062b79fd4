"""Figures of Facebook and Instagram that the story does not hold: views, reach, days.

Each grows with the reactions of its post, so that none ever falls; days depend on the followers.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from govsocial.training.agency import TrainingAccount
from govsocial.training.curves import Reactions
from govsocial.training.history import Post
from govsocial.training.ids import chance
from govsocial.training.meta_graph import GraphError, moment
from govsocial.training.world import World

#: Meta's days end at midnight here, wherever the account is.
CALENDAR = ZoneInfo("America/Los_Angeles")
LONGEST = 90
REACTIONS = (("like", 0.86), ("love", 0.11))


def post_figures(post: Post, counted: Reactions) -> dict[str, int]:
    """Views and the like of one post at the moment of ``counted``."""
    factor = 13 + 14 * chance(post.account.key, post.key, "reach")
    reach = int(counted.likes * factor)
    views = reach + int(counted.likes * factor * 0.31)
    return {
        "likes": counted.likes,
        "comments": counted.replies,
        "shares": counted.reposts,
        "saved": counted.bookmarks,
        "reach": reach,
        "views": views,
        "clicks": int(counted.likes * 0.9),
        "profile_visits": int(counted.likes * 0.04),
        "interactions": counted.likes + counted.replies + counted.reposts + counted.bookmarks,
        "watched": views * 6300,
    }


def reactions(likes: int) -> dict[str, int]:
    """Likes as Facebook tells them apart; nothing where there are none."""
    parts = {name: int(likes * share) for name, share in REACTIONS}
    parts["care"] = likes - sum(parts.values())
    return {name: count for name, count in parts.items() if count}


def day_figures(world: World, account: TrainingAccount, day: date) -> dict[str, int]:
    """What the account had on one day of Meta's calendar."""
    starts, ends = _starts(day), _starts(day + timedelta(days=1))
    before, after = world.followers(account, starts), world.followers(account, ends)
    name = (world.story.seed, account.key, day.isoformat())
    views = int(after * (0.06 + 0.13 * chance(*name, "views")))
    return {
        "views": views,
        "reach": int(views * (0.52 + 0.2 * chance(*name, "reach"))),
        "interactions": int(views * (0.02 + 0.03 * chance(*name, "interactions"))),
        "gained": max(after - before, 0) + int(3 * chance(*name, "gained")),
        "links": int(views * 0.004),
    }


def days(since: str, until: str, now: float, *, longest: int = LONGEST) -> list[date]:
    """Days that ended after ``since`` and not after ``until`` or now. Raises ``GraphError``."""
    first, last = _moment(since), _moment(until)
    if not first < last or last - first > timedelta(days=longest, hours=2):
        raise GraphError(100, "There cannot be more than 90 days between since and until")
    found, day = [], first.astimezone(CALENDAR).date()
    while (ends := _starts(day + timedelta(days=1))) <= min(last.timestamp(), now):
        if ends > first.timestamp():
            found.append(day)
        day += timedelta(days=1)
    return found


def series(account: TrainingAccount, name: str, values: dict[date, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "period": "day",
        "values": [
            {"value": value, "end_time": moment(_starts(day + timedelta(days=1)))}
            for day, value in values.items()
        ],
        "title": None,
        "description": "Angka latihan.",
        "id": f"{account.platform_id}/insights/{name}/day",
    }


def _starts(day: date) -> float:
    return datetime.combine(day, time(), CALENDAR).timestamp()


def _moment(text: str) -> datetime:
    try:
        if text.isdecimal():
            return datetime.fromtimestamp(int(text), tz=UTC)
        return datetime.combine(date.fromisoformat(text), time(), CALENDAR)
    except (ValueError, OverflowError, OSError) as exc:
        raise GraphError(100, "since and until are dates or Unix timestamps") from exc
