"""What is counted in Redis for all workers, and what to do while Redis is not reachable."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import cast

import redis
from django.conf import settings
from limits.errors import StorageError
from limits.storage import RedisStorage

_TIMEOUT = 1.0
"""Seconds: a counter must not hold up a post."""
SILENT_FOR = 5.0
"""Seconds for which Redis is not asked again after it did not answer."""
_ADD_WITHIN = """
local used = tonumber(redis.call("get", KEYS[1]) or "0")
if used + tonumber(ARGV[1]) > tonumber(ARGV[2]) then
    return 0
end
redis.call("incrby", KEYS[1], ARGV[1])
redis.call("expire", KEYS[1], ARGV[3])
return 1
"""
_silent_until: dict[tuple[str, str], float] = {}


@contextmanager
def heard() -> Iterator[None]:
    """Ask Redis, unless it did not answer a moment ago: then ``StorageError`` at once. One post or
    page asks many times, and each time would wait as long as the last."""
    place = settings.REDIS_URL, settings.BUDGET_PREFIX
    if time.monotonic() < _silent_until.get(place, 0.0):
        raise StorageError(redis.ConnectionError("Redis did not answer a moment ago."))
    try:
        yield
    except StorageError:
        _silent_until[place] = time.monotonic() + SILENT_FOR
        raise


@contextmanager
def wrapped() -> Iterator[None]:
    """Turn a failure of Redis itself into the storage's own, as its methods do."""
    try:
        yield
    except storage().base_exceptions as error:
        raise StorageError(error) from error


@lru_cache(maxsize=4)
def _storage_at(url: str, prefix: str) -> RedisStorage:
    return RedisStorage(
        url,
        key_prefix=prefix,
        wrap_exceptions=True,
        socket_timeout=_TIMEOUT,
        socket_connect_timeout=_TIMEOUT,
    )


def storage() -> RedisStorage:
    return _storage_at(settings.REDIS_URL, settings.BUDGET_PREFIX)


def client() -> redis.Redis:
    return cast(redis.Redis, storage().get_connection())


def added_within(key: str, amount: int, *, limit: int, seconds: int) -> bool:
    """Add to a counter, unless that would pass ``limit``; return whether it was added.

    In one step: whoever looks meanwhile sees nothing of what is refused. The counter lasts for
    ``seconds`` after it was last added to. Raises ``StorageError`` while Redis is not reachable.
    """
    script = client().register_script(_ADD_WITHIN)
    with wrapped():
        return bool(script([storage().prefixed_key(key)], [amount, limit, seconds]))


def first_today(platform: str, item: str, names: Collection[str]) -> int:
    """How many of the things named are met for the first time on this day of UTC.

    Without Redis all of them are: then more is counted than the platform charges, never less.
    """
    key = storage().prefixed_key(f"billed:{platform}:{item}:{datetime.now(UTC):%Y-%m-%d}")
    try:
        with heard(), wrapped():
            added = client().sadd(key, *names)
            client().expire(key, 2 * 86_400)
    except StorageError:
        return len(set(names))
    return added
