"""Charts as SVG, drawn on the server from Vega-Lite by vl-convert, each with its table.

``line`` and ``bars`` build a ``Chart``; ``respond`` answers its address. What is drawn is cached
by the digest of its specification. The picture takes its colours from the custom properties of the
page, so it follows light, dark and print; ``draw_static`` gives fixed colours for documents.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import vl_convert
from babel.dates import format_date
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from govsocial.web import chart_layers as layers
from govsocial.web import svg
from govsocial.web.chart_look import CONFIG, Spec, number_locale, time_locale
from govsocial.web.templatetags.formats import locale, number

Value = layers.Value

# Drawn once per width of its place, so that its words keep their size: phone, column, full page.
SIZES = {"narrow": (330, 220), "column": (580, 236), "full": (960, 300)}
_TICKS = {"narrow": 4, "column": 7, "full": 12}
_VEGA_LITE = "v5.20"
# Pictures for pages without JavaScript: ``?picture=narrow-dark``.
_COLOURS = {"light": svg.fixed_colours, "dark": svg.dark_colours}
# Raised when the drawing itself changes, so that old pictures leave the cache.
_EDITION = 4
_CLOCK = {"id": "%H.%M", "en": "%H:%M"}
_CACHE_SECONDS = int(timedelta(days=7).total_seconds())


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A question, its picture (a Vega-Lite spec per size) and its numbers.

    ``rows`` holds the label first; a None in it reads "not given by the platform".
    """

    title: str
    description: str
    specs: Mapping[str, Spec]
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A chart as ``components/chart_figure.html`` shows it."""

    title: str
    pictures: Sequence[tuple[str, SafeString]]
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


def respond(request: HttpRequest, chart: Chart) -> HttpResponse:
    """Answer a chart's address: the figure for htmx, a page of its own for whoever follows a link,
    and with ``?picture=column-light`` the picture alone, for a page without JavaScript."""
    size, _dash, theme = request.GET.get("picture", "").partition("-")
    if size in chart.specs and theme in _COLOURS:
        picture = _picture(chart, chart.specs[size], _COLOURS[theme])
        return HttpResponse(picture, content_type="image/svg+xml")
    fragment = request.headers.get("HX-Request") == "true"
    template = "components/chart_figure.html" if fragment else "web/chart_page.html"
    response = render(request, template, {"chart": draw(chart)})
    patch_vary_headers(response, ["HX-Request"])
    return response


def draw(chart: Chart) -> Drawn:
    return Drawn(
        title=chart.title,
        pictures=[
            (size, _picture(chart, spec, svg.page_colours)) for size, spec in chart.specs.items()
        ],
        columns=chart.columns,
        rows=chart.rows,
    )


def draw_static(chart: Chart) -> str:
    """The column picture in the light theme's fixed colours, for a report on paper."""
    return str(_picture(chart, chart.specs["column"], svg.fixed_colours))


def _picture(chart: Chart, spec: Spec, colours: svg.Colours) -> SafeString:
    content = json.dumps([_EDITION, spec, chart.title, chart.description, str(locale())])
    digest = hashlib.sha256(content.encode()).hexdigest()
    key = f"chart:{colours.__name__}:{digest}"
    drawn: str | None = cache.get(key)
    if drawn is None:
        raw = vl_convert.vegalite_to_svg(
            spec,
            vl_version=_VEGA_LITE,
            config=CONFIG,
            # The data stands in the spec; nothing may be fetched.
            allowed_base_urls=[],
            format_locale=number_locale(),
            time_format_locale=time_locale(str(locale())),
        )
        drawn = svg.clean(raw, title=chart.title, description=chart.description, colours=colours)
        cache.set(key, drawn, _CACHE_SECONDS)
    return mark_safe(drawn)  # noqa: S308  # svg.clean lets only drawing elements through


def line(
    *,
    title: str,
    points: Sequence[tuple[date, Value]],
    value_label: str,
    unit: str = "",
    target: float | None = None,
    decimals: int = 0,
    from_zero: bool = False,
    gap_label: str = "",
    breaks: Collection[date] = (),
) -> Chart:
    """A value over days, or over moments of a few days, oldest first.

    A moment is the local time marked as UTC: charts know no zones.

    None is a gap, drawn as one and named: "not collected", or what ``gap_label`` says. From each
    day of ``breaks`` on, the value means something else: the line ends before it and begins anew.
    """
    gap_words = gap_label or gettext("not collected")
    given = [(day, value) for day, value in points if value is not None]
    suffix = unit if unit == "%" else f" {unit}" if unit else ""

    def words(value: Value) -> str | None:
        return None if value is None else f"{number(value, decimals)}{suffix}"

    last = given[-1][1] if given else None
    latest = words(last)

    def spec(size: tuple[int, int], ticks: int) -> Spec:
        return _frame(
            size,
            [
                *_gap_layers(points, gap_words),
                *layers.break_layers([day for day, _value in points if day in breaks]),
                *([layers.line_layer(points, breaks)] if given else []),
                *(
                    [layers.target_layers(target, words(target), last)]
                    if target is not None
                    else []
                ),
                *([layers.last_layer(given[-1], latest)] if given else []),
            ],
            x=_day_axis([day for day, _value in points], ticks, margin=8 * len(latest or "") + 6),
            y={
                "field": "value",
                "type": "quantitative",
                "scale": {"zero": from_zero, "nice": True},
                "axis": {
                    "format": f",.{decimals}f" if decimals < 2 else f",.{decimals}~f",
                    "tickCount": 4,
                    **({"labelExpr": "datum.label + '%'"} if unit == "%" else {}),
                },
            },
        )

    return Chart(
        title=title,
        description=" ".join(
            [
                _line_description(given, len(points) - len(given), words, target),
                *(
                    gettext("From %(day)s on the platform counts in another way.")
                    % {"day": _day_words(day)}
                    for day in sorted(breaks)
                ),
            ]
        ),
        specs={name: spec(size, _TICKS[name]) for name, size in SIZES.items()},
        columns=[gettext("Date"), value_label],
        rows=[
            (
                _day_words(day),
                " · ".join(
                    [words(value) or gap_words, *([layers.break_words()] if day in breaks else [])]
                ),
            )
            for day, value in points
        ],
    )


def bars(
    *,
    title: str,
    values: Sequence[tuple[str, Value]],
    value_label: str,
    unit: str = "",
    decimals: int = 0,
) -> Chart:
    """Values by name, in the given order. None keeps its row and says so in words."""
    suffix = unit if unit == "%" else f" {unit}" if unit else ""
    absent = gettext("not given by the platform")
    data = [
        {
            "name": name,
            "value": value or 0,
            "words": absent if value is None else f"{number(value, decimals)}{suffix}",
        }
        for name, value in values
    ]
    highest = max((value or 0 for _name, value in values), default=0) or 1

    def spec(width: int, label_limit: int) -> Spec:
        encoding = {
            "y": {
                "field": "name",
                "type": "nominal",
                "sort": None,
                "axis": {"labelLimit": label_limit, "ticks": False, "labelPadding": 8},
                "scale": {"paddingInner": 0.45, "paddingOuter": 0.2},
            },
            "x": {
                "field": "value",
                "type": "quantitative",
                "axis": None,
                # Room for the words at the end of the longest bar.
                "scale": {"domain": [0, highest * 1.3]},
            },
        }
        return {
            "data": {"values": data},
            "width": width,
            "height": max(60, 34 * len(data)),
            "autosize": {"type": "fit", "contains": "padding"},
            "encoding": encoding,
            "layer": [
                {"mark": {"type": "bar", "color": svg.ACCENT, "cornerRadiusEnd": 3}},
                {
                    "mark": {"type": "text", "align": "left", "dx": 6, "color": svg.TEXT},
                    "encoding": {"text": {"field": "words"}},
                },
            ],
        }

    return Chart(
        title=title,
        description="; ".join(f"{row['name']}: {row['words']}" for row in data),
        specs={
            name: spec(width, 110 if name == "narrow" else 220)
            for name, (width, _height) in SIZES.items()
        },
        columns=["", value_label],
        rows=[
            (name, None if value is None else f"{number(value, decimals)}{suffix}")
            for name, value in values
        ],
    )


def _line_description(given: Any, gaps: int, words: Any, target: float | None) -> str:
    if not given:
        return gettext("No data has been collected.")
    values = [value for _day, value in given]
    parts = [
        gettext("From %(first)s to %(last)s; lowest %(low)s, highest %(high)s, latest %(latest)s.")
        % {
            "first": _day_words(given[0][0]),
            "last": _day_words(given[-1][0]),
            "low": words(min(values)),
            "high": words(max(values)),
            "latest": words(values[-1]),
        }
    ]
    if target is not None:
        parts.append(gettext("The target is %(target)s.") % {"target": words(target)})
    if gaps:
        parts.append(gettext("Days or weeks not collected: %(count)s.") % {"count": gaps})
    return " ".join(parts)


def _frame(size: tuple[int, int], layers: list[Spec], *, x: Spec, y: Spec) -> Spec:
    return {
        "width": size[0],
        "height": size[1],
        "autosize": {"type": "fit", "contains": "padding"},
        "encoding": {"x": x, "y": y},
        "layer": layers,
    }


def gaps(points: Sequence[tuple[date, Value]]) -> list[tuple[date, date]]:
    """Stretches without a value, from the last given day to the next one."""
    known = [index for index, (_day, value) in enumerate(points) if value is not None]
    edges = [-1, *known, len(points)] if points else []
    found = []
    for before, after in pairwise(edges):
        if after - before > 1:
            found.append((points[max(before, 0)][0], points[min(after, len(points) - 1)][0]))
    return found


def _gap_layers(points: Sequence[tuple[date, Value]], words: str) -> list[Spec]:
    found = gaps(points)
    if not found:
        return []
    bands = [{"from": start.isoformat(), "to": end.isoformat()} for start, end in found]
    widest = max(found, key=lambda gap: gap[1] - gap[0])
    middle = widest[0] + (widest[1] - widest[0]) / 2
    return [
        {
            "data": {"values": bands},
            "mark": {"type": "rect", "color": svg.SUNKEN},
            "encoding": {
                "x": {"field": "from", "type": "temporal"},
                "x2": {"field": "to"},
                "y": {"value": 0},
                "y2": {"value": "height"},
            },
        },
        {
            "data": {"values": [{"day": middle.isoformat()}]},
            "mark": {
                "type": "text",
                "baseline": "top",
                "dy": 3,
                "color": svg.MUTED,
                "text": words,
            },
            "encoding": {
                "x": {"field": "day", "type": "temporal"},
                "y": {"value": 0},
            },
        },
    ]


def _day_axis(days: Sequence[date], ticks: int, margin: int) -> Spec:
    marks, pattern = _ticks(days, ticks)
    return {
        "field": "day",
        "type": "temporal",
        "scale": {"type": "utc", "range": [0, {"expr": f"width - {margin}"}]},
        "axis": {
            "values": [mark.isoformat() for mark in marks],
            "format": pattern,
            "grid": False,
            "labelOverlap": True,
        },
    }


def _ticks(days: Sequence[date], ticks: int) -> tuple[list[date], str]:
    """Month starts over months, even days below that."""
    if not days:
        return [], "%b"
    first, last = min(days), max(days)
    months = []
    month = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    while month <= last:
        months.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    if len(months) >= 3:
        step = -(-len(months) // ticks)
        return months[::step], "%b %Y" if len(months) > 14 else "%b"
    distinct = sorted(set(days))
    step = -(-len(distinct) // ticks)
    if isinstance(first, datetime):
        return distinct[::step], f"%-d %b {_CLOCK[locale().language]}"
    return distinct[::step], "%-d %b"


def _day_words(day: date) -> str:
    words = format_date(day, "d MMMM y", locale=locale())
    clock = day.strftime(f" {_CLOCK[locale().language]}") if isinstance(day, datetime) else ""
    return words + clock
