"""The look and the words of every chart: Vega's configuration and Babel's names of days."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from babel import Locale
from babel.dates import get_day_names, get_month_names

from govsocial.web import svg
from govsocial.web.templatetags.formats import locale

Spec = dict[str, Any]


def number_locale() -> Spec:
    symbols = locale().number_symbols["latn"]
    return {
        "decimal": symbols["decimal"],
        "thousands": symbols["group"],
        "grouping": [3],
        "currency": ["", ""],
    }


@lru_cache(maxsize=4)
def time_locale(name: str) -> Spec:
    babel = Locale.parse(name)

    def week(width: str) -> list[str]:
        names = get_day_names(width, locale=babel)  # type: ignore[arg-type]  # "wide" etc.
        # d3 starts on Sunday, Babel on Monday.
        return [names[6], *(names[day] for day in range(6))]

    def months(width: str) -> list[str]:
        names = get_month_names(width, locale=babel)  # type: ignore[arg-type]  # "wide" etc.
        return [names[month] for month in range(1, 13)]

    return {
        "dateTime": "%A, %e %B %Y %X",
        "date": "%e %B %Y",
        "time": "%H.%M" if babel.language == "id" else "%H:%M",
        "periods": ["AM", "PM"],
        "days": week("wide"),
        "shortDays": week("abbreviated"),
        "months": months("wide"),
        "shortMonths": months("abbreviated"),
    }


CONFIG: Spec = {
    "background": None,
    "padding": 4,
    "font": "sans-serif",
    "view": {"stroke": None},
    "text": {"fontSize": 12},
    "axis": {
        "domain": False,
        "gridColor": svg.LINE,
        "labelColor": svg.MUTED,
        "labelFontSize": 12,
        "labelPadding": 8,
        "tickColor": svg.LINE,
        "tickSize": 4,
        "title": None,
    },
    "axisX": {"domain": True, "domainColor": svg.LINE},
    "axisY": {"ticks": False},
}
