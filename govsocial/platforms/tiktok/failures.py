"""What TikTok's refusals mean. It refuses with any status, 200 included; the code decides."""

from __future__ import annotations

from collections.abc import Iterable

from govsocial.platforms import words
from govsocial.platforms.clock import ONE_DAY, retry_after
from govsocial.platforms.errors import (
    AccountBlocked,
    AppRefused,
    AuthRevoked,
    NotFound,
    OperatorNeeded,
    PermissionMissing,
    PlatformError,
    RateLimited,
    Refused,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.http import Answer, Effect

_EXPIRED = {"access_token_invalid", "access_token_expired", "invalid_token"}
_SCOPE = {
    "scope_not_authorized",
    "scope_permission_missed",
    "token_not_authorized_for_specified_publish_id",
}
_TODAY = {
    "spam_risk",
    "spam_risk_too_many_posts",
    "spam_risk_too_many_pending_share",
    "reached_active_user_cap",
}
"""Too much for today: by this account, or by all accounts of the application."""
_OPERATOR: dict[str, tuple[type[OperatorNeeded], str]] = {
    "unaudited_client_can_only_post_to_private_accounts": (
        OperatorNeeded,
        "the application has not been audited",
    ),
    "url_ownership_unverified": (
        AppRefused,
        "the address of the media is not verified as the agency's",
    ),
    "spam_risk_user_banned_from_posting": (AccountBlocked, "the account is banned from posting"),
    "app_version_check_failed": (AppRefused, "the application is not one that may do this"),
}
_CONTENT = {"spam_risk_text"}
_BUSY = {"internal_error", "internal"}
_PULL = {"video_pull_failed", "photo_pull_failed"}
_APP_REFUSED = {"invalid_client", "unauthorized_client", "invalid_client_key"}


def code_of(answer: Answer) -> str | None:
    """The code of an API answer, ``ok`` included; None where the answer has no envelope."""
    error = words.error_in(answer)
    code = error.get("code") if isinstance(error, dict) else error
    return code if isinstance(code, str) else None


def is_error(answer: Answer) -> bool:
    """Whether TikTok refuses. In a good answer an error without a code is none: what was asked for
    is there, or it is missed."""
    return not answer.ok or (code_of(answer) or "ok") != "ok"


def token_refused(answer: Answer) -> bool:
    code = code_of(answer)
    return code in _EXPIRED or (answer.status == 401 and code not in _SCOPE)


def failure(answer: Answer, effect: Effect, secrets: Iterable[str] = ()) -> PlatformError:
    """The failure that an error of the API stands for."""
    code, status, where = code_of(answer) or "", answer.status, answer.where
    after = retry_after(answer.headers)
    if token_refused(answer):
        return AuthRevoked(f"{where}: TikTok no longer takes the token.", status=status)
    if code == "rate_limit_exceeded":
        return RateLimited(f"{where}: too many calls.", status=status, retry_after=after)
    if code in _BUSY:
        kind = UnknownOutcome if effect is Effect.PUBLISH else Unavailable
        return kind(f"{where}: TikTok failed inside.", status=status, retry_after=after)
    known = _by_code(code, where)
    if known is not None:
        known.status = status
        return known
    if code in _SCOPE or status == 403:
        return PermissionMissing(f"{where}: the token may not do this.", status=status)
    if status == 404 or code == "invalid_publish_id":
        return NotFound(f"{where}: not on TikTok.", status=status)
    said = words.said(words.message_in(answer), secrets=secrets)
    return Refused(f"{where}: TikTok refuses this call ({status}).", status=status, words=said)


def failed_post(reason: str | None) -> PlatformError:
    """Why a post that TikTok had accepted did not come out; it certainly did not."""
    reason = reason or ""
    if reason == "auth_removed":
        return AuthRevoked("The account's owner took the consent back before the post was out.")
    if reason in _BUSY | _PULL:
        return Unavailable("TikTok could not fetch or process the media; nothing is out.")
    known = _by_code(reason, "The post")
    if known is not None:
        return known
    named = f" ({reason})" if reason.isascii() and reason.replace("_", "").isalpha() else ""
    return Refused(f"TikTok did not take the post{named}.")


def token_failure(answer: Answer) -> PlatformError:
    """The failure that an error of the token endpoint stands for: another envelope."""
    code, status, where = code_of(answer) or "", answer.status, answer.where
    if code in _APP_REFUSED:
        return AppRefused(
            f"{where}: TikTok does not take the application's key and secret.", status=status
        )
    if code in {"invalid_grant", "invalid_token", "access_denied"}:
        return AuthRevoked(f"{where}: TikTok no longer takes this consent.", status=status)
    if code in {"rate_limit_exceeded", "temporarily_unavailable", "server_error"}:
        return Unavailable(f"{where}: TikTok gives no token now.", status=status)
    return Refused(f"{where}: TikTok refuses to give a token ({status}).", status=status)


def _by_code(code: str, where: str) -> PlatformError | None:
    if code in _TODAY:
        return RateLimited(f"{where}: no more posts today.", retry_after=ONE_DAY)
    if code in _OPERATOR:
        message = f"{where}: {_OPERATOR[code][1]}."
        return _OPERATOR[code][0](message)
    if code in _CONTENT:
        return Refused(f"{where}: TikTok takes the words for spam.")
    return None
