"""Call budgets in fixed windows, counted in memory: what the rate limit headers say."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock


@dataclass(frozen=True, slots=True)
class Budget:
    """How much is left in the current window. ``resets`` is a timestamp."""

    limit: int
    remaining: int
    resets: float
    window: int
    exceeded: bool


class Limits:
    """Counts calls; refuses only where ``enforce`` is set, else the last call is never used up."""

    def __init__(self, *, enforce: bool) -> None:
        self._enforce = enforce
        self._used: dict[tuple[str, str], tuple[int, int]] = {}
        self._lock = Lock()

    def spend(
        self, bucket: str, subject: str, now: float, *, limit: int, window: int, cost: int = 1
    ) -> Budget:
        number = int(now // window)
        with self._lock:
            seen, used = self._used.get((bucket, subject), (number, 0))
            used = cost + (used if seen == number else 0)
            self._used[bucket, subject] = (number, used)
        exceeded = self._enforce and used > limit
        least = 0 if self._enforce else 1
        return Budget(limit, max(limit - used, least), (number + 1.0) * window, window, exceeded)
