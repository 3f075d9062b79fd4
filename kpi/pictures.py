"""The charts of measuring; each draws exactly the rows of its table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import OfficialAccount
from govsocial.web import charts
from kpi import series
from kpi.metrics import ENGAGEMENT
from kpi.models import PlatformPost, PostSnapshot
from kpi.periods import Period

# Over this many days a chart of days becomes one of weeks.
MOST_DAYS = 400
# A post younger than this has too few days to show how it grew.
NEW = timedelta(days=2)


def followers(account: OfficialAccount, period: Period) -> charts.Chart:
    days = series.days_of(account, period)
    points: list[tuple[date, int | float | None]]
    if period.days > MOST_DAYS:
        weeks = series.weeks_of(account, days, period)
        points = [(week.monday, week.followers) for week in weeks]
        breaks = {week.monday for week in weeks if week.redefined}
    else:
        breaks = series.definition_breaks(days)
        points = [
            (day, days[day].followers if day in days else None) for day in series.each_day(period)
        ]
    return charts.line(
        title=_("Do followers grow?"),
        points=points,
        value_label=_("Followers"),
        breaks=breaks,
    )


def engagement(account: OfficialAccount, period: Period) -> charts.Chart:
    weeks = series.weeks_of(account, series.days_of(account, period), period)
    return charts.line(
        title=_("How much do followers react, week by week?"),
        points=[(week.monday, None if week.rate is None else week.rate * 100) for week in weeks],
        value_label=_("Engagement by followers"),
        unit="%",
        decimals=2,
        from_zero=True,
        breaks={week.monday for week in weeks if week.redefined},
    )


def posts(account: OfficialAccount, period: Period) -> charts.Chart:
    weeks = series.weeks_of(account, series.days_of(account, period), period)
    return charts.line(
        title=_("How often does the account post?"),
        points=[(week.monday, week.posts) for week in weeks],
        value_label=_("Posts per week"),
        from_zero=True,
    )


ACCOUNT_CHARTS: dict[str, Callable[[OfficialAccount, Period], charts.Chart]] = {
    "followers": followers,
    "engagement": engagement,
    "posts": posts,
}


def post_growth(post: PlatformPost, snapshots: list[PostSnapshot]) -> charts.Chart:
    """Engagements of one post as last given on each day, of a new post at each capture."""
    zone = post.official_account.unit.zone
    is_new = all(one.captured_at - post.posted_at < NEW for one in snapshots)
    by_day: dict[date, int | None] = {}
    breaks: set[date] = set()
    definition: str | None = None
    # A part that a capture lacks stands as last given: without it the line would fall.
    parts: dict[str, int] = {}
    for snapshot in sorted(snapshots, key=lambda one: one.captured_at):
        local = timezone.localtime(snapshot.captured_at, zone)
        day = local.replace(tzinfo=UTC) if is_new else local.date()
        if definition is not None and snapshot.definition != definition:
            breaks.add(day)
            parts = {}
            by_day.pop(day, None)
        values = {name: getattr(snapshot, name) for name in ENGAGEMENT}
        parts |= {name: value for name, value in values.items() if value is not None}
        # What no part was given of is not known, and leaves what the day was given before.
        known = any(value is not None for value in values.values())
        by_day[day] = sum(parts.values()) if known else by_day.get(day)
        definition = snapshot.definition
    return charts.line(
        title=_("How did the reactions grow?"),
        points=list(by_day.items()),
        value_label=_("Engagements"),
        from_zero=True,
        breaks=breaks,
    )
