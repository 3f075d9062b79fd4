"""Numbers and JSON as platforms write them outside of what a model checks: headers, reports.

Nothing here raises: what cannot be meant is not told (None, or nothing at all).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pydantic_core

LARGEST = 2**62
"""No count of anything is larger, and no column holds more."""


def json_object(text: str | None) -> Mapping[str, Any]:
    """The object in a header; empty where it holds none, however deep or large it is."""
    try:
        value = pydantic_core.from_json(text or "{}", allow_inf_nan=False)
    except ValueError:
        return {}
    return value if isinstance(value, Mapping) else {}


def number(value: object) -> float | None:
    """A finite number; None for truth values, other types and what is beyond any count."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) <= LARGEST and math.isfinite(value) else None


def whole(value: object) -> int | None:
    """A number as a whole one, also where it is written as ``42.0``; None as ``number`` does."""
    if number(value) is None or not isinstance(value, int | float):
        return None
    return int(value)
