"""The days of one account as a series: by day, by week, where they break, where they stand out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median

from accounts.models import OfficialAccount
from kpi import indicators
from kpi.metrics import ENGAGEMENT
from kpi.models import AccountDay
from kpi.periods import Period
from kpi.selectors import posts_known


def days_of(account: OfficialAccount, period: Period) -> dict[date, AccountDay]:
    rows = AccountDay.objects.filter(
        official_account=account, day__gte=period.first, day__lte=period.last
    )
    return {row.day: row for row in rows.order_by("day")}


def each_day(period: Period) -> Iterator[date]:
    return (period.first + timedelta(days=offset) for offset in range(period.days))


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """One week from Monday; ``followers`` are those of its last collected day.

    ``posts`` is None until the list of posts was read up to the week's end.
    """

    monday: date
    collected: int
    posts: int | None
    followers: int | None
    engagements: int | None
    redefined: bool

    @property
    def rate(self) -> float | None:
        return indicators.ratio(self.engagements, self.followers)


def weeks_of(account: OfficialAccount, days: dict[date, AccountDay], period: Period) -> list[Week]:
    """The whole weeks of the period, oldest first, also those without a day.

    A week that has just begun would look like a fall beside whole ones.
    """
    found: dict[date, list[AccountDay]] = {}
    for day in each_day(period):
        monday = day - timedelta(days=day.weekday())
        if monday >= period.first and monday + timedelta(days=6) <= period.last:
            found.setdefault(monday, []).extend([days[day]] if day in days else [])
    known = posts_known(account)
    broken = definition_breaks(days)
    return [
        Week(
            monday=monday,
            collected=sum(row.collected for row in rows),
            posts=sum(row.posts or 0 for row in rows)
            if known is not None and monday + timedelta(days=6) <= known
            else None,
            followers=next((r.followers for r in reversed(rows) if r.followers is not None), None),
            engagements=indicators.add(
                getattr(row, f"gained_{name}") for row in rows for name in ENGAGEMENT
            ),
            redefined=any(row.day in broken for row in rows),
        )
        for monday, rows in found.items()
    ]


def definition_breaks(days: dict[date, AccountDay]) -> set[date]:
    """The days since which the platform means something else by its metrics."""
    collected = [row for row in days.values() if row.collected]
    changed = {
        row.day for before, row in pairwise(collected) if before.definition != row.definition
    }
    return changed | {row.day for row in collected if row.redefined}


@dataclass(frozen=True, slots=True)
class Unusual:
    """A day on which followers moved far more than they usually do."""

    day: date
    change: int
    usual: float


def unusual_days(days: dict[date, AccountDay]) -> list[Unusual]:
    """Days whose change lies ten times the usual spread away from the usual change.

    Usual is the median of the period, the spread the median distance from it and at least three
    followers, so that a quiet account does not cry wolf. Needs two weeks of changes.

    A change from before the day before is that of several days, and is left out. So ``days`` begin
    a day earlier than the first one that is asked about.
    """
    known = {
        row.day: row.followers_delta
        for row in days.values()
        if row.followers_delta is not None and _has_followers(days.get(row.day - timedelta(days=1)))
    }
    if len(known) < 14:
        return []
    usual = median(known.values())
    spread = max(3.0, median(abs(change - usual) for change in known.values()))
    return [
        Unusual(day, change, usual)
        for day, change in known.items()
        if abs(change - usual) > 10 * spread
    ]


def _has_followers(row: AccountDay | None) -> bool:
    return row is not None and row.followers is not None
