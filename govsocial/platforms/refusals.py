"""What a platform refused lately: no client of this process asks for it again for a day.

Clients live for one pull or one post, so what one learns the next must know. Every process learns
for itself: that costs one call a day and process, and nothing has to be stored.
"""

from __future__ import annotations

import time
from collections.abc import Hashable

LASTS_SECONDS = 86_400.0
MOST = 10_000
_until: dict[Hashable, float] = {}


def note(what: Hashable) -> None:
    """Note that ``what``, named with its account, was refused."""
    if len(_until) >= MOST:
        forget()
    _until[what] = time.time() + LASTS_SECONDS


def stands(what: Hashable) -> bool:
    """Whether it was refused within the last day."""
    return _until.get(what, 0.0) > time.time()


def forget() -> None:
    _until.clear()
