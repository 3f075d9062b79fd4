"""Looking at one address of a post: does a page answer there? Outside of every transaction."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from django.conf import settings

from content.models.link import LinkState
from govsocial.platforms.errors import (
    BadAnswer,
    HostRefused,
    NotReached,
    PlatformError,
    RateLimited,
    Unavailable,
)
from govsocial.platforms.feed.fetching import MOST_REDIRECTS, joined, safe_link
from govsocial.platforms.guard import Guard
from govsocial.platforms.http import Answer, Effect, Session, Timing

TIMING = Timing(connect=5.0, read=10.0, total=20.0, attempts=2)
SLOW_SECONDS = 8.0
GONE = frozenset({404, 410})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# Of a page that is asked for as a whole because its server does not know HEAD.
_ENOUGH = 1_000


def look_at(address: str, *, timing: Timing = TIMING) -> LinkState:
    """What a reader would find. No query or fragment of ``address`` is logged."""
    if settings.TRAINING and (urlsplit(address).hostname or "").endswith(".example"):
        # The made-up agency's own website: by rule no such name leads anywhere (RFC 2606).
        return LinkState.UNKNOWN
    started = time.monotonic()
    try:
        answer = _fetched(address, timing)
    except HostRefused:
        return LinkState.UNKNOWN
    except NotReached:
        return LinkState.DEAD
    except (RateLimited, BadAnswer) as exc:
        # Somebody answers; too large, too often asked, or in circles for want of a cookie.
        return LinkState.DEAD if exc.status in GONE else LinkState.ALIVE
    except Unavailable:
        return LinkState.SLOW
    except PlatformError:
        return LinkState.UNKNOWN
    if answer.status in GONE:
        return LinkState.DEAD
    return LinkState.SLOW if time.monotonic() - started > SLOW_SECONDS else LinkState.ALIVE


def _fetched(address: str, timing: Timing) -> Answer:
    guard = Guard(settings.PLATFORM_PRIVATE_HOSTS)
    session = Session(address, guard=guard, timing=timing, typed=True, max_answer=_ENOUGH)
    here = safe_link(session, address)
    for _number in range(MOST_REDIRECTS + 1):
        answer = _head_or_get(session, here)
        if answer.status not in _REDIRECTS:
            return answer
        here = safe_link(session, joined(here, answer.headers.get("Location") or ""))
        if not here or not guard.permits(here):
            raise HostRefused("A link redirects to where this server does not go.")
    raise BadAnswer("A link redirects without end.")


def _head_or_get(session: Session, here: str) -> Answer:
    answer = _asked(session, "HEAD", here)
    return answer if answer.ok or answer.status in _REDIRECTS else _asked(session, "GET", here)


def _asked(session: Session, method: str, here: str) -> Answer:
    parts = urlsplit(here)
    return session.send(
        method,
        parts.path or "/",
        effect=Effect.READ,
        base=here,
        headers={"Accept": "text/html, */*;q=0.5"},
        follow=False,
        params=parts.query,
    )
