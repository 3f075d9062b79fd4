from __future__ import annotations

from collections.abc import Iterator

import pytest

from govsocial.platforms.guard import Guard
from govsocial.platforms.http import Session, Timing
from tests.platforms.fakes import Server

QUICK = Timing(connect=0.5, read=0.3, total=2.0, attempts=3, backoff=0.01, longest_wait=0.5)


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


@pytest.fixture
def session(server: Server) -> Session:
    return Session(server.base, guard=Guard({server.host}), timing=QUICK)
