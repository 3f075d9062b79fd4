"""YouTube Analytics: what only it counts. Its newest one or two days are still missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from govsocial.platforms.base import DayMetrics
from govsocial.platforms.errors import PlatformError
from govsocial.platforms.http import parse
from govsocial.platforms.youtube.account import Account
from govsocial.platforms.youtube.answers import Report, whole

FIRST_DAY = date(2005, 2, 14)
"""Before any film on YouTube: figures from here on are those of a film's whole life."""
FILMS = 200
"""Most rows of a report on films."""
_DAY = "views,likes,comments,shares,estimatedMinutesWatched,subscribersGained"
_FILM = "views,shares,estimatedMinutesWatched"


class Reports:
    """Reports on one channel. They have a quota of their own, far above what is asked here."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._reads_films = True

    def days(self, since: date, until: date, definition: str) -> Sequence[DayMetrics]:
        """Days of the Pacific coast."""
        records = self._records(_DAY, since, until, dimensions="day", sort="day")
        return [found for one in records if (found := _day(one, definition)) is not None]

    def of_films(self, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """What is counted for each film in its life, where YouTube tells at all.

        Without it, what the Data API gave is still true: then nothing of this is given.
        """
        found: dict[str, dict[str, Any]] = {}
        for start in range(0, len(ids) if self._reads_films else 0, FILMS):
            try:
                records = self._records(
                    _FILM,
                    FIRST_DAY,
                    datetime.now(UTC).date(),
                    dimensions="video",
                    filters=f"video=={','.join(ids[start : start + FILMS])}",
                    sort="-views",
                    maxResults=str(FILMS),
                )
            except PlatformError as failure:
                self._reads_films = not failure.permanent
                return found
            found |= {str(one.get("video")): one for one in records}
        return found

    def _records(self, metrics: str, since: date, until: date, **more: str) -> list[dict[str, Any]]:
        answer = self._account.call(
            "GET",
            "/v2/reports",
            base=self._account.addresses.analytics,
            cost={},
            params={
                "ids": "channel==MINE",
                "startDate": since.isoformat(),
                "endDate": until.isoformat(),
                "metrics": metrics,
                **more,
            },
        )
        return parse(Report, answer.json(), answer).records()


def seconds(record: Mapping[str, Any]) -> int | None:
    """Time watched; YouTube tells minutes."""
    minutes = whole(record.get("estimatedMinutesWatched"))
    return None if minutes is None else minutes * 60


def _day(record: Mapping[str, Any], definition: str) -> DayMetrics | None:
    try:
        day = date.fromisoformat(str(record.get("day")))
    except ValueError:
        return None
    return DayMetrics(
        day=day,
        followers_gained=whole(record.get("subscribersGained")),
        views=whole(record.get("views")),
        watch_seconds=seconds(record),
        definition=definition,
        raw=dict(record),
    )
