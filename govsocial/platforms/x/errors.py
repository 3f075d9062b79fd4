"""What X means by a refusal.

There are three forms: a problem (``type``, ``title``, ``detail``), the list of the first API
(``errors`` with ``code`` and ``message``) and OAuth's own (``error``, ``error_description``). Rate
limits come with ``x-rate-limit-reset`` in Unix seconds and, for posts, with limits of 24 hours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from requests.structures import CaseInsensitiveDict

from govsocial.platforms import words
from govsocial.platforms.clock import ONE_DAY, clock_ahead, retry_after
from govsocial.platforms.errors import (
    AccountBlocked,
    AppRefused,
    NotFound,
    OperatorNeeded,
    PermissionMissing,
    PlatformError,
    RateLimited,
    Refused,
)
from govsocial.platforms.http import Answer, Effect
from govsocial.platforms.x.answers import problems

_PROBLEMS = ("https://api.twitter.com/2/problems/", "https://api.x.com/2/problems/")
_CAPPED = {"usage-capped", "credits"}
_CAPPED_TITLES = {"UsageCapExceeded", "CreditsDepleted"}
"""The plan's number of reads, or the balance, is used up: money, not time."""
_APP_REASONS = {"client-not-enrolled", "official-client-forbidden", "appPermission"}
_APP_CODES = {32, 261, 416, 453}
"""An application that is not known, is suspended, or may not do this."""
_BLOCKED_CODES = {63, 64, 326}
"""A suspended account, and one that is locked until its owner signs in."""
_POSTS_OF_A_DAY = 185
_LOOKS_AUTOMATED = 226
_DAY_MOVES = 3_600.0
"""Seconds to wait where the posts of a day are used up and no header says when there are more: X
counts them over parts of the day as well, so that some come free long before its end."""
_OAUTH_ERRORS = {
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "unsupported_token_type",
    "invalid_scope",
    "access_denied",
    "server_error",
    "temporarily_unavailable",
}
"""RFC 6749 (4.1.2.1 and 5.2) and RFC 7009 (2.2.1)."""
_ABOUT_CONTENT = (
    "you are not allowed",
    "you are not permitted",
    "your tweet",
    "your post",
    # Of replies: to what is deleted, or to whom X lets nobody reply through its API.
    "you attempted to reply",
    "you can only reply",
    "reply to this conversation",
)
_GONE = {"resource-not-found", "https-resource-not-found"}
_RESETS = (
    ("x-rate-limit-remaining", "x-rate-limit-reset"),
    ("x-user-limit-24hour-remaining", "x-user-limit-24hour-reset"),
    ("x-app-limit-24hour-remaining", "x-app-limit-24hour-reset"),
)


class Duplicate(Refused):
    """X has a post with the same text: of an earlier attempt, or another one."""


def kind_of(problem: Mapping[str, Any]) -> str:
    """The last part of a problem's type, such as ``usage-capped``; empty for others."""
    told = problem.get("type")
    if isinstance(told, str):
        for start in _PROBLEMS:
            if told.startswith(start):
                return told.removeprefix(start)
    return ""


def is_gone(problem: Mapping[str, Any]) -> bool:
    """Whether an entry of ``errors`` says that what was asked for is not there any more."""
    return kind_of(problem) == "resource-not-found"


def is_about_a_field(problem: Mapping[str, Any]) -> bool:
    """Whether it says that only a field may not be seen: metrics older than thirty days."""
    return kind_of(problem) in {"not-authorized-for-field", "not-authorized-for-resource"} and (
        isinstance(problem.get("field"), str) or "_metrics" in str(problem.get("parameter"))
    )


def is_own(answer: Answer) -> bool:
    """Whether a refusal of the API is X's: problems are a form that anybody may answer in
    (RFC 9457), so that only the types and titles count that X gives them."""
    body = answer.json()
    if not isinstance(body, Mapping):
        return False
    listed = any(_is_entry(one) for one in problems(body))
    known = bool(kind_of(body)) or _text(body, "reason") in _APP_REASONS
    return known or listed or _is_plain(body, answer.status)


def is_own_of_tokens(answer: Answer) -> bool:
    """Whether a refusal of the token server is X's, which mostly has OAuth's own form."""
    body = answer.json()
    told = _text(body, "error") if isinstance(body, Mapping) else ""
    return told in _OAUTH_ERRORS or is_own(answer)


def _is_entry(one: Mapping[str, Any]) -> bool:
    """An entry of ``errors``: a number with words, words with parameters, or a problem of X."""
    code = one.get("code")
    numbered = isinstance(code, int) and not isinstance(code, bool)
    explained = numbered or isinstance(one.get("parameters"), Mapping)
    return bool(kind_of(one)) or (explained and bool(_text(one, "message")))


def _is_plain(body: Mapping[str, Any], status: int) -> bool:
    """A problem without a type of its own, whose title is the name of its status."""
    try:
        name = HTTPStatus(status).phrase
    except ValueError:
        return False
    same = body.get("status", status) in (status, str(status))
    return body.get("type") == "about:blank" and same and _text(body, "title") == name


def judge(answer: Answer, effect: Effect) -> PlatformError | None:
    """What 402 and 429 are, and 403 for a plan that is used up; they say more than their status."""
    if answer.status not in {402, 403, 429}:
        return None
    body = answer.json()
    problem = body if isinstance(body, Mapping) else {}
    capped = kind_of(problem) in _CAPPED or _text(problem, "title") in _CAPPED_TITLES
    if answer.status == 402 or capped:
        return OperatorNeeded(
            f"{answer.where}: the plan or the balance of the application is used up at X.",
            status=answer.status,
        )
    if answer.status != 429:
        return None
    return RateLimited(
        f"{answer.where}: too many calls.", status=answer.status, retry_after=wait(answer.headers)
    )


def wait(headers: Mapping[str, str]) -> float | None:
    """Seconds until the used-up windows begin anew, on the platform's own clock; None: not told."""
    found = CaseInsensitiveDict(headers)
    resets = [
        float(found[reset])
        for remaining, reset in _RESETS
        if _is_count(found.get(reset)) and found.get(remaining, "0").strip() == "0"
    ]
    if not resets:
        return retry_after(headers)
    now = datetime.now(UTC) + clock_ahead(headers)
    return min(max(max(resets) - now.timestamp(), 0.0), ONE_DAY)


def _is_count(value: str | None) -> bool:
    return value is not None and value.isascii() and value.isdigit() and len(value) < 12


def _text(problem: Mapping[str, Any], name: str) -> str:
    told = problem.get(name)
    return told if isinstance(told, str) else ""


def _codes(body: Any) -> set[int]:
    """The numbers of the problems; whatever else stands there is none of those we know."""
    return {code for one in problems(body) if isinstance(code := one.get("code"), int)}


def refuses_token(answer: Answer) -> bool:
    """Whether the call failed for its token only, so that a fresh one may help."""
    if answer.status == 401:
        return True
    body = answer.json()
    return (
        answer.status == 403
        and isinstance(body, Mapping)
        and kind_of(body) == "unsupported-authentication"
    )


def is_duplicate(answer: Answer) -> bool:
    """Whether X refuses a post because it has one with the same text."""
    codes = _codes(answer.json())
    return answer.status == 403 and (187 in codes or "duplicate content" in _said(answer).lower())


def failure(answer: Answer, *, secrets: Iterable[str] = ()) -> PlatformError:
    """The failure that a complete answer of 4xx is, except for its token."""
    status, where = answer.status, answer.where
    body = answer.json()
    problem = body if isinstance(body, Mapping) else {}
    shown = words.said(_said(answer), secrets=secrets)
    kind, reason = kind_of(problem), _text(problem, "reason")
    codes = _codes(body)
    if codes & _BLOCKED_CODES or kind == "user-suspended":
        message = f"{where}: X has suspended or locked the account ({status})."
        return AccountBlocked(message, status=status, words=shown)
    if reason in _APP_REASONS or codes & _APP_CODES:
        message = f"{where}: X does not let the application do this ({status})."
        return AppRefused(message, status=status, words=shown)
    if _POSTS_OF_A_DAY in codes:
        message = f"{where}: X takes no more posts of this account for today."
        after = wait(answer.headers)
        return RateLimited(message, status=status, retry_after=after or _DAY_MOVES, words=shown)
    if is_duplicate(answer):
        message = f"{where}: X has a post with this text already."
        return Duplicate(message, status=status, words=shown)
    if status == 404 or kind in _GONE:
        return NotFound(f"{where}: not on X.", status=status, words=shown)
    if status == 403 and _LOOKS_AUTOMATED not in codes and not _is_about_content(answer):
        message = f"{where}: the token may not do this."
        return PermissionMissing(message, status=status, words=shown)
    return Refused(f"{where}: X refuses this call ({status}).", status=status, words=shown)


def _is_about_content(answer: Answer) -> bool:
    """X has no code for it: a missing right is just "Forbidden", content gets a sentence."""
    said = _said(answer).lower()
    return said.startswith(_ABOUT_CONTENT)


def _said(answer: Answer) -> str:
    body = answer.json()
    if not isinstance(body, Mapping):
        return ""
    listed = [one.get("message") or one.get("detail") for one in problems(body)]
    told = [*listed, body.get("detail"), body.get("error_description"), body.get("title")]
    return next((text for text in told if isinstance(text, str) and text), "")
