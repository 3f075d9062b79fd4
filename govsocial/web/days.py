"""Days of the agency's zone as moments."""

from __future__ import annotations

from datetime import date, datetime, time

from django.utils import timezone


def midnight(day: date) -> datetime:
    """When the day begins in the agency's zone."""
    return timezone.make_aware(datetime.combine(day, time.min))
