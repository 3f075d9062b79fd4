"""One connection for one request: to a checked address only, cut off at a total deadline."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from govsocial.platforms.errors import NotReached
from govsocial.platforms.guard import Guard

WRITTEN = 64 * 1024
"""So many bytes are handed to a connection at once."""


class Attempt:
    """How far one request came. ``connected`` turns true just before its first byte leaves."""

    def __init__(
        self, guard: Guard, *, connect_timeout: float, silence: float, deadline: float
    ) -> None:
        self.guard = guard
        self.silence = silence
        """How long the platform may say nothing."""
        self.connect_timeout = connect_timeout
        self.deadline = deadline
        self.connected = False
        self._expired = threading.Event()
        self._handle: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(max(0.0, self.remaining()), self._expire)
        self._timer.daemon = True

    def remaining(self) -> float:
        return self.deadline - time.monotonic()

    @property
    def expired(self) -> bool:
        return self._expired.is_set()

    def __enter__(self) -> Attempt:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            if self._handle is not None:
                self._handle.close()
                self._handle = None

    def open(self, host: str, port: int) -> socket.socket:
        """Connect to the first checked address of ``host`` that answers."""
        for address in self.guard.addresses(host, port):
            wait = min(self.connect_timeout, self.remaining())
            if wait <= 0:
                break
            try:
                opened = socket.create_connection((address, port), timeout=wait)
            except OSError:
                continue
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                # A second handle, because TLS takes the first one over.
                self._handle = opened.dup()
            return opened
        raise NotReached(f"{host} does not take a connection.")

    def _expire(self) -> None:
        self._expired.set()
        with self._lock:
            if self._handle is not None:
                try:
                    self._handle.shutdown(socket.SHUT_RDWR)
                except OSError:
                    return


class OneShotAdapter(HTTPAdapter):
    """Sends a prepared request over a new connection that belongs to ``attempt``.

    Connections are not kept: a stale one would make a write ambiguous that never left.
    """

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt
        super().__init__(max_retries=0, pool_connections=1, pool_maxsize=1)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        manager: PoolManager = self.poolmanager
        manager.pool_classes_by_scheme = _pools(self._attempt)


def _pools(attempt: Attempt) -> dict[str, type[HTTPConnectionPool]]:
    def connected(connection: HTTPConnection) -> None:
        attempt.connected = True
        # Also while it is sent to; what it took to connect is over.
        connection.timeout = attempt.silence
        if connection.sock is not None:
            connection.sock.settimeout(attempt.silence)

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return attempt.open(self.host, self.port)

        def connect(self) -> None:
            super().connect()
            connected(self)

        def send(self, data: Any) -> None:
            _hand_over(super().send, data)

    class Secured(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return attempt.open(self.host, self.port or 443)

        def connect(self) -> None:
            super().connect()
            connected(self)

        def send(self, data: Any) -> None:
            _hand_over(super().send, data)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecuredPool(HTTPSConnectionPool):
        ConnectionCls = Secured

    return {"http": PlainPool, "https": SecuredPool}


def _in_parts(data: Any) -> Iterator[Any]:
    """Bytes in parts: the time limit of a socket is for all that it is given at once."""
    if not isinstance(data, bytes) or len(data) <= WRITTEN:
        yield data
        return
    whole = memoryview(data)
    for start in range(0, len(data), WRITTEN):
        yield whole[start : start + WRITTEN]


def _hand_over(send: Callable[[Any], None], data: Any) -> None:
    """A platform may answer before it has read everything, and hang up: too large, not allowed.

    urllib3 looks for that answer after a ``BrokenPipeError``; TLS names the same otherwise.
    """
    try:
        for part in _in_parts(data):
            send(part)
    except TimeoutError:
        raise
    except OSError as broken:
        raise BrokenPipeError(*broken.args) from broken
