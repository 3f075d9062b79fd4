"""What the Graph API means by an error, whatever HTTP status it comes with.

Meta sends the same body with 400, 401, 403 or 500, so the envelope decides: ``code`` and
``error_subcode`` of ``{"error": {...}}``, and ``is_transient``. Used by Facebook, Instagram and
Threads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from requests.structures import CaseInsensitiveDict

from govsocial.platforms import words
from govsocial.platforms.clock import ONE_DAY, retry_after
from govsocial.platforms.errors import (
    AccountBlocked,
    AppRefused,
    AuthRevoked,
    BadAnswer,
    NotFound,
    PermissionMissing,
    PlatformError,
    RateLimited,
    Refused,
    TokenExpired,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.figures import json_object
from govsocial.platforms.http import Answer, Effect, not_from_platform

USAGE_BY_APP = "X-App-Usage"
USAGE_BY_ACCOUNT = "X-Business-Use-Case-Usage"

_RATE = {4, 17, 32, 341, 613, *range(80000, 80015)}
"""Too many calls: of the application, a person, a Page; 800xx by kind of business use."""
_POSTS_OF_A_DAY = 2207042
_RATE_SUBCODES = {_POSTS_OF_A_DAY, 1390008}
"""Instagram's daily number of posts; posting too fast on a Page."""
WINDOW_MOVES = 3_600.0
"""Seconds to wait where the posts of 24 moving hours are used up and nobody says when the oldest
of them leaves the window: asking costs a call, and an hour is short against a day."""

_TRANSIENT = {-1, 1, 2}
_TRANSIENT_SUBCODES = {2207001, 1363047, 1609010}
"""Something failed at Meta, and nothing says how far it had come."""
_NOT_YET = {2207003, 2207008, 2207020, 2207027, 2207032, 2207053, 2207082, 4279009}
"""Media that could not be fetched, are not ready, or have run out: certainly not published, and
worth another attempt."""

_TOKEN = {102, 190}
_EXPIRED = 463
_BLOCKED_SUBCODES = {459, 464, 490, 1404078, 1404112, 2207050, 4279013, 4854002}
"""A check of the person's account, an identity or authorisation to publish that is missing, an
account that Meta has restricted."""

_DUPLICATE = 506
_APPLICATION = 101
"""The application's identifier or secret is wrong."""

_NOT_FOUND = {(100, 33), (110, None), (803, None)}
_NOT_FOUND_SUBCODES = {2207006}
_BEFORE_CONVERSION = 2108006
"""Media older than the account's change to a professional one."""


class Duplicate(Refused):
    """The platform has a post with this text already, which may be that of an earlier attempt."""


@dataclass(frozen=True, slots=True)
class Told:
    """The error envelope, as far as it decides anything."""

    code: int | None
    subcode: int | None
    transient: bool
    message: str
    shown: str
    """What Meta would tell people; may repeat parts of the request."""


def told(answer: Answer) -> Told | None:
    """The error in ``answer``, or None when it holds none. A 200 may hold one as well."""
    value = answer.json()
    error = value.get("error") if isinstance(value, Mapping) else None
    if not isinstance(error, Mapping):
        return None
    message = _text(error.get("message"))
    parts = [_text(error.get(name)) for name in ("error_user_title", "error_user_msg")]
    return Told(
        code=_number(error.get("code")),
        subcode=_number(error.get("error_subcode")),
        transient=error.get("is_transient") is True,
        message=message,
        shown=". ".join(part.rstrip(".") for part in parts if part) or message,
    )


def is_not_given(answer: Answer) -> bool:
    """Whether an answer about insights says that there are none for this one, now or ever.

    Too few people have seen it, or it is older than the professional account.
    """
    error = told(answer)
    if error is None:
        return False
    if error.code == 10:
        return "not enough" in error.message.lower()
    return is_before_conversion(answer)


def is_before_conversion(answer: Answer) -> bool:
    """Whether there are no insights because the account was a private one then."""
    error = told(answer)
    return error is not None and error.code == 100 and error.subcode == _BEFORE_CONVERSION


def is_bad_parameter(answer: Answer) -> bool:
    """Whether a call failed for a field or metric that is not known (any more) or not for this."""
    error = told(answer)
    if error is None or _is_application(error):
        return False
    return error.code == 100 and not _names_permission(error)


def is_too_much(answer: Answer) -> bool:
    """Whether Graph refused the call for its size: fewer objects or fields may be given."""
    error = told(answer)
    return error is not None and error.code == 1 and "reduce the amount" in error.message.lower()


def is_worth_another_try(subcode: int) -> bool:
    """Whether media failed for a reason that may be gone next time."""
    return subcode in _NOT_YET or subcode in _TRANSIENT_SUBCODES


def failure(
    answer: Answer, *, secrets: Iterable[str], effect: Effect = Effect.READ
) -> PlatformError:
    """The failure that ``answer`` is, by its envelope; ``secrets`` are kept out of its words.

    An expired token is ``TokenExpired`` for the caller to refresh, where that is possible at all.
    With ``Effect.PUBLISH`` an error that does not say how far it came is an ``UnknownOutcome``.
    """
    error = told(answer)
    status, where = answer.status, answer.where
    if error is None:
        return _without_envelope(answer, effect)
    wait = longest_wait(answer.headers)
    if error.subcode == _POSTS_OF_A_DAY and wait is None:
        wait = WINDOW_MOVES
    if _is_rate(error) or status == 429:
        return RateLimited(
            f"{where}: too many calls or posts{_numbers(error)}.", status=status, retry_after=wait
        )
    if error.subcode in _NOT_YET:
        return Unavailable(f"{where}: the media are not ready{_numbers(error)}.", status=status)
    if _is_application(error):
        message = f"{where}: the platform does not know the application{_numbers(error)}."
        return AppRefused(message, status=status)
    if _is_transient(error) or (status >= 500 and error.code is None):
        return _unclear(f"{where}: the platform failed{_numbers(error)}.", status, wait, effect)
    return _permanent(error, answer, words.said(error.shown, secrets=secrets))


def _permanent(error: Told, answer: Answer, shown: str) -> PlatformError:
    status, where, numbers = answer.status, answer.where, _numbers(error)
    if error.subcode in _BLOCKED_SUBCODES:
        message = f"{where}: the platform asks for a check of the account{numbers}."
        return AccountBlocked(message, status=status, words=shown)
    if error.code in _TOKEN:
        if error.subcode == _EXPIRED:
            return TokenExpired(f"{where}: the token has expired{numbers}.", status=status)
        return AuthRevoked(f"{where}: the token is no longer taken{numbers}.", status=status)
    pair = (error.code, error.subcode)
    if pair in _NOT_FOUND or error.subcode in _NOT_FOUND_SUBCODES:
        return NotFound(f"{where}: not on this platform{numbers}.", status=status)
    if _is_permission(error):
        message = f"{where}: the token may not do this{numbers}."
        return PermissionMissing(message, status=status, words=shown)
    kind = Duplicate if error.code == _DUPLICATE else Refused
    return kind(f"{where}: the platform refuses this call{numbers}.", status=status, words=shown)


def _is_rate(error: Told) -> bool:
    return error.code in _RATE or error.subcode in _RATE_SUBCODES


def _is_application(error: Told) -> bool:
    """A wrong secret of the application comes with the code of any unknown failure, and beside the
    token of an account with that of any wrong parameter."""
    said = {1: "client secret", 100: "appsecret_proof"}.get(error.code or 0)
    named = said is not None and said in error.message.lower()
    return error.code == _APPLICATION or named


def _is_transient(error: Told) -> bool:
    return error.transient or error.code in _TRANSIENT or error.subcode in _TRANSIENT_SUBCODES


def _is_permission(error: Told) -> bool:
    if error.code is None:
        return False
    if error.code in {3, 10} or 200 <= error.code <= 299:
        return True
    return error.code == 100 and _names_permission(error)


def _names_permission(error: Told) -> bool:
    """Code 100 is a wrong parameter, unless its text speaks of rights (there is no other sign)."""
    text = error.message.lower()
    return error.subcode is None and ("permission" in text or "reviewable feature" in text)


def _without_envelope(answer: Answer, effect: Effect) -> PlatformError:
    status, where = answer.status, answer.where
    if status == 429:
        wait = longest_wait(answer.headers)
        return RateLimited(f"{where}: too many calls.", status=status, retry_after=wait)
    if status >= 500 or status == 408 or (status == 409 and effect is Effect.PUBLISH):
        wait = longest_wait(answer.headers)
        return _unclear(f"{where}: the platform answered {status}.", status, wait, effect)
    if not answer.ok:
        return not_from_platform(answer, effect)
    message = f"{where}: the answer ({status}) is not what the platform's API promises."
    kind = UnknownOutcome if effect is Effect.PUBLISH else BadAnswer
    return kind(message, status=status)


def _unclear(
    message: str, status: int, wait: float | None, effect: Effect
) -> Unavailable | UnknownOutcome:
    kind = UnknownOutcome if effect is Effect.PUBLISH else Unavailable
    return kind(message, status=status, retry_after=wait)


def _numbers(error: Told) -> str:
    told_of = [str(number) for number in (error.code, error.subcode) if number is not None]
    return f" ({'/'.join(told_of)})" if told_of else ""


def longest_wait(headers: Mapping[str, str]) -> float | None:
    """Seconds until calls are taken again, as headers say it; Meta gives minutes, as JSON."""
    minutes = [
        float(entry["estimated_time_to_regain_access"])
        for entry in usages(headers)
        if _is_number(entry.get("estimated_time_to_regain_access"))
    ]
    longest = max(minutes, default=0.0)
    if longest > 0:
        return min(longest * 60.0, ONE_DAY)
    return retry_after(headers)


def usages(headers: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    """Every entry of Meta's usage headers: percentages of what is used up, and the minutes."""
    found = CaseInsensitiveDict(headers)
    by_app = json_object(found.get(USAGE_BY_APP))
    if by_app:
        yield by_app
    for entries in json_object(found.get(USAGE_BY_ACCOUNT)).values():
        if isinstance(entries, list):
            yield from (entry for entry in entries if isinstance(entry, Mapping))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9


def _number(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    digits = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10
    return int(str(value)) if digits else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
