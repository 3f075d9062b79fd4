"""What Mastodon and servers like it mean by a refusal: a status and a sentence for people."""

from __future__ import annotations

import re

from govsocial.platforms import words
from govsocial.platforms.envelopes import has_error
from govsocial.platforms.errors import (
    AccountBlocked,
    AuthRevoked,
    NotFound,
    NotFromPlatform,
    PermissionMissing,
    PlatformError,
    Refused,
    Unavailable,
)
from govsocial.platforms.http import Answer

_BAD_TOKEN = b"invalid bearer token"
FORBIDDEN = 403
"""Unlike any other refusal, no sign that a server does not know what it is asked for."""
_UNKNOWN_ADDRESS = {404, 405}
_UNFINISHED = ("not finished processing", "belum selesai diproses")
"""In English, and where the server's own language is Indonesian (Mastodon's locales)."""
_SCOPE = re.compile(r"(?<![a-z])scopes?(?![a-z])|insufficient[ _]permissions")
"""How servers say that a token lacks a right: "outside the authorized scopes", or a code such as
``insufficient_scope`` (RFC 6750), and Pleroma's "Insufficient permissions"."""
_SCOPE_HEADER = "insufficient_scope"
"""The same in ``WWW-Authenticate`` (RFC 6750, 3.1), which need not come with it."""
# What follows says for what: "to post in this group".
_AS_SUCH = r"\b(?! (?:to|for)\b)"
_LOGIN = re.compile(
    r"your login |your account (?:"
    r"(?:is|has been) (?:(?!not |an? )\w+ ){0,2}"
    r"(?:disabled|suspended|pending|awaiting|locked|deactivated|unapproved|unconfirmed)\b"
    rf"|(?:is|has) (?:\w+ )?not (?:\w+ ){{0,2}}(?:approved|confirmed){_AS_SUCH}"
    r"|requires (?:[\w'’-]+ ){0,2}(?:(?:two|2|multi)[ -]?(?:factor|step)|2fa\b|mfa\b"
    rf"|(?:confirm|verif|approv)\w*{_AS_SUCH}))"
)
"""How a refusal begins that is about the person: disabled, not confirmed or approved yet, without
the second step that the server demands. It has no code."""
_ENDS_SOMETHING = {401, 403, 404, 410}
"""A connection, a right or a post. Gateways use these too, with ``message`` or a bare string."""
_UNAUTHENTICATED = "Unauthenticated."
"""How Laravel, and so Pixelfed, refuses a token: beside a 401, in ``message``."""


def is_own(answer: Answer) -> bool:
    """Whether a refusal is a server's own: JSON with ``error``, as Mastodon, GoToSocial and
    Pleroma have it. Where nothing ends by it, ``message`` or a bare string will do."""
    content = answer.json()
    if answer.status in _ENDS_SOMETHING:
        laravel = answer.status == 401 and isinstance(content, dict)
        told = content.get("message") if laravel else None
        return has_error(answer) or told == _UNAUTHENTICATED
    if isinstance(content, dict):
        return any(isinstance(content.get(name), str | dict) for name in ("error", "message"))
    return isinstance(content, str) or _refuses_token(answer)


def _refuses_token(answer: Answer) -> bool:
    """Takahe answers a bad token with 400 and a line of text."""
    return answer.status == 400 and _BAD_TOKEN in answer.body[:200].lower()


def is_unknown_address(failed: NotFromPlatform) -> bool:
    """Whether it may be the server after all, which has a page of its own for such addresses."""
    return failed.status in _UNKNOWN_ADDRESS


def failure(answer: Answer, token: str) -> PlatformError:
    """The failure that an answer is; ``token`` is kept out of its words."""
    status, where = answer.status, answer.where
    told = _message(answer)
    shown = words.said(told, secrets=[token])
    if status == 401 or _refuses_token(answer):
        return AuthRevoked(f"{where}: the server no longer takes the token.", status=status)
    if status == FORBIDDEN and (forbidden := _forbidden(answer, told, shown)):
        return forbidden
    if status in {404, 410}:
        return NotFound(f"{where}: not on this server.", status=status, words=shown)
    if status == 422 and any(words in told for words in _UNFINISHED):
        # The server has no code for it, and takes the same post a little later.
        return Unavailable(f"{where}: the server is still working on a file.", status=status)
    message = f"{where}: the server refuses this call ({status})."
    return Refused(message, status=status, words=shown)


def _forbidden(answer: Answer, told: str, shown: str) -> PlatformError | None:
    """What a 403 is about: a right, or the account; None where only this call is not allowed."""
    where, said = answer.where, told.lower()
    challenge = answer.headers.get("WWW-Authenticate", "")
    if _SCOPE_HEADER in challenge or _SCOPE.search(said):
        message = f"{where}: the token may not do this."
        return PermissionMissing(message, status=FORBIDDEN, words=shown)
    if _LOGIN.match(said):
        message = f"{where}: the server has disabled the account or waits for its owner."
        return AccountBlocked(message, status=FORBIDDEN, words=shown)
    return None


def _message(answer: Answer) -> str:
    """What the server tells people; some send a bare string."""
    content = answer.json()
    told = content.get("error") if isinstance(content, dict) else content
    return told if isinstance(told, str) else ""
