"""How a process that lives for days, or makes very much in a minute, collects garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# A page leaves thousands of small cycles behind, which the young generations take but for a few
# hundred. Looking through everything costs 210 to 290 ms once in some 300 pages; at 10 it was 30 to
# 50 ms once in 25, and the slowest of most pages were beyond 100 ms (tests/benchmarks/posts.py).
FULL_AFTER = 100


@contextmanager
def loading() -> Iterator[None]:
    """Within, modules are imported: nothing of them is garbage, and looking for some takes a fifth
    of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def settle() -> None:
    """Call this once everything is loaded, before the first request or the command.

    What is there by then lives as long as the process and is not looked through again.
    """
    gc.collect()
    gc.freeze()
    young, middle, _old = gc.get_threshold()
    gc.set_threshold(young, middle, FULL_AFTER)


def begin_loading(**_signal: object) -> None:
    """The same for a worker, which loads when Celery says so."""
    gc.disable()


def end_loading(**_signal: object) -> None:
    """It settles before it begins the processes that work, which then share what is loaded."""
    gc.enable()
    settle()
