"""Whether a notice tells its readers until when it holds."""

from __future__ import annotations

import re
from datetime import datetime

_WEEKDAYS = ("senin", "selasa", "rabu", "kamis", "jum.?at", "sabtu", "minggu")


def tells(words: str, end: datetime, at: datetime) -> bool:
    """Whether the hour of ``end`` stands in ``words``, and its day where that is not the day of
    ``at``, on which it goes out. Both are in the zone of the readers."""
    if not _hour(end).search(words):
        return False
    return end.date() == at.date() or _day(end, at).search(words) is not None


def _hour(end: datetime) -> re.Pattern[str]:
    """18.00, 18:00, 6.05, and "pukul 18" for a whole hour; the end of a day is also 24.00."""
    hours = rf"0?{end.hour}" if (end.hour, end.minute) != (0, 0) else "(?:00?|24)"
    whole = rf"|\b(?:pukul|jam)\s+{hours}(?![.:]?\d)" if end.minute == 0 else ""
    return re.compile(rf"(?<![\d.:]){hours}[.:]{end.minute:02}(?!\d){whole}", re.I)


def _day(end: datetime, at: datetime) -> re.Pattern[str]:
    """Its number, the day of the week, and "besok" for the day after."""
    apart = (end.date() - at.date()).days
    words = [rf"0?{end.day}", _WEEKDAYS[end.weekday()], *(["besok", "esok"] if apart == 1 else [])]
    if (end.hour, end.minute) == (0, 0) and apart == 1:
        # The midnight that ends this day.
        words += ["hari ini", "malam ini", "24[.:]00"]
    return re.compile(rf"(?<![\d.:])\b(?:{'|'.join(words)})\b(?![.:]\d)", re.I)
