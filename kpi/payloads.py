"""Payloads as the platform sent them, each kept once.

A post keeps the payload as first seen; a capture keeps only what differs from it, which mostly is
its counters. ``restore`` gives back exactly what a capture received.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from govsocial.platforms.keeping import clean_text, storable

__all__ = ["clean_text", "difference", "restore", "storable"]

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
