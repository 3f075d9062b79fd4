from __future__ import annotations

import gc

import pytest
from celery.signals import import_modules
from django.core import checks

from govsocial.celery import app
from govsocial.web import collector


def test_a_worker_looks_for_no_garbage_while_it_loads_and_settles_afterwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks: list[tuple[str, bool]] = []
    monkeypatch.setattr(checks, "run_checks", lambda: looks.append(("checks", gc.isenabled())))
    monkeypatch.setattr(collector, "settle", lambda: looks.append(("settles", gc.isenabled())))
    import_modules.send(sender=app)
    assert looks == [("checks", False), ("settles", True)]
