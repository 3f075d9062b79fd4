"""How often one address may ask. Counted by `limits`, by the address that no header can forge."""

from __future__ import annotations

import logging
import math
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import FixedWindowRateLimiter

from govsocial.audit.middleware import client_address

logger = logging.getLogger(__name__)

# Tries at the form for each report that may come of them: mistakes are corrected, and count.
TRIES_PER_REPORT = 6


class TooMany(Exception):
    """Refused for now. ``seconds``: until the count starts anew. ``own``: this address itself
    asked too much, and not its network or everybody together."""

    def __init__(self, seconds: int, *, own: bool = True) -> None:
        super().__init__("Too many requests.")
        self.seconds = seconds
        self.own = own

    @property
    def minutes(self) -> int:
        """The same in whole minutes, of which the last has begun."""
        return math.ceil(self.seconds / 60)


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

    def left(self) -> int:
        """Seconds of the present minute."""
        return 60 - int(time.monotonic() % 60)


_minute = _Minute()


def count_request(request: HttpRequest) -> None:
    """Raises ``TooMany``. In the memory of this process: it must cost next to nothing."""
    if _minute.hit(who(request)) > settings.PUBLIC_REQUESTS_PER_MINUTE:
        raise TooMany(_minute.left())


def count_lookup(request: HttpRequest) -> None:
    """For an answer that is not in the cache and has to be worked out. Raises ``TooMany``."""
    _count_here(settings.PUBLIC_LOOKUPS_PER_MINUTE, "lookup", who(request))


def _count_here(most: int, *names: str) -> None:
    item = RateLimitItemPerMinute(most)
    if not _here().hit(item, *names):
        raise TooMany(_left(_here(), item, names))


def _left(limiter: FixedWindowRateLimiter, item: RateLimitItem, names: Sequence[str]) -> int:
    """Seconds until the count of ``names`` starts anew."""
    seconds = math.ceil(limiter.get_window_stats(item, *names).reset_time - time.time())
    # Without a count nothing will be allowed: then the whole of its time is as true as any other.
    return seconds if 0 < seconds <= item.get_expiry() else item.get_expiry()


def count_try(request: HttpRequest) -> None:
    """One more form sent from this address. Raises ``TooMany``."""
    _count_everywhere(settings.PUBLIC_REPORTS_PER_HOUR * TRIES_PER_REPORT, "try", who(request))


@contextmanager
def one_report(request: HttpRequest) -> Iterator[None]:
    """Within, a report is taken in: in one step with being counted, for this address, for its
    network and for everybody. Raises ``TooMany`` where one of them has none left.

    What is refused within is a mistake, and counts as a try only: nobody uses up their reports, or
    shuts others out, with what was not taken. Of several sent at once none is kept without having
    been counted.
    """
    # Looked at first, so that who has none left costs nothing more.
    _count_all(request, only_look=True)
    with transaction.atomic():
        yield
        _count_all(request)


def _count_all(request: HttpRequest, *, only_look: bool = False) -> None:
    most = settings.PUBLIC_REPORTS_PER_HOUR
    _count_everywhere(most, "report", who(request), only_look=only_look)
    for most, name in _together(request):
        _count_everywhere(most, "report", name, only_look=only_look, own=False)


def _together(request: HttpRequest) -> list[tuple[int, str]]:
    return [
        (settings.PUBLIC_REPORTS_PER_HOUR_NETWORK, whose_network(request)),
        (settings.PUBLIC_REPORTS_PER_HOUR_ALL, "everybody"),
    ]


def _count_everywhere(most: int, *names: str, only_look: bool = False, own: bool = True) -> None:
    item = RateLimitItemPerHour(most)

    def refused_for(limiter: FixedWindowRateLimiter) -> int:
        """Seconds, or nothing where it may be."""
        may = limiter.test(item, *names) if only_look else limiter.hit(item, *names)
        return 0 if may else _left(limiter, item, names)

    try:
        seconds = refused_for(_shared())
    except StorageError:
        # Without the shared count each process counts alone: slower to refuse, never closed.
        logger.warning("No shared count of public reports: the broker does not answer.")
        seconds = refused_for(_here())
    if seconds:
        raise TooMany(seconds, own=own)
