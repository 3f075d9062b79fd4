"""Figures of the Graph API's insights. A metric that is not in an answer is not given, never 0."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import Field

from govsocial.platforms.clock import Moment
from govsocial.platforms.figures import whole
from govsocial.platforms.meta.graph import Answered

CALENDAR = ZoneInfo("America/Los_Angeles")
"""Meta's days end at midnight in Pacific time, whatever the zone of the account."""


_BROKEN_DOWN = "_media_view"


class Value(Answered):
    value: Any = None
    end_time: Moment | None = None


class Metric(Answered):
    name: str
    values: list[Value] = Field(default_factory=list)
    total_value: Value | None = None


class Insights(Answered):
    data: list[Metric] = Field(default_factory=list)


def number(metric: str, value: object) -> int | None:
    """A figure as a whole number.

    Views may come as a breakdown (``{"is_from_ads": 3, ...}``): it is added up, and is nothing when
    it is empty or one of its parts is no number.
    """
    if isinstance(value, Mapping) and metric.endswith(_BROKEN_DOWN):
        parts = [number(metric, part) for part in value.values()]
        known = [part for part in parts if part is not None]
        return sum(known) if known and len(known) == len(parts) else None
    return whole(value)


def lifetime(insights: Insights | None) -> dict[str, int]:
    """Each metric's one figure, whichever of the two shapes it comes in."""
    found: dict[str, int] = {}
    for metric in insights.data if insights is not None else ():
        held = metric.total_value or (metric.values[-1] if metric.values else None)
        figure = number(metric.name, held.value) if held is not None else None
        if figure is not None:
            found[metric.name] = figure
    return found


def by_day(insights: Insights) -> dict[date, dict[str, int]]:
    """Each day's figures, from series whose values say when their day ended."""
    found: dict[date, dict[str, int]] = {}
    for metric in insights.data:
        for value in metric.values:
            figure = number(metric.name, value.value)
            if value.end_time is not None and figure is not None:
                found.setdefault(day_ended_at(value.end_time), {})[metric.name] = figure
    return found


def day_ended_at(moment: datetime) -> date:
    return (moment.astimezone(CALENDAR) - timedelta(seconds=1)).date()


def starts_at(day: date) -> str:
    """The first moment of ``day`` in Meta's calendar, in Unix seconds as parameters take it."""
    return str(int(datetime.combine(day, time(), CALENDAR).astimezone(UTC).timestamp()))


def spans(since: date, until: date, longest: int) -> Iterator[tuple[date, date]]:
    """``since`` to ``until``, both included, in parts of at most ``longest`` days."""
    while since <= until:
        last = min(until, since + timedelta(days=longest - 1))
        yield since, last
        since = last + timedelta(days=1)
