"""Servers of their own, in a folder whose path holds spaces, as a user's may."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from govsocial.local.valkey import Valkey


@pytest.fixture(scope="session")
def spaced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("a folder's own  name")


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    server = Valkey(tmp_path / "with space" / "valkey")
    yield server
    server.stop()
