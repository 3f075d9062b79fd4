"""How dates, times and numbers read: ``22 November 2026``, ``14.30 WIB``, ``1.234.567,89``.

Every time is shown in the zone that is active for the request (the person's unit), or in the zone
given to the filter. None is never shown as zero or as a dash: see ``given``. A half is rounded up,
as spreadsheets do and as people check it.
"""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta
from datetime import tzinfo as TimeZone
from decimal import ROUND_HALF_UP, Decimal, localcontext
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_timedelta
from babel.numbers import format_compact_decimal, format_decimal, format_percent
from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from govsocial.web.counting import MOST_COUNTED

register = template.Library()

Number = int | float | Decimal
Zone = TimeZone | str | None

# Indonesia's legal zones by their distance from UTC (Keputusan Presiden 41/1987).
_ZONE_NAMES = {7: "WIB", 8: "WITA", 9: "WIT"}
_CENT = Decimal("0.01")


def locale() -> Locale:
    """Babel's locale of the active language; English in the British order of day and month."""
    return Locale.parse("id" if (get_language() or "id").startswith("id") else "en_GB")


def _local(value: datetime, zone: Zone = None) -> datetime:
    # What a template was not given is an empty word there.
    chosen = ZoneInfo(zone) if zone and isinstance(zone, str) else zone or None
    return timezone.localtime(value, chosen or timezone.get_current_timezone())


def zone_name(value: datetime) -> str:
    """WIB, WITA, WIT; elsewhere the distance from UTC."""
    offset = value.utcoffset() or timedelta()
    hours, rest = divmod(int(offset.total_seconds()), 3600)
    name = None if rest else _ZONE_NAMES.get(hours)
    return name or (value.strftime("UTC%z") if offset else "UTC")


def _day(value: date, zone: Zone) -> date:
    return _local(value, zone).date() if isinstance(value, datetime) else value


@register.filter
def date_long(value: date | None, zone: Zone = None) -> str:
    """``22 November 2026``; empty for None."""
    return "" if value is None else format_date(_day(value, zone), "d MMMM y", locale=locale())


@register.filter
def date_short(value: date | None, zone: Zone = None) -> str:
    """``22 Nov``, in another year than the present one ``22 Nov 2025``; empty for None."""
    if value is None:
        return ""
    day = _day(value, zone)
    pattern = "d MMM" if day.year == _day(timezone.now(), zone).year else "d MMM y"
    return format_date(day, pattern, locale=locale())


@register.filter
def date_full(value: date | None, zone: Zone = None) -> str:
    """``Minggu, 22 November 2026``; empty for None."""
    pattern = "EEEE, d MMMM y"
    return "" if value is None else format_date(_day(value, zone), pattern, locale=locale())


@register.filter
def clock(value: datetime | None, zone: Zone = None) -> str:
    """``14.30 WIB``, in English ``14:30 WIB``; empty for None."""
    if value is None:
        return ""
    local = _local(value, zone)
    return f"{_hours(local)} {zone_name(local)}"


def _hours(local: datetime) -> str:
    return local.strftime("%H.%M" if locale().language == "id" else "%H:%M")


@register.filter
def hours(value: datetime | None, zone: Zone = None) -> str:
    """``14.30``: for columns whose head names the zone."""
    return "" if value is None else _hours(_local(value, zone))


@register.filter
def moment(value: datetime | None, zone: Zone = None) -> str:
    """``22 November 2026 14.30 WIB``; empty for None."""
    return "" if value is None else f"{date_long(value, zone)} {clock(value, zone)}"


@register.filter
def moment_short(value: datetime | None, zone: Zone = None) -> str:
    """``22 Nov 14.30 WIB``, with the year when it is not the present one; empty for None."""
    return "" if value is None else f"{date_short(value, zone)} {clock(value, zone)}"


@register.filter
def until_day(value: datetime | None, zone: Zone = None) -> str:
    """Of an end: ``30 November 2026`` where it is the midnight after that day, as of what was given
    until a last day; else as ``moment``."""
    if value is None or _local(value, zone).time() != time.min:
        return moment(value, zone)
    return date_long(value - timedelta(days=1), zone)


@register.filter
def until_day_short(value: datetime | None, zone: Zone = None) -> str:
    """The same as ``moment_short`` has it."""
    if value is None or _local(value, zone).time() != time.min:
        return moment_short(value, zone)
    return date_short(value - timedelta(days=1), zone)


@register.filter
def ago(value: datetime | None) -> str:
    """``2 jam yang lalu``, ``dalam 3 hari``: only beside the absolute time."""
    if value is None:
        return ""
    return format_timedelta(
        value - datetime.now(UTC), add_direction=True, locale=locale(), threshold=1.2
    )


@register.filter
def waited(value: datetime | None) -> str:
    """``2 jam``: how long something has been waiting since; only beside the absolute time. Empty
    under a minute: seconds are old before they are read."""
    if value is None or (time := datetime.now(UTC) - value) < timedelta(minutes=1):
        return ""
    return format_timedelta(time, locale=locale(), threshold=1.2)


@register.simple_tag
def when(
    value: datetime | None, *, zone: Zone = None, short: bool = False, relative: bool = False
) -> SafeString | str:
    """A ``<time>`` with the absolute time, and the relative one beside it on request."""
    if value is None:
        return ""
    absolute = moment_short(value, zone) if short else moment(value, zone)
    element = format_html(
        '<time datetime="{}">{}</time>', value.astimezone(UTC).isoformat(), absolute
    )
    if not relative:
        return element
    return format_html('{} <span class="muted">({})</span>', element, ago(value))


@register.filter
def number(value: Number | None, decimals: int | None = None) -> str:
    """``1.234.567,89``; with ``decimals`` always that many places. Empty for None: use ``given``
    where a platform might not have answered."""
    if value is None:
        return ""
    pattern = "#,##0.##" if decimals is None else "#,##0" + ("." + "0" * decimals) * bool(decimals)
    with localcontext(rounding=ROUND_HALF_UP):
        return format_decimal(value, pattern, locale=locale())


@register.filter
def counted(value: int) -> str:
    """How many a search found: ``1.234``, or ``10.000+`` where no more were counted."""
    return f"{number(min(value, MOST_COUNTED))}{'+' if value > MOST_COUNTED else ''}"


@register.filter
def rupiah(value: Number | None) -> str:
    """``Rp1.250.000``, with sen only where there are some; empty for None."""
    if value is None:
        return ""
    sign = "−" if value < 0 else ""
    return f"{sign}Rp{number(-value if sign else value)}"


@register.filter
def dollars(value: Number | None) -> str:
    """US dollars: ``US$12,50``, in English ``$12.50``; empty for None.

    In cents, as money is written: three places after a comma are read as thousands. What would be
    nothing in cents has the places that it needs: ``US$0,005``.
    """
    is_less_than_a_cent = value is not None and value != 0 and -_CENT < value < _CENT
    return _in_dollars(value, 6 if is_less_than_a_cent else 2)


@register.filter
def dollars_each(value: Number | None) -> str:
    """The price of one call in US dollars, never rounded: ``US$0,20`` and ``US$0,015``."""
    return _in_dollars(value, 6)


def _in_dollars(value: Number | None, most: int) -> str:
    """With two places at least and ``most`` of them at most: six are all that are kept."""
    if value is None:
        return ""
    sign = "US$" if locale().language == "id" else "$"
    with localcontext(rounding=ROUND_HALF_UP):
        return sign + format_decimal(value, "#,##0.00" + "#" * (most - 2), locale=locale())


@register.filter
def signed(value: Number | None, decimals: int | None = None) -> str:
    """``+1.234`` or the same with a minus sign: for changes."""
    if value is None:
        return ""
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return sign + number(-value if value < 0 else value, decimals)


@register.filter
def percent(value: Number | None, decimals: int = 1) -> str:
    """A ratio as percent: ``0.125`` is ``12,5%``."""
    if value is None:
        return ""
    pattern = "#,##0" + ("." + "0" * decimals) * bool(decimals) + "%"
    with localcontext(rounding=ROUND_HALF_UP):
        return format_percent(value, pattern, locale=locale())


@register.filter
def share(value: Number | None, decimals: int = 0) -> str:
    """Like ``percent``; ``100%`` and ``0%`` only for all and none, else ``99,9%`` and ``<1%``."""
    if value is None or value in {0, 1}:
        return percent(value, 0)
    least = 10.0 ** -(decimals + 2)
    if 0 < value < least / 2:
        return f"<{percent(least, decimals)}"
    if 1 - least / 2 <= value < 1:
        decimals = max(decimals, 1)
        value = min(value, 1 - 10.0 ** -(decimals + 2))
    return percent(value, decimals)


@register.filter
def compact(value: Number | None) -> str:
    """``6,8 juta``; below ten thousand in full."""
    if value is None:
        return ""
    if -10_000 < value < 10_000:
        return number(value, 0)
    with localcontext(rounding=ROUND_HALF_UP):
        return format_compact_decimal(
            Decimal(str(value)), format_type="long", locale=locale(), fraction_digits=1
        )


@register.filter
def duration(value: timedelta | Number | None) -> str:
    """``9 jam 40 m`` from a timedelta or seconds: the two largest parts."""
    if value is None:
        return ""
    seconds = value.total_seconds() if isinstance(value, timedelta) else float(value)
    minutes = math.floor(seconds / 60 + 0.5)
    days, minutes = divmod(minutes, 1440)
    full_hours, minutes = divmod(minutes, 60)
    if days:
        return gettext("%(days)s d %(hours)s h") % {"days": number(days), "hours": full_hours}
    if full_hours:
        return gettext("%(hours)s h %(minutes)s min") % {"hours": full_hours, "minutes": minutes}
    return gettext("%(minutes)s min") % {"minutes": minutes}


def not_given() -> SafeString:
    return format_html('<span class="not-given">{}</span>', gettext("not given by the platform"))


@register.filter
def given(value: object, decimals: int | None = None) -> SafeString | str:
    """A number as ``number`` writes it, or the words that the platform did not give it."""
    if value is None:
        return not_given()
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return number(value, decimals)
    return str(value)


@register.filter
def given_percent(value: Number | None, decimals: int = 1) -> SafeString | str:
    """``percent``, or the words that the platform did not give it."""
    return not_given() if value is None else percent(value, decimals)
