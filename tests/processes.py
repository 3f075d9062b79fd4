"""Workers that are processes of their own, on the test database, and are really killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from tests.platforms.fakes import Received, Reply, Server
from tests.platforms.fault_tools import asked

_LOADED = """
import django
from govsocial.web.collector import loading
with loading():
    django.setup()
"""
ROOT = Path(__file__).resolve().parent.parent
WITHIN = 30.0
"""Seconds that a worker has to start on a machine that does much else."""


@contextmanager
def worker(code: str, **more: str) -> Iterator[subprocess.Popen[str]]:
    """A process that runs ``code`` on the test database; killed at the end if it still runs."""
    started = subprocess.Popen(
        [sys.executable, "-c", f"{_LOADED}\n{code}"],
        cwd=ROOT,
        env=environment(**more),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


def environment(**more: str) -> dict[str, str]:
    """The name of the database that pytest gave it, not the one in the address."""
    name = str(connection.settings_dict["NAME"])
    head, _, query = os.environ["DATABASE_URL"].partition("?")
    base = head.rsplit("/", 1)[0]
    keys = ",".join(f"{version}:{key}" for version, key in settings.CREDENTIAL_KEYS.items())
    return os.environ | {
        "DATABASE_URL": f"{base}/{name}" + (f"?{query}" if query else ""),
        "DJANGO_SETTINGS_MODULE": "govsocial.settings.test",
        "CREDENTIAL_KEYS": keys,
        **more,
    }


def at(server: Server) -> dict[str, str]:
    """Where a worker finds every platform."""
    return {"PLATFORM_PRIVATE_HOSTS": server.host, "PLATFORM_BASE_URL": server.base}


def until_waiting(others: int) -> bool:
    """Whether so many connections wait for locks of this test; asked until they do.

    A thread of its own closes its connection afterwards.
    """
    deadline = time.monotonic() + WITHIN
    waiting = 0
    while waiting < others and time.monotonic() < deadline:
        time.sleep(0.01)
        with connection.cursor() as cursor:
            # Within a transaction the first answer would be given again.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            (waiting,) = cursor.fetchone()
    return waiting >= others


class Held:
    """Holds back one answer of a server, until the worker that waits for it was killed."""

    def __init__(self, server: Server, route: str, *, takes: bool = True) -> None:
        self._server, self._route, self._takes = server, route, takes
        self._answer = server.answer_of(route)
        self._asked, self._over = threading.Event(), threading.Event()
        server.on(route, self._hold, self._answer)

    def _hold(self, received: Received) -> Reply:
        # The platform may have done its work before the worker dies, or not have begun it.
        reply = asked(self._answer, received) if self._takes else Reply(503)
        self._asked.set()
        self._over.wait(WITHIN)
        return reply

    def kill(self, process: subprocess.Popen[str]) -> None:
        """Kill ``process`` while it waits for the answer."""
        try:
            assert self._asked.wait(WITHIN), "the worker never called"
            process.send_signal(signal.SIGKILL)
            process.wait()
        finally:
            self._over.set()
