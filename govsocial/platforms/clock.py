"""Moments as platforms write them, on clocks that need not agree with ours.

Whatever a platform writes, reading it raises nothing but pydantic's own errors: a date at the end
of the calendar that another zone has no name for is moved to the nearest one that all have.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime
from requests.structures import CaseInsensitiveDict

# Days from the ends of the calendar, so that zones and margins stay within it.
FIRST = datetime(1, 1, 3, tzinfo=UTC)
LAST = datetime(9999, 12, 29, tzinfo=UTC)
ONE_DAY = 86_400.0
MOST_AHEAD = timedelta(days=36_525)
"""Clocks stand at the beginning of their time (1970, 2000) or run hours ahead. What is further off
than a hundred years is no clock."""


def in_calendar(told: datetime) -> datetime:
    """``told`` in UTC, at the nearest moment that every zone has a name for."""
    try:
        found = told.astimezone(UTC)
    except OverflowError:
        found = FIRST if told.year == 1 else LAST
    return min(max(found, FIRST), LAST)


Moment = Annotated[AwareDatetime, AfterValidator(in_calendar)]
"""A moment in the body of an answer, in UTC."""


def moment(value: str) -> datetime | None:
    """An HTTP date or ISO 8601, taken for UTC where it names no zone; None for anything else."""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            found = read(value)
        except (OverflowError, ValueError):
            continue
        return in_calendar(found if found.tzinfo else found.replace(tzinfo=UTC))
    return None


def clock_ahead(headers: Mapping[str, str]) -> timedelta:
    """How far the platform's clock is ahead of ours (negative: behind), as its answer tells."""
    told = moment(CaseInsensitiveDict(headers).get("Date") or "")
    ahead = timedelta(0) if told is None else told - datetime.now(UTC)
    return ahead if abs(ahead) <= MOST_AHEAD else timedelta(0)


def retry_after(headers: Mapping[str, str], *, now: datetime | None = None) -> float | None:
    """Seconds until the platform takes calls again, from whichever header says so, else None.

    Retry-After is seconds or an HTTP date; ``RateLimit-Reset`` (Bluesky) Unix seconds;
    ``X-RateLimit-Reset`` (Mastodon) ISO 8601, in some servers Unix seconds. Moments are meant on
    the platform's own clock, which ``Date`` tells.
    """
    now = now or datetime.now(UTC) + clock_ahead(headers)
    found = CaseInsensitiveDict(headers)
    waits = (
        _seconds(found.get("Retry-After"), now, relative=True),
        _seconds(found.get("RateLimit-Reset"), now, relative=False),
        _seconds(found.get("X-RateLimit-Reset"), now, relative=False),
    )
    return next((min(max(wait, 0.0), ONE_DAY) for wait in waits if wait is not None), None)


def _seconds(value: str | None, now: datetime, *, relative: bool) -> float | None:
    if value is None:
        return None
    value = value.strip()
    try:
        number = float(value)
    except ValueError:
        told = moment(value)
        return None if told is None else (told - now).total_seconds()
    if not math.isfinite(number):
        return None
    return number if relative else number - now.timestamp()
