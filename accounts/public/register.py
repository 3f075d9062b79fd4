"""The public register as this process has it, and when it looks whether it changed."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import DatabaseError, InterfaceError, OperationalError, connections

from accounts.models import RegisterVersion
from accounts.public.loading import load
from accounts.public.snapshot import Snapshot

logger = logging.getLogger(__name__)

LOOK_EVERY = 1.0
"""Seconds between two looks at the version; a change is public after that and one reload."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A snapshot, and whether it may be out of date because the database does not answer."""

    snapshot: Snapshot
    stale: bool


class Register:
    """The present snapshot. One thread looks for changes; the others go on with what there is."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: Seen | None = None
        self._looked_at = 0.0

    def now(self) -> Seen:
        """Raises the database's error only when there never was a snapshot in this process."""
        seen = self._seen
        if seen is not None and time.monotonic() - self._looked_at < LOOK_EVERY:
            return seen
        if not self._lock.acquire(blocking=seen is None):
            return self._seen or self.now()
        try:
            return self._look()
        finally:
            self._lock.release()

    def _look(self) -> Seen:
        seen = self._seen
        if seen is not None and time.monotonic() - self._looked_at < LOOK_EVERY:
            return seen
        try:
            number, changed_at = _version()
            if seen is None or seen.snapshot.number != number:
                before = seen.snapshot if seen else None
                seen = Seen(load(number, changed_at, before=before), stale=False)
            elif seen.stale:
                seen = Seen(seen.snapshot, stale=False)
        except (OperationalError, InterfaceError):
            if seen is None:
                raise
            if not seen.stale:
                logger.warning("The public register is shown as of version %s: no database.",
                               seen.snapshot.number)  # fmt: skip
            seen = Seen(seen.snapshot, stale=True)
        self._seen = seen
        self._looked_at = time.monotonic()
        return seen

    def warm(self) -> None:
        """Have a copy before the first request. Without a database the first one tries again."""
        try:
            self.now()
        except DatabaseError as exc:
            logger.warning("The public register is not read yet: %s", type(exc).__name__)
        finally:
            # A server forks, or serves from other threads: this connection is nobody's.
            connections.close_all()

    def forget(self) -> None:
        """Look again at the next request. For tests, which roll back what they changed."""
        self._seen = None
        self._looked_at = 0.0


register = Register()


def _version() -> tuple[int, datetime]:
    found = RegisterVersion.objects.filter(pk=1).values_list("number", "changed_at").first()
    return found or (0, datetime(2020, 1, 1, tzinfo=UTC))
