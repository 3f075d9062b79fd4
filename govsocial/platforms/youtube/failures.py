"""What Google's refusals mean. The envelope of the APIs and that of the token server differ."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from govsocial.platforms import words
from govsocial.platforms.clock import ONE_DAY, retry_after
from govsocial.platforms.envelopes import has_error
from govsocial.platforms.errors import (
    AccountBlocked,
    AppRefused,
    AuthRevoked,
    NotFound,
    PermissionMissing,
    PlatformError,
    RateLimited,
    Refused,
)
from govsocial.platforms.http import Answer

ZONE = "America/Los_Angeles"
"""Quotas begin anew at midnight there."""

_UPLOADER = "X-GUploader-UploadID"
_EXPIRED = {"authError", "UNAUTHENTICATED", "ACCESS_TOKEN_EXPIRED"}
_NO_CHANNEL = {"youtubeSignupRequired", "channelNotFound"}
_SPENT = {"quotaExceeded", "dailyLimitExceeded", "dailyLimitExceededUnreg"}
_UPLOADS = {"uploadLimitExceeded"}
_TOO_FAST = {
    "rateLimitExceeded",
    "userRateLimitExceeded",
    "RATE_LIMIT_EXCEEDED",
    "RESOURCE_EXHAUSTED",
}
_NOT_SET_UP = {
    "accessNotConfigured",
    "SERVICE_DISABLED",
    "keyInvalid",
    "keyExpired",
    "ipRefererBlocked",
    "projectNotLinked",
    "CONSUMER_INVALID",
}
_COMMENTS_OFF = {"commentsDisabled"}
_FORBIDDEN = {"forbidden", "insufficientPermissions", "PERMISSION_DENIED", *_COMMENTS_OFF}
_BLOCKED = {
    "authenticatedUserAccountSuspended",
    "authenticatedUserAccountClosed",
    "channelSuspended",
    "channelClosed",
    "accountSuspended",
    "accountClosed",
}
_APP_REFUSED = {
    "invalid_client",
    "unauthorized_client",
    "deleted_client",
    "admin_policy_enforced",
    "org_internal",
}


def until_midnight(now: datetime | None = None) -> float:
    """Seconds until the next midnight of the Pacific coast, at which quotas begin anew."""
    here = (now or datetime.now(UTC)).astimezone(ZoneInfo(ZONE))
    tomorrow = (here + timedelta(days=1)).date()
    midnight = datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=ZoneInfo(ZONE))
    return (midnight.astimezone(UTC) - here.astimezone(UTC)).total_seconds()


def is_own(answer: Answer) -> bool:
    """Whether a refusal is Google's: its JSON, or what its servers for uploads sign every answer
    with, also one without any body."""
    return has_error(answer) or _UPLOADER in answer.headers


def is_error(answer: Answer) -> bool:
    """Whether the answer is none that was hoped for: also a 200 may carry an error."""
    return not answer.ok or bool(words.error_in(answer))


def reasons(answer: Answer) -> set[str]:
    """The machine-readable names in an error; only compared with known ones, never shown."""
    error = words.error_in(answer)
    if isinstance(error, str):
        return {error}
    if not isinstance(error, dict):
        return set()
    listed = [*_list(error.get("errors")), *_list(error.get("details"))]
    found = [one.get("reason") for one in listed if isinstance(one, dict)]
    return {one for one in (*found, error.get("status")) if isinstance(one, str)}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def token_refused(answer: Answer) -> bool:
    """Whether the access token is at fault, so that a fresh one may help."""
    if not is_error(answer):
        return False
    named = reasons(answer)
    return not named & _NO_CHANNEL and (answer.status == 401 or bool(named & _EXPIRED))


def failure(answer: Answer, secrets: Iterable[str] = ()) -> PlatformError:
    """The failure that an error of the YouTube APIs stands for."""
    status, where, named = answer.status, answer.where, reasons(answer)
    after = retry_after(answer.headers)
    if named & _NO_CHANNEL:
        return Refused(f"{where}: this Google account has no YouTube channel.", status=status)
    if token_refused(answer):
        return AuthRevoked(f"{where}: Google no longer takes the token.", status=status)
    if named & _SPENT:
        wait = until_midnight()
        return RateLimited(
            f"{where}: the application's quota of the day is used up.",
            status=status,
            retry_after=wait if after is None else after,
        )
    if named & _UPLOADS:
        return RateLimited(
            f"{where}: the channel may upload no more films today.",
            status=status,
            retry_after=ONE_DAY if after is None else after,
        )
    if named & _TOO_FAST:
        return RateLimited(f"{where}: too many calls.", status=status, retry_after=after)
    said = words.said(words.message_in(answer), secrets=secrets)
    if named & _BLOCKED:
        return AccountBlocked(
            f"{where}: the account is suspended or closed at Google.", status=status, words=said
        )
    if named & _NOT_SET_UP:
        return AppRefused(
            f"{where}: the application is not set up for this API at Google.",
            status=status,
            words=said,
        )
    if status == 403 or named & _FORBIDDEN:
        return _forbidden(answer, named, said)
    if status in {404, 410}:
        return NotFound(f"{where}: not on YouTube.", status=status)
    return Refused(f"{where}: YouTube refuses this call ({status}).", status=status, words=said)


def _forbidden(answer: Answer, named: set[str], said: str) -> PlatformError:
    where, status = answer.where, answer.status
    if named & _COMMENTS_OFF:
        return Refused(f"{where}: comments are switched off below this film.", status=status)
    return PermissionMissing(f"{where}: the token may not do this.", status=status, words=said)


def token_failure(answer: Answer) -> PlatformError:
    """The failure that an error of the token server stands for."""
    status, where, named = answer.status, answer.where, reasons(answer)
    if "invalid_grant" in named:
        return AuthRevoked(f"{where}: Google no longer takes this consent.", status=status)
    if named & _APP_REFUSED:
        return AppRefused(
            f"{where}: Google does not take the application's id and secret.", status=status
        )
    if named & _TOO_FAST:
        after = retry_after(answer.headers)
        return RateLimited(f"{where}: too many calls.", status=status, retry_after=after)
    return Refused(f"{where}: Google refuses to give a token ({status}).", status=status)
