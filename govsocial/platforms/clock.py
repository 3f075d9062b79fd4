"""Moments as platforms write them, on clocks that need not agree with ours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from requests.structures import CaseInsensitiveDict


def moment(value: str) -> datetime | None:
    """An HTTP date or ISO 8601, in UTC where it names no zone; None for anything else."""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            found = read(value)
        except (OverflowError, ValueError):
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None


def clock_ahead(headers: Mapping[str, str]) -> timedelta:
    """How far the platform's clock is ahead of ours (negative: behind), as its answer tells."""
    told = moment(CaseInsensitiveDict(headers).get("Date") or "")
    return timedelta(0) if told is None else told - datetime.now(UTC)
