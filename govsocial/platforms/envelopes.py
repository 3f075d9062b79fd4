"""Whether a refusal is the platform's own, or that of something that stands between.

A proxy, a firewall or a challenge page answers 401, 403 or 404 as well, with a page of its own.
Nothing final follows from a status alone: a refusal counts where it is worded as the platform words
its own. Anything else is tried again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from govsocial.platforms.errors import PlatformError
from govsocial.platforms.http import Answer, Effect, Session, not_from_platform

Judge = Callable[[Answer, Effect], PlatformError | None]

_SAYS_ENOUGH = {408, 413, 414, 429}
"""What is meant the same whoever says it: too slow, too large, too often."""
_TOO_LARGE = 413
"""Of a read it says nothing: what that sends has no size that could be another."""


def has_error(answer: Answer) -> bool:
    """Whether the answer is a JSON object that names an error: OAuth's own form (RFC 6749, 5.2)
    and that of most platforms."""
    content = answer.json()
    told = content.get("error") if isinstance(content, Mapping) else None
    return isinstance(told, str | Mapping) and bool(told)


def heard(session: Session, is_own: Callable[[Answer], bool], then: Judge | None = None) -> Session:
    """Let ``session`` take a refusal for the platform's where ``is_own`` says so, and then judge
    it by ``then``; any other is ``NotFromPlatform``, or ``UnknownOutcome`` of a ``PUBLISH``."""

    def judge(answer: Answer, effect: Effect) -> PlatformError | None:
        anybodys = answer.status in _SAYS_ENOUGH
        if answer.status == _TOO_LARGE and effect is Effect.READ:
            anybodys = False
        if 400 <= answer.status < 500 and not anybodys and not is_own(answer):
            return not_from_platform(answer, effect)
        return None if then is None else then(answer, effect)

    session.judge = judge
    return session
