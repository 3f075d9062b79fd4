"""What the tests of the local machinery share."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from govsocial.local.children import stop_left_behind
from govsocial.local.services import Services


@pytest.fixture
def stranger_port() -> Iterator[int]:
    """A loopback port on which a program that is not ours listens, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        yield stranger.getsockname()[1]


def make_home() -> Iterator[Path]:
    """A folder for local data; its path holds spaces and a quotation mark, as a user's may.

    Not below pytest's own folder, which every run closes to other users: as root, PostgreSQL
    runs as another one.
    """
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "a user's  own", "demo")
        home.mkdir(parents=True)
        yield home
        stop_left_behind(home, patience=1)
        Services(home).stop_left_overs()


home = pytest.fixture(make_home, name="home")
shared_home = pytest.fixture(make_home, scope="module", name="shared_home")
