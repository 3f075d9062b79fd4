"""Acts in a session of their own while another one holds something."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from django.db import connection

Act = Callable[[], object]


def begin(act: Act) -> threading.Thread:
    """``act`` in a session of its own, when it is done there, or waits for what another one
    holds, or waits for."""
    sessions: list[int] = []

    def run() -> None:
        try:
            connection.ensure_connection()
            sessions.append(connection.connection.info.backend_pid)
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    until = time.monotonic() + 20
    while thread.is_alive() and not (sessions and _waits(sessions[0])):
        assert time.monotonic() < until
        time.sleep(0.01)
    return thread


def _waits(session: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pid = %s)", [session]
        )
        waits: bool = cursor.fetchone()[0]
    return waits


def finish(thread: threading.Thread) -> None:
    thread.join(timeout=20)
    assert not thread.is_alive()
