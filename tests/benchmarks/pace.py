"""How fast the processor runs just now, measured beside what is measured.

The two cores of a rented machine are often two threads of one core each, of which somebody else
uses the other one: the same work then takes half as long again, for seconds or hours. A fixed loop
of about half a millisecond, run before and after each round, tells the rounds that had the core to
themselves from the others.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_TURNS = 8_000
UNDISTURBED = 1.2
"""Up to so many times the best time of the loop, before and after, a round had the core."""


@dataclass(frozen=True, slots=True)
class Round:
    took: float
    """Milliseconds."""
    loops: tuple[float, float]
    """What the loop took before and after, in milliseconds."""


def loop() -> float:
    counted: dict[int, int] = {}
    started = time.perf_counter()
    for turn in range(_TURNS):
        counted[turn & 1023] = turn * 3
    return (time.perf_counter() - started) * 1000


def best_loop() -> float:
    """The least of many: of a second or two, some of which the core was free."""
    return min(loop() for _ in range(3_000))


def measured(ask: Callable[[], object], best: float, *, least: int, most: int) -> list[Round]:
    """Rounds until ``least`` of them were undisturbed, at least twice as many, at most ``most``."""
    done: list[Round] = []
    while len(done) < most and (len(done) < 2 * least or len(undisturbed(done, best)) < least):
        before = loop()
        started = time.perf_counter()
        ask()
        took = (time.perf_counter() - started) * 1000
        done.append(Round(took, (before, loop())))
    return done


def undisturbed(done: Iterable[Round], best: float) -> list[float]:
    """What those rounds took in which the loop stayed near its ``best`` time."""
    return [one.took for one in done if max(one.loops) <= UNDISTURBED * best]
