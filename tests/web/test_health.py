from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
from celery import signals
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings
from time_machine import travel

from govsocial.celery import QUEUES, app
from govsocial.clocks import check_clocks
from govsocial.local.valkey import Valkey
from govsocial.web import health, heartbeat
from govsocial.web.health import DEADLINE, healthz

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """What an earlier test was answered is not given again, nor ours to a later one."""
    health._recent.forget()
    yield
    health._recent.forget()


@pytest.fixture
def broker(tmp_path: Path, settings: Settings) -> Iterator[Valkey]:
    server = Valkey(tmp_path / "valkey")
    settings.REDIS_URL = server.start()
    heartbeat._writer.cache_clear()
    yield server
    server.stop()
    heartbeat._writer.cache_clear()


@pytest.fixture
def client_of_broker(broker: Valkey) -> Iterator[redis.Redis]:
    with heartbeat.broker() as client:
        yield client


@pytest.fixture
def everything_up(client_of_broker: redis.Redis) -> redis.Redis:
    heartbeat.worker_lives(client_of_broker, "one@host", ["publishing"])
    heartbeat.worker_lives(client_of_broker, "two@host", ["metrics", "reports", "default"])
    heartbeat.beat_lives(client_of_broker)
    return client_of_broker


def ask() -> tuple[int, dict[str, Any]]:
    answer = healthz(RequestFactory().get("/healthz"))
    return answer.status_code, json.loads(answer.content)


def down(answer: dict[str, Any]) -> set[str]:
    return {name for name, part in answer.items() if name != "status" and not part["ok"]}


def test_everything_up_is_200_and_names_every_part(everything_up: redis.Redis) -> None:
    status, answer = ask()
    assert status == 200
    assert answer["status"] == "ok"
    assert answer.keys() == {"status", "database", "clock", "broker", "worker", "beat"}
    assert down(answer) == set()


def test_a_stranger_may_ask_and_the_answer_waits_for_no_other_query(
    everything_up: redis.Redis, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    # The page asks over a connection of its own; the request's could hang.
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    assert client.post("/healthz").status_code == 405


def test_strangers_who_ask_often_cost_the_database_one_connection_a_second(
    everything_up: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []
    examine = health.examine

    def counted() -> dict[str, health.Part]:
        asked.append(time.monotonic())
        return examine()

    monkeypatch.setattr(health, "examine", counted)
    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(lambda _: ask(), range(40)))
    assert len(asked) == 1
    assert [status for status, _ in answers] == [200] * 40
    everything_up.delete(heartbeat.BEAT)
    assert ask()[0] == 200
    monkeypatch.setattr(health, "FRESH", 0.0)
    assert ask()[0] == 503, "an old answer is not given for ever"
    assert len(asked) == 2


def test_a_crowd_that_comes_while_something_hangs_is_answered_within_two_seconds(
    settings: Settings,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.REDIS_URL = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        started = time.monotonic()
        with ThreadPoolExecutor(8) as crowd:
            answers = list(crowd.map(lambda _: ask(), range(8)))
    assert time.monotonic() - started < DEADLINE + 0.5
    assert [status for status, _ in answers] == [503] * 8


def test_a_queue_that_no_worker_serves_is_503_and_named(everything_up: redis.Redis) -> None:
    heartbeat.worker_leaves(everything_up, "one@host", ["publishing"])
    status, answer = ask()
    assert status == 503
    assert answer["worker"] == {"ok": False, "detail": "no worker for publishing"}
    assert down(answer) == {"worker"}


def test_a_killed_worker_is_missed_while_its_colleague_goes_on(everything_up: redis.Redis) -> None:
    heartbeat.worker_lives(everything_up, "killed@host", ["publishing"])
    everything_up.delete(heartbeat._worker("publishing", "killed@host"))
    assert ask()[0] == 200
    assert heartbeat.live_workers(everything_up, ["publishing"]) == {"publishing": ["one@host"]}


def test_a_sign_of_life_expires_by_itself(everything_up: redis.Redis) -> None:
    signs = [heartbeat.BEAT, heartbeat._worker("publishing", "one@host")]
    assert all(0 < int(everything_up.ttl(sign)) <= heartbeat.LIFETIME for sign in signs)


def test_a_silent_beat_is_503_and_named(everything_up: redis.Redis) -> None:
    everything_up.delete(heartbeat.BEAT)
    status, answer = ask()
    assert status == 503
    assert down(answer) == {"beat"}


def test_a_stopped_broker_is_503_and_leaves_worker_and_beat_unknown(
    everything_up: redis.Redis, broker: Valkey
) -> None:
    broker.stop()
    status, answer = ask()
    assert status == 503
    assert down(answer) == {"broker", "worker", "beat"}
    assert answer["database"]["ok"] is True


def test_a_broker_that_hangs_is_503_within_two_seconds(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.REDIS_URL = f"redis://:a-secret@127.0.0.1:{silent.getsockname()[1]}/0"
        started = time.monotonic()
        status, answer = ask()
    assert time.monotonic() - started < DEADLINE + 0.5
    assert status == 503
    assert down(answer) == {"broker", "worker", "beat"}
    assert "a-secret" not in json.dumps(answer)


def test_a_clock_that_is_far_from_the_databases_is_503(everything_up: redis.Redis) -> None:
    with travel(timezone.now() - timedelta(minutes=2)):
        status, answer = ask()
    assert status == 503
    assert answer["clock"] == {"ok": False, "detail": "120 s behind the database's"}
    health._recent.forget()
    with travel(timezone.now() + timedelta(seconds=8)):
        assert down(ask()[1]) == set()
        (warning,) = check_clocks(["default"])
    assert "8 s ahead" in warning.msg
    assert not check_clocks(["default"])


def test_a_database_that_is_gone_is_503_and_its_address_stays_secret(
    everything_up: redis.Redis, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import connections

    there = connections.settings["default"]
    monkeypatch.setitem(
        connections.settings, "default", there | {"HOST": "/nowhere", "USER": "somebody"}
    )
    status, answer = ask()
    assert status == 503
    assert down(answer) == {"database", "clock"}
    assert "nowhere" not in json.dumps(answer)
    assert "somebody" not in json.dumps(answer)


def test_a_database_that_hangs_is_503_within_two_seconds(
    everything_up: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import connections

    with socket.create_server(("127.0.0.1", 0)) as silent:
        there = connections.settings["default"]
        address = {"HOST": "127.0.0.1", "PORT": str(silent.getsockname()[1])}
        monkeypatch.setitem(connections.settings, "default", there | address)
        started = time.monotonic()
        status, answer = ask()
        assert time.monotonic() - started < 2
        assert status == 503
        assert answer["database"] == {"ok": False, "detail": "no answer in time"}
        # Let the driver give up before the database of the tests is taken down.
        time.sleep(0.5)


class Worker:
    """As much of Celery's consumer as its signals hand over."""

    hostname = "three@host"

    class task_consumer:  # Celery's name
        queues = [queue for queue in app.conf.task_queues if queue.name == "reports"]


def test_a_worker_signs_when_ready_again_with_its_heartbeat_and_leaves_at_its_end(
    client_of_broker: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    signals.worker_ready.send(sender=Worker())
    assert heartbeat.live_workers(client_of_broker, QUEUES)["reports"] == ["three@host"]

    client_of_broker.flushdb()
    monkeypatch.setattr(heartbeat._Served, "said_at", time.monotonic() - heartbeat.INTERVAL)
    signals.heartbeat_sent.send(sender=None)
    assert heartbeat.live_workers(client_of_broker, QUEUES)["reports"] == ["three@host"]

    signals.worker_shutdown.send(sender=None)
    assert heartbeat.live_workers(client_of_broker, QUEUES)["reports"] == []


def test_beat_signs_with_every_tick(
    client_of_broker: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduler = heartbeat.Scheduler(app=app, lazy=True)
    assert 0 < scheduler.tick() <= heartbeat.INTERVAL
    assert client_of_broker.exists(heartbeat.BEAT) == 1
