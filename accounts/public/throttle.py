"""How often one address may ask. Counted by `limits`, by the address that no header can forge."""

from __future__ import annotations

import logging
import time
from collections import Counter
from contextlib import suppress
from functools import cache
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest
from limits import RateLimitItemPerHour, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import FixedWindowRateLimiter

from govsocial.audit.middleware import client_address

logger = logging.getLogger(__name__)

# Tries at the form for each report that may come of them: mistakes are corrected, and count.
TRIES_PER_REPORT = 6


class TooMany(Exception):
    """Refused for now. ``seconds``: when it is worth asking again."""

    def __init__(self, seconds: int) -> None:
        super().__init__("Too many requests.")
        self.seconds = seconds


def who(request: HttpRequest) -> str:
    """The client's address; of IPv6 the network, because one line gets all addresses in it."""
    return _network(request, v4=32, v6=64)


def whose_network(request: HttpRequest) -> str:
    """The network around it, as large as one customer of a provider gets without asking twice."""
    return _network(request, v4=24, v6=48)


def _network(request: HttpRequest, *, v4: int, v6: int) -> str:
    address = client_address(request)
    if address is None:
        return "unknown"
    length = v6 if ip_address(address).version == 6 else v4
    return str(ip_network((address, length), strict=False))


@cache
def _here() -> FixedWindowRateLimiter:
    return FixedWindowRateLimiter(MemoryStorage())


@cache
def _shared() -> FixedWindowRateLimiter:
    storage: Storage = RedisStorage(
        settings.REDIS_URL,
        wrap_exceptions=True,
        key_prefix="govsocial-public",
        socket_timeout=2,
        socket_connect_timeout=2,
    )
    return FixedWindowRateLimiter(storage)


def forget() -> None:
    """Start counting anew. For tests."""
    _minute.counts.clear()
    _here.cache_clear()
    _shared.cache_clear()


class _Minute:
    """Requests of the present minute by address.

    Asked for every request, where the storages of `limits` cost more than the answer itself: the
    one in memory starts a thread a hundred times a second. A lost count between two threads does
    no harm to so generous a limit.
    """

    def __init__(self) -> None:
        self.number = 0
        self.counts: Counter[str] = Counter()

    def hit(self, name: str) -> int:
        number = int(time.monotonic() // 60)
        if number != self.number:
            self.number, self.counts = number, Counter()
        self.counts[name] += 1
        return self.counts[name]


_minute = _Minute()


def count_request(request: HttpRequest) -> None:
    """Raises ``TooMany``. In the memory of this process: it must cost next to nothing."""
    if _minute.hit(who(request)) > settings.PUBLIC_REQUESTS_PER_MINUTE:
        raise TooMany(60)


def count_lookup(request: HttpRequest) -> None:
    """For an answer that is not in the cache and has to be worked out. Raises ``TooMany``."""
    _count_here(settings.PUBLIC_LOOKUPS_PER_MINUTE, "lookup", who(request))


def _count_here(most: int, *names: str) -> None:
    if not _here().hit(RateLimitItemPerMinute(most), *names):
        raise TooMany(60)


def count_try(request: HttpRequest) -> None:
    """One more form sent from this address. Raises ``TooMany``."""
    _count_everywhere(settings.PUBLIC_REPORTS_PER_HOUR * TRIES_PER_REPORT, "try", who(request))


def count_report(request: HttpRequest) -> None:
    """One more report from this address, whatever becomes of it. Raises ``TooMany``, also when
    its network or everybody together has none left."""
    _count_everywhere(settings.PUBLIC_REPORTS_PER_HOUR, "report", who(request))
    for most, name in _together(request):
        _count_everywhere(most, "report", name, only_look=True)


def count_taken(request: HttpRequest) -> None:
    """A report that was taken in, for its network and for everybody. Those that are refused count
    there no more than mistakes do: nobody shuts others out with them."""
    for most, name in _together(request):
        with suppress(TooMany):
            _count_everywhere(most, "report", name)


def _together(request: HttpRequest) -> list[tuple[int, str]]:
    return [
        (settings.PUBLIC_REPORTS_PER_HOUR_NETWORK, whose_network(request)),
        (settings.PUBLIC_REPORTS_PER_HOUR_ALL, "everybody"),
    ]


def _count_everywhere(most: int, *names: str, only_look: bool = False) -> None:
    item = RateLimitItemPerHour(most)

    def allowed(limiter: FixedWindowRateLimiter) -> bool:
        return limiter.test(item, *names) if only_look else limiter.hit(item, *names)

    try:
        may = allowed(_shared())
    except StorageError:
        # Without the shared count each process counts alone: slower to refuse, never closed.
        logger.warning("No shared count of public reports: the broker does not answer.")
        may = allowed(_here())
    if not may:
        raise TooMany(3600)
