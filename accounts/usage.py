"""What platforms say in headers about their own limits, in terms of our quotas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from requests.structures import CaseInsensitiveDict

from govsocial.platforms.budget import Quota, Scope
from govsocial.platforms.clock import clock_ahead, moment
from govsocial.platforms.figures import json_object, number
from govsocial.platforms.http import retry_after

NEARLY_ALL = 90.0
"""Percent of a platform's own limit from which on pulls leave the rest to publishing."""
UNTOLD = 300.0
"""Seconds that a limit is taken to last when the platform does not say."""
_MOST_DIGITS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What a platform said about one quota, or about all (``quota`` is empty).

    ``closes``: for how many seconds nothing is taken; ``closes_pulls``: the same for pulls only.
    ``percent``: how much of the platform's own limit is used.
    """

    scope: Scope
    quota: str = ""
    percent: float | None = None
    closes: float | None = None
    closes_pulls: float | None = None


def words_of(
    headers: Mapping[str, str], *, status: int, quotas: Mapping[str, Quota], last: Quota | None
) -> Iterator[Word]:
    """``last`` is the quota of the call that is answered, its most particular one."""
    found = CaseInsensitiveDict(headers)
    yield from _of_app(found.get("X-App-Usage"))
    yield from _of_business(found.get("X-Business-Use-Case-Usage"))
    if last is not None:
        yield from _of_window(found, status, quotas, last)


# Meta: percentages of moving limits, and minutes. (Graph API, rate limiting.)


def _of_app(text: str | None) -> Iterator[Word]:
    usage = json_object(text)
    percent = _highest(usage)
    if percent is not None:
        yield _by_percent(Scope.APP, percent, None)


def _of_business(text: str | None) -> Iterator[Word]:
    uses = [
        use
        for listed in json_object(text).values()
        if isinstance(listed, list)
        for use in listed
        if isinstance(use, dict)
    ]
    percents = [percent for use in uses if (percent := _highest(use)) is not None]
    minutes = [
        value
        for use in uses
        if (value := number(use.get("estimated_time_to_regain_access"))) is not None and value > 0
    ]
    if percents or minutes:
        yield _by_percent(
            Scope.ACCOUNT, max(percents, default=100.0), max(minutes) * 60.0 if minutes else None
        )


def _by_percent(scope: Scope, percent: float, regained_in: float | None) -> Word:
    return Word(
        scope=scope,
        percent=percent,
        closes=regained_in or (UNTOLD if percent >= 100 else None),
        closes_pulls=UNTOLD if percent >= NEARLY_ALL else None,
    )


def _highest(usage: Mapping[str, Any]) -> float | None:
    given = [
        value
        for name in ("call_count", "total_time", "total_cputime")
        if (value := number(usage.get(name))) is not None
    ]
    return max(given, default=None)


# X, Bluesky, Mastodon: limit, rest and the end of a window.


def _of_window(
    headers: Mapping[str, str], status: int, quotas: Mapping[str, Quota], last: Quota
) -> Iterator[Word]:
    if status == 429:
        wait = retry_after(headers)
        if wait is None:
            wait = _resets_in(headers)
        yield Word(scope=last.scope, quota=last.name, closes=wait)
        return
    limit, left = _whole(headers, "limit"), _whole(headers, "remaining")
    if limit is None or left is None or limit <= 0:
        return
    quota = _meant(headers, limit, quotas, last)
    resets_in = _resets_in(headers) or float(quota.seconds)
    kept = limit * quota.reserve / quota.amount
    yield Word(
        scope=quota.scope,
        quota=quota.name,
        percent=100.0 * (limit - min(left, limit)) / limit,
        closes=resets_in if left == 0 else None,
        closes_pulls=resets_in if left <= kept else None,
    )


def _meant(
    headers: Mapping[str, str], limit: int, quotas: Mapping[str, Quota], last: Quota
) -> Quota:
    """The quota that the headers are about: Bluesky names its window (``3000;w=300``)."""
    window = headers.get("RateLimit-Policy", "").partition(";w=")[2]
    if window.isdecimal() and len(window) < _MOST_DIGITS:
        named = [
            quota
            for quota in quotas.values()
            if (quota.amount, quota.seconds) == (limit, int(window))
        ]
        return named[0] if named else last
    return last


def _named(headers: Mapping[str, str], what: str) -> str | None:
    for start in ("x-rate-limit-", "ratelimit-", "x-ratelimit-"):
        value = headers.get(start + what)
        if value is not None:
            return value.strip()
    return None


def _whole(headers: Mapping[str, str], what: str) -> int | None:
    value = _named(headers, what)
    return (
        int(value)
        if value is not None and value.isdecimal() and len(value) < _MOST_DIGITS
        else None
    )


def _resets_in(headers: Mapping[str, str]) -> float | None:
    """Seconds until the window ends, on the platform's own clock."""
    value = _named(headers, "reset")
    if not value:
        return None
    now = datetime.now(UTC) + clock_ahead(headers)
    if value.isdecimal():
        return max(float(value[:15]) - now.timestamp(), 0.0)
    told = moment(value)
    return None if told is None else max((told - now).total_seconds(), 0.0)
