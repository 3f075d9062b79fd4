"""Each worker compiles a share of the test modules, and finds those of the others compiled.

pytest rewrites every module with assertions in it and keeps the result beside it. In a fresh clone
all workers would do that for all modules, in the same order and at the same time: half of what
collecting takes there.
"""

from __future__ import annotations

import importlib
from contextlib import suppress
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent


def import_share(config: pytest.Config) -> None:
    """What cannot be imported is left to the collection, which says so."""
    worker = getattr(config, "workerinput", None)
    if worker is None or config.args != config.getini("testpaths"):
        return
    left_out = config.getini("norecursedirs")
    found = sorted(
        path
        for path in HERE.rglob("test_*.py")
        if not set(left_out) & set(path.relative_to(HERE).parts)
    )
    number = int(worker["workerid"].removeprefix("gw"))
    for path in found[number :: worker["workercount"]]:
        name = ".".join(("tests", *path.relative_to(HERE).with_suffix("").parts))
        with suppress(Exception, pytest.skip.Exception):
            importlib.import_module(name)
