"""Room for the frames of deep calls."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

MEASURED = ("cpython", 3, 11)
"""Where it was tried. Others keep frames in ways of their own: nothing is changed there."""

# Places of 8 bytes. CPython doubles 16 KiB until it has room for them and a thousand more: 512 KiB,
# of which half is left for what is called. The depth at which it gives up needs less.
PLACES = 33_000


def with_room(call: Callable[P, T]) -> Callable[P, T]:
    """The same, with room for all that it calls.

    CPython keeps the frames of calls in chunks of 16 KiB, about 150 calls (``push_chunk`` and
    ``_PyThreadState_PopFrame`` in Python/pystate.c, since 3.11). Code that goes to and fro over the
    end of one, as templates do, asks the system for memory and gives it back at each turn: two
    thousand times in a test that fetches pages, a tenth of its time.

    Whoever keeps an exception keeps the frames of all calls around it: this one takes 260 KiB, once
    for all exceptions that are kept of one call of it. They go with the exception. A frame is as
    large as its code says, so there is no smaller one to keep; to hide it from the others, tracers
    would be told of a return without a call.
    """
    if (sys.implementation.name, *sys.version_info[:2]) != MEASURED:
        return call

    def roomy(*args: P.args, **kwargs: P.kwargs) -> T:
        return call(*args, **kwargs)

    # The frame says that it is large; nothing is written to it.
    roomy.__code__ = roomy.__code__.replace(co_stacksize=PLACES)
    return wraps(call)(roomy)
