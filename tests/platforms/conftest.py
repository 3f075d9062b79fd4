from __future__ import annotations

from collections.abc import Iterator

import pytest

from govsocial.platforms.guard import Guard
from govsocial.platforms.http import Session, Timing
from tests.platforms.fakes import Server

# Quick at trying again. On a busy machine even loopback takes its time: nothing that answers at all
# is taken for silent.
QUICK = Timing(connect=5.0, read=5.0, total=20.0, attempts=3, backoff=0.01, longest_wait=0.5)


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


@pytest.fixture
def session(server: Server) -> Session:
    return Session(server.base, guard=Guard({server.host}), timing=QUICK)
