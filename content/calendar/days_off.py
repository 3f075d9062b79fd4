"""Public holidays of Indonesia and collective leave (cuti bersama), as the ``holidays`` library has
them: they are set every year by a joint decree, so none is written down here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import holidays
from django.utils.translation import get_language

COUNTRY = "ID"


@dataclass(frozen=True, slots=True)
class DayOff:
    name: str
    is_leave: bool
    """Collective leave, and no public holiday."""


def days_off(days: Collection[date]) -> Mapping[date, Sequence[DayOff]]:
    """What is off on each of ``days``, in the reader's language. Days at work are left out."""
    language = _language()
    known = {year: _of_year(year, language) for year in {day.year for day in days}}
    found = {day: known[day.year].get(day, ()) for day in days}
    return {day: off for day, off in found.items() if off}


def years_without_leave(days: Iterable[date]) -> list[int]:
    """The years of which the library does not know the collective leave yet."""
    years = sorted({day.year for day in days})
    return [
        year
        for year in years
        if not any(one.is_leave for off in _of_year(year, "id").values() for one in off)
    ]


def _language() -> str:
    return "id" if (get_language() or "id").startswith("id") else "en_US"


@lru_cache(maxsize=64)
def _of_year(year: int, language: str) -> Mapping[date, Sequence[DayOff]]:
    found: dict[date, list[DayOff]] = defaultdict(list)
    for category in (holidays.PUBLIC, holidays.GOVERNMENT):
        listed = holidays.country_holidays(
            COUNTRY, years=[year], categories=(category,), language=language
        )
        for day in sorted(listed):
            for name in listed.get_list(day):
                found[day].append(DayOff(name, is_leave=category == holidays.GOVERNMENT))
    return dict(found)
