"""Payloads as the platform sent them, each kept once.

A post keeps the payload as first seen; a capture keeps only what differs from it, which mostly is
its counters. ``restore`` gives back exactly what a capture received.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

# Keys of the first payload that a later one no longer has.
ABSENT = "-"


def difference(first: Mapping[str, Any], payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return what has to be kept of ``payload`` beside ``first``."""
    kept = {key: value for key, value in payload.items() if key not in first or first[key] != value}
    absent = sorted(first.keys() - payload.keys())
    if absent:
        kept[ABSENT] = absent
    return kept


def restore(first: Mapping[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return the payload that ``difference`` was taken of."""
    absent = set(kept.get(ABSENT, ()))
    whole = {key: value for key, value in first.items() if key not in absent}
    return whole | {key: value for key, value in kept.items() if key != ABSENT}


def storable(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``payload`` with what PostgreSQL cannot hold replaced: NUL and half a surrogate."""
    text = json.dumps(payload, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return dict(_clean(payload))
    return dict(_clean(payload)) if "\\u0000" in text else dict(payload)


def clean_text(text: str) -> str:
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, Mapping):
        return {clean_text(str(key)): _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value
