"""Deep calls do not go to the system for memory again and again."""

from __future__ import annotations

import resource
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from govsocial.web import room
from govsocial.web.room import with_room


def deep(depth: int) -> int:
    return depth and deep(depth - 1)


def to_and_fro() -> int:
    """How many pages of memory the system gave while calls ended at each depth many times."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for depth in range(400):
        for _again in range(50):
            deep(depth)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="nothing is changed elsewhere")
def test_calls_that_come_and_go_ask_the_system_for_no_memory() -> None:
    # Tests run with room; a thread begins without.
    with ThreadPoolExecutor(1) as thread:
        without = thread.submit(to_and_fro).result()
    assert with_room(to_and_fro)() < 500 < 5_000 < without


def test_what_is_called_answers_and_fails_as_without() -> None:
    assert with_room(divmod)(7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        with_room(divmod)(1, 0)
    assert with_room(to_and_fro).__name__ == "to_and_fro"


def test_nothing_is_changed_where_it_was_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MEASURED", ("cpython", 3, 0))
    assert with_room(to_and_fro) is to_and_fro
