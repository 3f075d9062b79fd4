"""When a connection is renewed is one fact of the platform, and its client goes by it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest

from govsocial.platforms.registry import spec
from tests.platforms import tiktok_stage, x_stage, youtube_stage
from tests.platforms.fakes import Server
from tests.platforms.fault_tools import changed
from tests.platforms.stages import Stage, stages


def in_time(left: timedelta) -> str:
    return (datetime.now(UTC) + left).isoformat()


@pytest.mark.parametrize("told", [{}, {"expires_in": "soon"}, {"expires_in": None}])
@pytest.mark.parametrize("stage", [x_stage, tiktok_stage, youtube_stage])
def test_a_new_token_whose_end_is_not_told_is_not_renewed_by_every_call(
    server: Server, stage: ModuleType, told: dict[str, object]
) -> None:
    stage.good(server)

    def without_an_end(given: Any) -> Any:
        return {name: one for name, one in given.items() if name != "expires_in"} | told

    server.on(stage.REFRESH, changed(server.answer_of(stage.REFRESH), without_an_end))
    secrets = stage.store(expires_at=in_time(-timedelta(minutes=5)))
    for _ in range(3):
        stage.client_of(server, secrets).profile()
    assert len(server.calls(stage.REFRESH)) == 1
    assert "expires_at" not in secrets.load()


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
