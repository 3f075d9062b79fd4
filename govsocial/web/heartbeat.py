"""Signs of life that workers and beat leave in the broker, where the health page reads them.

A sign expires by itself, so that a killed process goes missing without anybody's help. Losing
every sign (a flushed broker) costs nothing: each process writes its own again within seconds.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import redis
from celery import beat, signals
from django.conf import settings

logger = logging.getLogger(__name__)

TIMEOUT = 1.0
"""Seconds to wait for the broker, both for the connection and for an answer."""
LIFETIME = 15
"""Seconds after which a process that gave no sign counts as gone."""
INTERVAL = 3.0

BEAT = "govsocial:heartbeat:beat"


def broker() -> redis.Redis:
    """A client of the broker that never waits long."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=TIMEOUT,
        socket_connect_timeout=TIMEOUT,
        decode_responses=True,
    )


_writer = lru_cache(maxsize=1)(broker)


def _members(queue: str) -> str:
    return f"govsocial:heartbeat:workers:{queue}"


def _worker(queue: str, name: str) -> str:
    return f"govsocial:heartbeat:worker:{queue}:{name}"


def worker_lives(client: redis.Redis, name: str, queues: Iterable[str]) -> None:
    """Say that worker ``name`` serves ``queues`` now."""
    with client.pipeline(transaction=False) as pipeline:
        for queue in queues:
            pipeline.sadd(_members(queue), name)
            pipeline.set(_worker(queue, name), "1", ex=LIFETIME)
        pipeline.execute()


def worker_leaves(client: redis.Redis, name: str, queues: Iterable[str]) -> None:
    """Say that worker ``name`` stops serving ``queues``, without waiting for the sign to expire."""
    with client.pipeline(transaction=False) as pipeline:
        for queue in queues:
            pipeline.srem(_members(queue), name)
            pipeline.delete(_worker(queue, name))
        pipeline.execute()


def beat_lives(client: redis.Redis) -> None:
    """Say that a scheduler runs now."""
    client.set(BEAT, "1", ex=LIFETIME)


def live_workers(client: redis.Redis, queues: Iterable[str]) -> dict[str, list[str]]:
    """The workers that gave a sign lately, by each of ``queues``; forgets those that are gone."""
    names = list(queues)
    with client.pipeline(transaction=False) as pipeline:
        for queue in names:
            pipeline.smembers(_members(queue))
        known = [
            (queue, who)
            for queue, all_ in zip(names, pipeline.execute(), strict=True)
            for who in sorted(all_)
        ]
    found: dict[str, list[str]] = {queue: [] for queue in names}
    if not known:
        return found
    signs: Any = client.mget([_worker(queue, who) for queue, who in known])
    for (queue, who), sign in zip(known, signs, strict=True):
        if sign is None:
            client.srem(_members(queue), who)
        else:
            found[queue].append(who)
    return found


class _Served:
    """What this worker process serves, and when it last said so."""

    name = ""
    queues: tuple[str, ...] = ()
    said_at = 0.0


@signals.worker_ready.connect
def _ready(sender: Any, **_: Any) -> None:
    _Served.name = sender.hostname
    _Served.queues = tuple(queue.name for queue in sender.task_consumer.queues)
    _Served.said_at = 0.0
    _say_so()


@signals.heartbeat_sent.connect
def _beat_again(**_: Any) -> None:
    if time.monotonic() - _Served.said_at >= INTERVAL:
        _say_so()


@signals.worker_shutdown.connect
def _leave(**_: Any) -> None:
    try:
        worker_leaves(_writer(), _Served.name, _Served.queues)
    except redis.RedisError as exc:
        logger.warning("the broker does not take a farewell: %s", exc)


def _say_so() -> None:
    if not _Served.queues:
        return
    try:
        worker_lives(_writer(), _Served.name, _Served.queues)
        _Served.said_at = time.monotonic()
    except redis.RedisError as exc:
        # The worker goes on: Celery reconnects by itself, and so does the next sign.
        logger.warning("the broker does not take a heartbeat: %s", exc)


class Scheduler(beat.Scheduler):
    """Celery's own scheduler in memory: entries claim work in the database, nothing to remember."""

    def tick(self, *args: Any, **kwargs: Any) -> float:
        pause: float = super().tick(*args, **kwargs)
        try:
            beat_lives(_writer())
        except redis.RedisError as exc:
            logger.warning("the broker does not take a heartbeat: %s", exc)
        return min(pause, INTERVAL)
