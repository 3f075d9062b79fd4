"""How many workers run the whole suite, and which runs what."""

from __future__ import annotations

import os

import pytest
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

BROWSER_TESTS = "tests/e2e"


class OneDemo(LoadScopeScheduling):
    """One worker runs all browser tests, and runs them first; otherwise a file stays together.

    They share a demo that takes longer to start than any other test to run: a second one would
    only take the processor from the first, and begun late it would leave the others idle at the
    end. Files stay together because what a module sets up is then set up once.

    xdist's own ``xdist_group`` does this no longer: with pytest 9.2 it divides groups without a
    word (pytest-dev/pytest-xdist#1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(f"{BROWSER_TESTS}/"):
            return BROWSER_TESTS
        return nodeid.partition("::")[0]

    def _assign_work_unit(self, node: WorkerController) -> None:
        if BROWSER_TESTS in self.workqueue:
            self.workqueue.move_to_end(BROWSER_TESTS, last=False)
        super()._assign_work_unit(node)


@pytest.hookimpl(optionalhook=True)
def make_scheduler(config: pytest.Config, log: object) -> OneDemo | None:
    """In place of xdist's ``--dist loadscope``; whoever asks for another gets that."""
    return OneDemo(config, log) if config.getvalue("dist") == "loadscope" else None


@pytest.hookimpl(optionalhook=True)
def auto_num_workers(config: pytest.Config) -> int | None:
    """For ``-n auto`` one more than there are processors to use: the worker with the browser tests
    mostly waits, for the browser and for the demo."""
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ or not hasattr(os, "sched_getaffinity"):
        return None
    return len(os.sched_getaffinity(0)) + 1
