"""A chart of wholes and of how much of each is there, week by week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from babel.dates import format_date
from django.utils.translation import gettext

from govsocial.web import svg
from govsocial.web.chart_look import Spec
from govsocial.web.charts import SIZES, Chart
from govsocial.web.templatetags.formats import locale, number

Point = tuple[date, date, int, int | None]
# The most bars of a picture under which numbers have room.
_MOST_NAMED = {"narrow": 6, "column": 14, "full": 20}


def parts_of_wholes(
    *,
    title: str,
    points: Sequence[Point],
    whole_label: str,
    part_label: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
) -> Chart:
    """For each week, or part of one, named by its first and last day, its whole as a pale bar, and
    the part of it that is there as a full one within.

    A part of None is not known yet: the whole stands alone. ``columns`` and ``rows`` are the table.
    """
    return Chart(
        title=title,
        description="; ".join(_words(point, whole_label, part_label) for point in points),
        specs={
            name: _spec(size, points, whole_label, part_label, _MOST_NAMED[name])
            for name, size in SIZES.items()
        },
        columns=columns,
        rows=rows,
    )


def _words(point: Point, whole_label: str, part_label: str) -> str:
    first, last, whole, part = point
    said = f"{_week(first, last, 'MMMM')}: {whole_label} {number(whole)}"
    return said if part is None else f"{said}, {part_label} {number(part)}"


def _week(first: date, last: date, month: str) -> str:
    """Its first and last day, ``2-8 Nov``: the first alone reads as if the bar were of that day."""
    ends = format_date(last, f"d {month}", locale=locale())
    if first == last:
        return ends
    pattern = "d" if first.month == last.month else f"d {month}"
    return f"{format_date(first, pattern, locale=locale())}–{ends}"


def _spec(
    size: tuple[int, int], points: Sequence[Point], whole_label: str, part_label: str, named: int
) -> Spec:
    """Bars of two kinds over one another; the legend tells them apart by fill and outline."""
    colour = {
        kind: {
            "field": "kind",
            "type": "nominal",
            "title": None,
            "scale": {"domain": [whole_label, part_label], "range": [of_whole, svg.ACCENT]},
            "legend": {
                "orient": "top",
                "direction": "horizontal",
                "symbolType": "square",
                "labelColor": svg.TEXT,
                "labelFontSize": 12,
                "labelLimit": 160,
            },
        }
        for kind, of_whole in (("fill", svg.SUNKEN), ("stroke", svg.MUTED))
    }
    days = [_week(first, last, "MMM") for first, last, _whole, _part in points]
    bars = [
        {"day": label, "kind": kind, "value": value}
        for label, (_first, _last, whole, part) in zip(days, points, strict=True)
        for kind, value in ((whole_label, whole), (part_label, part))
        # Of nothing not even an outline is drawn.
        if value
    ]
    step = max(1, -(-len(days) // max(2, size[0] // 96)))
    axis = {"values": days[::step], "labelAngle": 0, "ticks": False, "grid": False}
    layers = [
        _bars(bars, whole_label, 0.2, colour),
        _bars(bars, part_label, 0.45, colour),
        *([_names(days, points)] if len(days) <= named else []),
    ]
    highest = max((whole for _first, _last, whole, _part in points), default=0) or 1
    return {
        "width": size[0],
        "height": size[1],
        "autosize": {"type": "fit", "contains": "padding"},
        "encoding": {
            "x": {
                "field": "day",
                "type": "nominal",
                "sort": None,
                "scale": {"domain": days},
                "axis": axis,
            },
            "y": {
                "field": "value",
                "type": "quantitative",
                "scale": {"domain": [0, highest * 1.15]},
                "axis": {"format": ",.0f", "tickCount": min(4, highest), "tickMinStep": 1},
            },
        },
        "layer": layers,
    }


def _bars(bars: list[Spec], kind: str, padding: float, colour: Spec) -> Spec:
    """Narrower than those behind them: what they cover is seen on both sides."""
    return {
        "data": {"values": [bar for bar in bars if bar["kind"] == kind]},
        "mark": {"type": "bar", "width": {"band": 1 - padding}, "strokeWidth": 1},
        "encoding": colour,
    }


def _names(days: Sequence[str], points: Sequence[Point]) -> Spec:
    told = [
        {
            "day": label,
            "value": whole,
            "words": number(whole)
            if part is None or not whole
            else gettext("%(part)s of %(whole)s") % {"part": number(part), "whole": number(whole)},
        }
        for label, (_first, _last, whole, part) in zip(days, points, strict=True)
    ]
    return {
        "data": {"values": told},
        "mark": {"type": "text", "baseline": "bottom", "dy": -4, "color": svg.TEXT},
        "encoding": {"text": {"field": "words"}},
    }
