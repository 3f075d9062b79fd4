"""Moments for tests that stop the clock and decide something as well.

The database decides by its own clock, which no test stops: nobody has decided in a time to come,
and what was to go out more than a day ago is not approved any more. A date that is written down is
one of these sooner or later. So the clock is stopped at a moment that has just been.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

JAKARTA = ZoneInfo("Asia/Jakarta")


def _last_ten() -> datetime:
    now = datetime.now(JAKARTA)
    ten = now.replace(hour=10, minute=0, second=0, microsecond=0)
    return (ten if ten <= now else ten - timedelta(days=1)).astimezone(UTC)


TEN = _last_ten()
"""The last time that it was ten in the morning in Jakarta."""
NEXT_MORNING = TEN + timedelta(hours=22, minutes=30)
"""Half past eight there on the day after."""


def day(moment: datetime) -> str:
    """``2026-11-28``, in Jakarta, as addresses and pages have it."""
    return f"{moment.astimezone(JAKARTA):%Y-%m-%d}"


def month(moment: datetime) -> str:
    """The address of its month in the calendar."""
    return f"/content/calendar/{day(moment)[:7]}/"
