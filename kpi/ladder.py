"""How often a post is captured: the older, the more seldom (docs/metrics.md)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

RUNGS = (
    (timedelta(days=7), timedelta(hours=6)),
    (timedelta(days=90), timedelta(days=1)),
)
LAST_RUNG = timedelta(days=7)
FIRST_RUNG_LASTS = timedelta(hours=48)
_MOST_SLACK = timedelta(minutes=5)


def step(age: timedelta) -> timedelta:
    """Time between two captures of a post of this age."""
    if age < FIRST_RUNG_LASTS:
        return timedelta(seconds=settings.PULL_INTERVAL_SECONDS)
    return next((step for until, step in RUNGS if age < until), LAST_RUNG)


def next_capture(*, posted_at: datetime, captured_at: datetime) -> datetime:
    """When a post is due again.

    A little early: a pull that comes a moment before the hour must not wait for the next one.
    """
    wait = step(captured_at - posted_at)
    return captured_at + wait - min(wait / 10, _MOST_SLACK)
