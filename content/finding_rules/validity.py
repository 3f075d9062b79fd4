"""Whether a notice tells its readers until when it holds, and whether it names another end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

_WEEKDAYS = ("senin", "selasa", "rabu", "kamis", "jum.?at", "sabtu", "minggu")
_DAY_IN_MINUTES = 24 * 60
# No end is written in more pieces: "hari Minggu, tanggal 29 November 2026, pukul 06.00 WIB".
_MOST_PARTS = 12

_MONTHS = (
    "jan(?:uar[iy])?|feb(?:ruar[iy])?|mar(?:et|ch)?|apr(?:il)?|mei|may|jun[ie]?|jul[iy]?|"
    "agt|agu(?:stus)?|aug(?:ust)?|sep(?:t(?:ember)?)?|o[kc]t(?:ober)?|nov(?:ember)?|de[sc](?:ember)?"
)
_NUMBERS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "mei": 5, "may": 5, "jun": 6, "jul": 7, "agt": 8,
    "agu": 8, "aug": 8, "sep": 9, "okt": 10, "oct": 10, "nov": 11, "des": 12, "dec": 12,
}  # fmt: skip
_APART = {"besok": 1, "esok": 1, "tomorrow": 1, "lusa": 2}

_UNTIL = re.compile(r"(?<!\w)(?:sampai|hingga|s\.d\.|s/d|until|till)(?!\w)", re.I)
_PART = re.compile(
    rf"""[\s,()]*(?:
        (?P<day>\d{{1,2}})\s+(?P<month>{_MONTHS})\.?(?:\s+(?P<year>20\d\d))?
        | (?P<digits>\d{{1,2}}[/-]\d{{1,2}}(?:[/-]20\d\d)?)(?![/-])
        | (?P<hour>\d{{1,2}})[.:](?P<minute>\d\d)(?![.:]?\d)
        | (?:pukul|jam)\s+(?P<whole>\d{{1,2}})(?![.:]?\d)
        | (?P<near>hari\s+ini|malam\s+ini|nanti\s+malam|besok|esok|lusa|today|tonight|tomorrow)
        | (?P<weekday>{"|".join(_WEEKDAYS)})(?!\s+(?:depan|lalu))
        | (?P<half>pagi|siang|sore|petang|malam|am|pm)
        | (?P<clock>pukul|jam|wib|wita|wit)
        | (?:dengan|tanggal|tgl\.?|hari|pada|nanti|on|at)
    )(?!\w)""",
    re.I | re.X,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedEnd:
    """A moment that a text names after "until". ``minutes`` are those since midnight."""

    said: str
    day: date | None
    minutes: int | None

    @property
    def moment(self) -> datetime | None:
        """On the clock of the readers; None where the day or the hour is not named."""
        if self.day is None or self.minutes is None:
            return None
        return datetime.combine(self.day, time.min) + timedelta(minutes=self.minutes)

    def is_to_come(self, at: datetime) -> bool:
        """ "Hingga pukul 14.00 tercatat 30 rumah" is no end of what goes out at 16.00."""
        if self.minutes is None:
            return self.day is not None and self.day >= at.date()
        day = datetime.combine(self.day or at.date(), time.min)
        return day + timedelta(minutes=self.minutes) > at

    def is_other_than(self, end: datetime) -> bool:
        """As far as it is named: "sampai 29 November" is also the midnight that ends this day."""
        if self.moment is not None:
            return self.moment != end
        if self.minutes is not None:
            return self.minutes % _DAY_IN_MINUTES != end.hour * 60 + end.minute
        return self.day not in {end.date(), (end - timedelta(minutes=1)).date()}


def tells(words: str, end: datetime, at: datetime) -> bool:
    """Whether the hour of ``end`` stands in ``words``, and its day where that is not the day of
    ``at``, on which it goes out. Both are in the zone of the readers."""
    clock = end.replace(tzinfo=None)
    if any(named.moment == clock for named in _named_ends(words, at)):
        return True
    if not _hour(end).search(words):
        return False
    return end.date() == at.date() or _day(end, at).search(words) is not None


def other_end(words: str, end: datetime, at: datetime) -> str:
    """Where ``words`` say "until" and then another moment to come than ``end``: these words.

    Beside the right end only a whole moment is another one: "sampai pukul 15.00 air masih naik" may
    well stand there. Both are in the zone of the readers."""
    clock, now = end.replace(tzinfo=None), at.replace(tzinfo=None)
    is_told = tells(words, end, at)
    for named in _named_ends(words, at):
        is_enough = named.moment is not None or not is_told
        if is_enough and named.is_other_than(clock) and named.is_to_come(now):
            return named.said
    return ""


def _named_ends(words: str, at: datetime) -> Iterator[NamedEnd]:
    for until in _UNTIL.finditer(words):
        stop, parts = until.end(), dict[str, str]()
        place = stop
        for _number in range(_MOST_PARTS):
            if (part := _PART.match(words, place)) is None:
                break
            place, found = part.end(), {k: v for k, v in part.groupdict().items() if v}
            if found:
                stop = place
            parts |= {key: value.lower() for key, value in found.items() if key not in parts}
        day, minutes = _day_of(parts, at.date()), _minutes_of(parts)
        # "Hingga 1.50 meter" is no hour.
        if minutes is not None and day is None and not parts.keys() & {"clock", "whole"}:
            continue
        if day is not None or minutes is not None:
            yield NamedEnd(said=words[until.start() : stop], day=day, minutes=minutes)


def _day_of(parts: dict[str, str], today: date) -> date | None:
    if "day" in parts:
        named = [int(parts["day"]), _NUMBERS[parts["month"][:3]], int(parts.get("year", 0))]
    elif "digits" in parts:
        named = [*map(int, re.split("[/-]", parts["digits"])), 0]
    elif "near" in parts:
        return today + timedelta(days=_APART.get(parts["near"], 0))
    elif "weekday" in parts:
        number = next(i for i, one in enumerate(_WEEKDAYS) if re.fullmatch(one, parts["weekday"]))
        return today + timedelta(days=(number - today.weekday()) % 7)
    else:
        return None
    day, month, year = named[:3]
    try:
        # Without a year it is the nearest: in December, January is that of the next year.
        return date(year or today.year + (month < today.month - 6), month, day)
    except ValueError:
        return None


def _minutes_of(parts: dict[str, str]) -> int | None:
    """18.00, "pukul 18", "jam 6 sore", "malam ini jam 8"."""
    if not parts.keys() & {"hour", "whole"}:
        return None
    hour, minute = int(parts.get("hour") or parts["whole"]), int(parts.get("minute", 0))
    half = parts.get("half") or ("malam" if "malam" in parts.get("near", "") else "")
    first = {"siang": 1, "sore": 1, "petang": 1, "pm": 1, "malam": 6}.get(half)
    last = {"siang": 4, "malam": 12}.get(half, 11)
    if first is not None and first <= hour <= last:
        hour += 12
    return hour * 60 + minute if hour * 60 + minute <= _DAY_IN_MINUTES and minute < 60 else None


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
