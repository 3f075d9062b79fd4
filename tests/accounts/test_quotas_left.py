"""Redis is asked for many accounts at once, and does not hold up what goes on without it."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from pytest_django.fixtures import Settings

from accounts import counters
from accounts.budgets import RedisBudget, budget_for
from accounts.models import OfficialAccount
from accounts.quotas_left import quotas_left
from govsocial.local.valkey import Valkey
from govsocial.platforms.errors import BudgetSpent
from govsocial.platforms.registry import spec

X = "https://api.x.com"
ITEMS = [quota.name for quota in spec("x").quotas]


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = Valkey(Path(tmp_path_factory.mktemp("valkey")))
    yield server.start()
    server.stop()


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def accounts(number: int) -> list[OfficialAccount]:
    return [OfficialAccount(pk=key, platform="x", handle=f"kota{key}") for key in range(number)]


def test_a_page_of_accounts_asks_redis_as_often_as_one(
    valkey: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL, settings.BUDGET_PREFIX = valkey, "round-trips"
    budget_for(accounts(2)[1]).take({"x posts": 3}, publishing=True, server=X)

    def asked(number: int) -> int:
        sent.clear()
        left = quotas_left(accounts(number))
        assert len(left) == number
        assert all(len(one) == len(ITEMS) for one in left.values())
        return len(sent)

    quotas_left(accounts(1))
    sent: list[object] = []
    send = redis.Connection.send_packed_command

    def noted(connection: redis.Connection, *args: Any, **more: Any) -> None:
        sent.append(args)
        send(connection, *args, **more)  # type: ignore[no-untyped-call]  # redis has no types for it

    monkeypatch.setattr(redis.Connection, "send_packed_command", noted)
    assert asked(30) == asked(2) <= 3
    amount = spec("x").quotas[ITEMS.index("x posts")].amount
    shown = quotas_left(accounts(2))
    assert shown[1][ITEMS.index("x posts")][1:] == (amount - 3, amount)
    assert shown[0][ITEMS.index("x posts")][1:] == (amount, amount)


def test_a_silent_redis_is_waited_for_once(silent: str, settings: Settings) -> None:
    settings.REDIS_URL, settings.BUDGET_PREFIX = silent, "silent"
    started = time.monotonic()
    assert quotas_left(accounts(30)) == {key: [] for key in range(30)}
    made: RedisBudget = budget_for(accounts(1)[0])
    made.take(dict.fromkeys(ITEMS, 1), publishing=True, server=X)
    with pytest.raises(BudgetSpent):
        made.take({ITEMS[0]: 1}, publishing=False, server=X)
    made.learn({"x-rate-limit-limit": "1", "x-rate-limit-remaining": "0"}, status=200, server=X)
    assert counters.first_today("x", "post", {"1", "2"}) == 2
    # One time-out, or two when the first was that of the connection; not one for each question.
    assert time.monotonic() - started < 2 * counters._TIMEOUT + 1.5


def test_it_is_asked_again_after_a_moment(
    valkey: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL, settings.BUDGET_PREFIX = valkey, "again"
    working = counters.storage()
    broken = counters._storage_at("redis://127.0.0.1:1/0", "again")
    monkeypatch.setattr(counters, "storage", lambda: broken)
    assert quotas_left(accounts(1)) == {0: []}
    monkeypatch.setattr(counters, "storage", lambda: working)
    assert quotas_left(accounts(1)) == {0: []}, "it is not asked yet"
    until = counters._silent_until[valkey, "again"]
    assert 0 < until - time.monotonic() <= counters.SILENT_FOR
    monkeypatch.setitem(counters._silent_until, (valkey, "again"), time.monotonic() - 0.1)
    assert len(quotas_left(accounts(1))[0]) == len(ITEMS)


def test_an_account_on_a_platform_without_a_client_has_no_quotas() -> None:
    by_hand = OfficialAccount(pk=1, platform="whatsapp", handle="kota")
    assert quotas_left([by_hand]) == {1: []}
