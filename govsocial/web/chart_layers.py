"""Vega-Lite layers of a chart over days: line, latest value, target and breaks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from django.utils.translation import gettext

from govsocial.web import svg
from govsocial.web.chart_look import Spec

Value = int | float | None


def rows(points: Sequence[tuple[date, Value]]) -> Spec:
    return {"values": [{"day": day.isoformat(), "value": value} for day, value in points]}


def line_layer(points: Sequence[tuple[date, Value]], breaks: Collection[date]) -> Spec:
    mark: Spec = {"type": "line", "color": svg.ACCENT, "strokeWidth": 2, "strokeJoin": "round"}
    if len(points) <= 60:
        mark["point"] = {"size": 16, "filled": True, "color": svg.ACCENT, "opacity": 1}
    if not breaks:
        return {"data": rows(points), "mark": mark}
    parts = [
        {"day": day.isoformat(), "value": value, "part": sum(one <= day for one in breaks)}
        for day, value in points
    ]
    detail = {"detail": {"field": "part", "type": "nominal"}}
    return {"data": {"values": parts}, "mark": mark, "encoding": detail}


def break_words() -> str:
    return gettext("counted in another way from here")


def break_layers(days: Sequence[date]) -> list[Spec]:
    """A rule where the platform began to count in another way, named at its foot."""
    if not days:
        return []
    at = {"x": {"field": "day", "type": "temporal"}}
    last = {"type": "text", "align": "right", "baseline": "bottom", "dx": -4, "dy": -3}
    return [
        {
            "data": {"values": [{"day": day.isoformat()} for day in days]},
            "mark": {"type": "rule", "color": svg.MUTED, "strokeDash": [2, 3]},
            "encoding": {**at, "y": {"value": 0}, "y2": {"value": "height"}},
        },
        {
            "data": {"values": [{"day": days[-1].isoformat()}]},
            "mark": {**last, "color": svg.MUTED, "text": break_words()},
            "encoding": {**at, "y": {"value": "height"}},
        },
    ]


def last_layer(last: tuple[date, float], words: str | None) -> Spec:
    """The latest value in words, in the margin that the axis leaves at the right."""
    mark = {
        "type": "text",
        "align": "left",
        "dx": 7,
        "fontWeight": 600,
        "color": svg.TEXT,
        "text": words,
    }
    return {"data": rows([last]), "mark": mark}


def target_layers(target: float, words: str | None, last: float | None) -> Spec:
    """The target as a rule, named at its end on the side where the latest value is not."""
    above = last is None or last < target
    mark = {
        "align": "right",
        "baseline": "bottom" if above else "top",
        "dy": -4 if above else 5,
        "color": svg.MUTED,
        "type": "text",
        "text": gettext("target %(value)s") % {"value": words},
    }
    # First an outline in the colour of the card, so that it can be read across the line.
    outline = {**mark, "stroke": svg.SURFACE, "strokeWidth": 4, "strokeJoin": "round"}
    at_the_end = {"x": {"value": "width"}}
    return {
        "data": {"values": [{"value": target}]},
        "encoding": {"y": {"field": "value", "type": "quantitative"}},
        "layer": [
            {
                "mark": {"type": "rule", "color": svg.MUTED, "strokeDash": [5, 4]},
                "encoding": {"x": {"value": 0}, "x2": {"value": "width"}},
            },
            {"mark": outline, "encoding": at_the_end},
            {"mark": mark, "encoding": at_the_end},
        ],
    }
