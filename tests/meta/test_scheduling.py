"""The suite is divided so that the demo starts once, and first."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.scheduling import OneDemo, make_scheduler

TESTS = [
    "tests/accounts/test_units.py::test_a_unit[::1]",
    "tests/accounts/test_units.py::test_another_unit",
    "tests/e2e/test_access.py::test_axe[dwi]",
    "tests/e2e/test_access.py::test_axe[sari]",
    "tests/e2e/test_public.py::test_axe",
    "tests/kpi/test_days.py::test_a_day",
]


class Worker:
    """What a scheduler sees of one: its name, what it was sent, and whether it was let go."""

    def __init__(self, name: str) -> None:
        self.gateway = SimpleNamespace(id=name)
        self.sent: list[str] = []
        self.shutting_down = False

    def send_runtest_some(self, indices: list[int]) -> None:
        self.sent += [TESTS[index] for index in indices]

    def shutdown(self) -> None:
        self.shutting_down = True


def config(dist: str, reorder: bool = False) -> Any:
    asked = {"dist": dist, "tx": ["2*popen"], "loadscopereorder": reorder}
    return SimpleNamespace(option=SimpleNamespace(**asked), getvalue=asked.__getitem__)


@pytest.mark.parametrize("reorder", [True, False])
def test_one_worker_runs_every_browser_test_and_begins_with_them(reorder: bool) -> None:
    scheduler: Any = OneDemo(config("loadscope", reorder))
    first, second = Worker("gw0"), Worker("gw1")
    for worker in (first, second):
        scheduler.add_node(worker)
    for worker in (first, second):
        scheduler.add_node_collection(worker, TESTS)
    scheduler.schedule()
    assert first.sent == [test for test in TESTS if "/e2e/" in test]
    assert second.sent[:2] == TESTS[:2]
    for test in tuple(second.sent):
        scheduler.mark_test_complete(second, TESTS.index(test))
    assert sorted(first.sent + second.sent) == sorted(TESTS)


def test_whoever_asks_for_another_division_gets_it() -> None:
    silent = SimpleNamespace(loadscopesched=None)
    assert isinstance(make_scheduler(config("loadscope"), silent), OneDemo)
    assert make_scheduler(config("load"), silent) is None
