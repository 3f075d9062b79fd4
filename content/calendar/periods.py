"""Which days a page of the calendar shows: days of the reader's zone, and weeks from Monday."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.urls import reverse
from django.utils import timezone

from govsocial.web.days import midnight

AGENDA_DAYS = 28
# As the form of a post takes times.
FIRST_YEAR, LAST_YEAR = 2000, 2199
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WEEK = timedelta(days=7)


class Kind(StrEnum):
    MONTH = "month"
    WEEK = "week"
    AGENDA = "agenda"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Period:
    """``day`` is what the address names; ``first`` to ``last`` is what the page shows."""

    kind: Kind
    day: date
    first: date
    last: date

    @property
    def start(self) -> datetime:
        return midnight(self.first)

    @property
    def until(self) -> datetime:
        """The first moment that is no more of it."""
        return midnight(self.last + timedelta(days=1))

    @property
    def days(self) -> Sequence[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    @property
    def address(self) -> str:
        if self.kind == Kind.MONTH:
            return reverse("content:calendar_month", args=[f"{self.day:%Y-%m}"])
        return reverse(f"content:calendar_{self.kind}", args=[self.day.isoformat()])

    def holds(self, day: date) -> bool:
        """Whether a day is meant, and not shown only to fill up the first or last week."""
        if self.kind == Kind.MONTH:
            return (day.year, day.month) == (self.day.year, self.day.month)
        return self.first <= day <= self.last

    def before(self) -> Period | None:
        """The one before it; None where the calendar begins."""
        if self.kind == Kind.MONTH:
            return _of(self.kind, self.day.replace(day=1) - timedelta(days=1))
        return _of(self.kind, self.first - (self.last - self.first) - timedelta(days=1))

    def after(self) -> Period | None:
        """The one after it; None where the calendar ends."""
        if self.kind == Kind.MONTH:
            return _of(self.kind, self.day.replace(day=28) + timedelta(days=4))
        return _of(self.kind, self.last + timedelta(days=1))


def period(kind: Kind, day: date) -> Period:
    if kind == Kind.MONTH:
        day = day.replace(day=1)
        last = (day + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        return Period(kind, day, _monday(day), _monday(last) + _WEEK - timedelta(days=1))
    if kind == Kind.WEEK:
        first = _monday(day)
        return Period(kind, first, first, first + _WEEK - timedelta(days=1))
    shown = AGENDA_DAYS if kind == Kind.AGENDA else 1
    return Period(kind, day, day, day + timedelta(days=shown - 1))


def _of(kind: Kind, day: date) -> Period | None:
    return period(kind, day) if _is_known(day) else None


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _is_known(day: date) -> bool:
    return FIRST_YEAR <= day.year <= LAST_YEAR


def today() -> date:
    return timezone.localdate()


def read_month(text: str) -> date | None:
    """``2026-11``; None for what is no month of the calendar."""
    found = _MONTH.fullmatch(text)
    return read_day(f"{text}-01") if found else None


def read_day(text: str) -> date | None:
    """``2026-11-27``; None for what is no day of the calendar."""
    if not _DAY.fullmatch(text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if _is_known(day) else None
