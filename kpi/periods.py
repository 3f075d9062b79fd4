"""The stretch of local days that a page speaks about, and the one before it to compare with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DEFAULT = "quarter"
LENGTHS: dict[str, tuple[str | Promise, int | None]] = {
    "month": (_("30 days"), 30),
    "quarter": (_("3 months"), 91),
    "year": (_("1 year"), 365),
    "all": (_("Everything"), None),
}


@dataclass(frozen=True, slots=True)
class Period:
    """From ``first`` to ``last``, both included."""

    key: str
    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def label(self) -> str:
        return str(LENGTHS[self.key][0])

    def before(self) -> Period | None:
        """As many days just before; None where nothing lies before."""
        if LENGTHS[self.key][1] is None:
            return None
        length = timedelta(days=self.days)
        return Period(self.key, self.first - length, self.last - length)


def chosen(key: str | None, *, today: date, since: date | None) -> Period:
    """The period of that key; anything else is the default. ``since`` is the first known day."""
    key = key if key in LENGTHS else DEFAULT
    length = LENGTHS[key][1]
    if length is None:
        return Period(key, min(since or today, today), today)
    return Period(key, today - timedelta(days=length - 1), today)
