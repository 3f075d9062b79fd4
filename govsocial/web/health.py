"""``GET /healthz``: what the application needs to do its work, for monitors and load balancers.

Answers within two seconds, whatever hangs, and says nothing that a stranger should not read.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

import redis
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from govsocial import clocks
from govsocial.celery import QUEUES

from . import heartbeat
from .permissions import public

DEADLINE = 1.8
"""Seconds after which whatever has not answered counts as down."""

FRESH = 1.0
"""Seconds for which an answer is given again: asking costs the database a connection."""


@dataclass(frozen=True, slots=True)
class Part:
    ok: bool
    detail: str


@public
@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 where everything works, 503 with the parts that do not."""
    parts = _recent.parts()
    healthy = all(part.ok for part in parts.values())
    answer = {"status": "ok" if healthy else "unavailable"} | {
        name: asdict(part) for name, part in parts.items()
    }
    return JsonResponse(answer, status=200 if healthy else 503)


def examine() -> dict[str, Part]:
    """Ask database and broker at once; neither can make the other late."""
    database, signs = _Question(_database), _Question(_signs)
    parts = dict.fromkeys(
        ("database", "clock", "broker", "worker", "beat"), Part(False, "no answer in time")
    )
    remaining = DEADLINE
    for question in (database, signs):
        remaining -= question.wait(remaining)
        parts |= question.answer
    return parts


class _Recent:
    """The last answer of this process. Whoever comes while it is being found waits for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._parts: dict[str, Part] = {}
        self._found_at = 0.0

    def parts(self) -> dict[str, Part]:
        with self._lock:
            if not self._parts or time.monotonic() - self._found_at >= FRESH:
                self._parts = examine()
                self._found_at = time.monotonic()
            return self._parts

    def forget(self) -> None:
        with self._lock:
            self._parts = {}


_recent = _Recent()


class _Question:
    """One check in a thread of its own, so that it can be left behind when it hangs.

    Drivers bound how long they wait, so such a thread ends by itself.
    """

    def __init__(self, ask: Callable[[], dict[str, Part]]) -> None:
        self.answer: dict[str, Part] = {}
        self._ask = ask
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def wait(self, seconds: float) -> float:
        """Wait at most so long; answer how long it took."""
        started = time.monotonic()
        self._thread.join(max(seconds, 0))
        return time.monotonic() - started

    def _run(self) -> None:
        self.answer = self._ask()


def _database() -> dict[str, Part]:
    # A connection of its own: the request's may wait for a lock, and has no time limit.
    connection = connections.create_connection(DEFAULT_DB_ALIAS)
    options = connection.settings_dict.get("OPTIONS", {}) | {"connect_timeout": 2}
    connection.settings_dict = connection.settings_dict | {"OPTIONS": options}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
            (version,) = cursor.fetchone()
            before = timezone.now()
            cursor.execute(clocks.NOW)
            apart = clocks.difference(before, *cursor.fetchone())
    except DatabaseError:
        # The driver's message names host and user.
        unknown = Part(False, "unknown without the database")
        return {"database": Part(False, "does not answer"), "clock": unknown}
    finally:
        connection.close()
    return {
        "database": Part(True, f"PostgreSQL {version}"),
        "clock": Part(abs(apart) < clocks.TOO_FAR, clocks.in_words(apart)),
    }


def _signs() -> dict[str, Part]:
    """The broker, and through it the signs of life of workers and beat."""
    unknown = Part(False, "unknown without the broker")
    try:
        with heartbeat.broker() as client:
            workers = heartbeat.live_workers(client, QUEUES)
            beats = bool(client.exists(heartbeat.BEAT))
    except redis.RedisError:
        return {"broker": Part(False, "does not answer"), "worker": unknown, "beat": unknown}
    unserved = [queue for queue, names in workers.items() if not names]
    names = {name for names in workers.values() for name in names}
    return {
        "broker": Part(True, "answers"),
        "worker": Part(False, f"no worker for {', '.join(unserved)}")
        if unserved
        else Part(True, f"{len(names)} serving {', '.join(QUEUES)}"),
        "beat": Part(beats, "ticks" if beats else f"no tick in {heartbeat.LIFETIME} s"),
    }
