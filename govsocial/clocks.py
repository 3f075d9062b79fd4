"""The clock of this machine beside that of the database.

Rules of the database ask its own clock, what people see and plan goes by the application's. Where
both differ by more than moments, the database refuses what was done in time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.checks import CheckMessage, Warning
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone

APART = timedelta(seconds=5)
"""From this difference on the database refuses some of it: what is posted by hand the moment it is
due."""
TOO_FAR = timedelta(minutes=1)
"""From this one on it takes no decision of a clock that is ahead."""
NOW = "SELECT clock_timestamp()"


def ahead(using: str = DEFAULT_DB_ALIAS) -> timedelta:
    """By how much this machine's clock is ahead of the database's; negative where it is behind.
    One query."""
    before = timezone.now()
    with connections[using].cursor() as cursor:
        cursor.execute(NOW)
        (told,) = cursor.fetchone()
    return difference(before, told)


def difference(before: datetime, told: datetime) -> timedelta:
    """The same where the database ``told`` its time to who asked it ``before`` and reads it now."""
    return before + (timezone.now() - before) / 2 - told


def in_words(apart: timedelta) -> str:
    """For operators."""
    seconds = round(abs(apart).total_seconds())
    if not seconds:
        return "as the database's"
    return f"{seconds} s {'ahead of' if apart > timedelta() else 'behind'} the database's"


def check_clocks(databases: Sequence[str] | None = None) -> list[CheckMessage]:
    """web.W003: the clocks of this machine and of a database differ."""
    found = [(name, ahead(name)) for name in databases or ()]
    return [
        Warning(
            f"The clock of this machine is {in_words(apart)} (“{name}”).",
            hint="Have the clocks of all machines set by NTP, that of the database as well.",
            id="web.W003",
        )
        for name, apart in found
        if abs(apart) >= APART
    ]
