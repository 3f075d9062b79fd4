"""When a connection is renewed is one fact of the platform, and its client goes by it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from govsocial.platforms.registry import spec
from tests.platforms.fakes import Server
from tests.platforms.stages import Stage, stages


def in_time(left: timedelta) -> str:
    return (datetime.now(UTC) + left).isoformat()


@pytest.mark.parametrize("stage", stages(), ids=str)
def test_a_client_renews_within_the_margin_of_its_platform_and_says_whether_it_asked(
    server: Server, stage: Stage
) -> None:
    stage.good(server)
    margin, moment = spec(stage.name).renew_before, timedelta(minutes=1)
    assert margin is None or timedelta(minutes=5) <= margin
    early = in_time((margin or timedelta(days=365)) + moment)
    assert stage.client(server, expires_at=early).renew() is False
    assert server.received == []
    due = in_time((margin or timedelta(0)) - moment)
    assert stage.client(server, expires_at=due).renew() is (margin is not None)
    assert bool(server.received) is (margin is not None)
