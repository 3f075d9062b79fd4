"""What platforms say in headers about their own limits, in terms of our quotas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from requests.structures import CaseInsensitiveDict

from govsocial.platforms.budget import Quota, Scope, Told
from govsocial.platforms.clock import clock_ahead, moment, retry_after
from govsocial.platforms.figures import json_object, number

NEARLY_ALL = 90.0
"""Percent of a platform's own limit from which on pulls leave the rest to publishing."""
UNTOLD = 300.0
"""Seconds that a limit is taken to last when the platform does not say."""
_OF_HTTP = ("Retry-After", "Date")
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
    headers: Mapping[str, str],
    *,
    status: int,
    quotas: Mapping[str, Quota],
    last: Quota | None,
    told: Told,
) -> Iterator[Word]:
    """``last`` is the quota of the call that is answered, its most particular one; ``told`` are
    the headers of this platform. Nothing closes for longer than a real window lasts."""
    found = CaseInsensitiveDict(headers)
    heard = [*_of_app(found.get("X-App-Usage"))] if told.usage else []
    heard += [*_of_business(found.get("X-Business-Use-Case-Usage"))] if told.usage else []
    heard += [*_of_window(found, status, quotas, last, told.windows)] if last is not None else []
    for word in heard:
        most = _longest(word, quotas)
        yield replace(
            word, closes=_at_most(word.closes, most), closes_pulls=_at_most(word.closes_pulls, most)
        )


def _longest(word: Word, quotas: Mapping[str, Quota]) -> float:
    """The longest window that the platform has for this: of the application, or of an account."""
    return float(
        max((one.seconds for one in quotas.values() if one.scope is word.scope), default=UNTOLD)
    )


def _at_most(seconds: float | None, most: float) -> float | None:
    return None if seconds is None else min(seconds, most)


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
    headers: Mapping[str, str],
    status: int,
    quotas: Mapping[str, Quota],
    last: Quota,
    start: str,
) -> Iterator[Word]:
    if status == 429:
        # What every server says alike; the end of a window is read as this platform writes it.
        wait = retry_after({one: headers[one] for one in _OF_HTTP if one in headers})
        if wait is None:
            wait = _resets_in(headers, start)
        yield Word(scope=last.scope, quota=last.name, closes=wait)
        return
    limit, left = _whole(headers, start, "limit"), _whole(headers, start, "remaining")
    if limit is None or left is None or limit <= 0:
        return
    quota = _meant(headers, limit, quotas, last)
    resets_in = _resets_in(headers, start) or float(quota.seconds)
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


def _named(headers: Mapping[str, str], start: str, what: str) -> str | None:
    value = headers.get(start + what) if start else None
    return None if value is None else value.strip()


def _whole(headers: Mapping[str, str], start: str, what: str) -> int | None:
    value = _named(headers, start, what) or ""
    return int(value) if value.isdecimal() and len(value) < _MOST_DIGITS else None


def _resets_in(headers: Mapping[str, str], start: str) -> float | None:
    """Seconds until the window ends, on the platform's own clock."""
    value = _named(headers, start, "reset")
    if not value:
        return None
    now = datetime.now(UTC) + clock_ahead(headers)
    if value.isdecimal():
        return max(float(value[:15]) - now.timestamp(), 0.0)
    told = moment(value)
    return None if told is None else max((told - now).total_seconds(), 0.0)
