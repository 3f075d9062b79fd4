"""A day's budget is asked and used in one step: who is refused stands in nobody's way meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from accounts.budgets import RedisBudget
from accounts.counters import client
from govsocial.local.valkey import Valkey
from govsocial.platforms.errors import BudgetSpent

SERVER = "https://www.googleapis.com"


@pytest.fixture
def counted(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Iterator[None]:
    server = Valkey(Path(tmp_path_factory.mktemp("valkey")))
    settings.REDIS_URL, settings.BUDGET_PREFIX = server.start(), "day"
    yield
    server.stop()


def taken(units: int, *, publishing: bool) -> bool:
    budget = RedisBudget(platform="youtube", host="youtube.com", account_id=1)
    try:
        budget.take({"units": units}, publishing=publishing, server=SERVER)
    except BudgetSpent:
        return False
    return True


@pytest.mark.usefixtures("counted")
def test_a_pull_that_is_refused_takes_nothing_from_the_reserve_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    units = RedisBudget(platform="youtube", host="youtube.com", account_id=1).quotas["units"]
    assert units.zone
    assert units.reserve
    assert taken(units.amount - units.reserve, publishing=False)
    ask: Callable[..., object] = client().execute_command
    published: list[bool] = []

    def publish_after_the_first_write(*command: object, **options: object) -> object:
        answer = ask(*command, **options)
        if command[0] == "EVALSHA":
            monkeypatch.setattr(client(), "execute_command", ask)
            published.append(taken(units.reserve, publishing=True))
        return answer

    monkeypatch.setattr(client(), "execute_command", publish_after_the_first_write)
    assert not taken(1, publishing=False)
    assert published == [True]
    assert not taken(1, publishing=True)
