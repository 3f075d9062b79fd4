"""The public register as this process has it, and when it looks whether it changed."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import OperationalError, connections

from accounts.models import RegisterVersion
from accounts.public.loading import load
from accounts.public.snapshot import Snapshot

logger = logging.getLogger(__name__)

LOOK_EVERY = 1.0
"""Seconds between two looks at the version; a change is public after that and one reload. Also
between two attempts at what could not be read."""

MOST_READS = 3
"""How often a copy is read anew because the register changed meanwhile."""


class UnreadError(OperationalError):
    """There never was a copy in this process. An error of the database, whatever was the matter:
    trying again helps, so that the answer is 503."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A snapshot, and whether it may be out of date because a newer one could not be read."""

    snapshot: Snapshot
    stale: bool


class Register:
    """The present snapshot. One thread looks for changes; the others go on with what there is."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: Seen | None = None
        self._looked_at = 0.0
        # What the last look failed of; empty when it did not.
        self._fault = ""

    def now(self) -> Seen:
        """Raises ``UnreadError`` only when there never was a snapshot in this process."""
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
        if time.monotonic() - self._looked_at < LOOK_EVERY:
            if seen is not None:
                return seen
            if self._fault:
                # Whoever waited while another thread tried in vain would only do the same again.
                raise UnreadError(f"The public register was not read: {self._fault}.")
        try:
            seen = _read(seen)
            self._fault = ""
        # One row that nobody foresaw, or a table that a migration is changing right now, must not
        # take down what people ask in doubt: whatever went wrong, the last copy is the answer.
        except Exception as exc:
            seen = self._kept(seen, exc)
            if seen is None:
                raise UnreadError("The public register was not read.") from exc
        finally:
            # Also after a fault: with each request anew the whole register would be read.
            self._looked_at = time.monotonic()
        self._seen = seen
        return seen

    def _kept(self, seen: Seen | None, exc: Exception) -> Seen | None:
        """The last copy, marked. A fault that lasts is logged once."""
        fault = type(exc).__name__
        if fault != self._fault:
            version = f"shown as of version {seen.snapshot.number}" if seen else "not shown"
            told = f"The public register is {version}: {fault}."
            logger.error(told, exc_info=exc)
        self._fault = fault
        return Seen(seen.snapshot, stale=True) if seen else None

    def warm(self) -> None:
        """Have a copy before the first request. Where there is none the first one tries again."""
        try:
            self.now()
        except UnreadError:
            self.forget()
        finally:
            # A server forks, or serves from other threads: this connection is nobody's.
            connections.close_all()

    def forget(self) -> None:
        """Look again at the next request. For tests, which roll back what they changed."""
        self._seen = None
        self._looked_at = 0.0
        self._fault = ""


register = Register()


def _read(seen: Seen | None) -> Seen:
    version = _version()
    if seen is not None and seen.snapshot.version == version:
        return Seen(seen.snapshot, stale=False) if seen.stale else seen
    snapshot = load(*version, before=seen.snapshot if seen else None)
    for _again in range(MOST_READS - 1):
        # What was committed in between is in the copy, and must not stand under the number before.
        version = _version()
        if version == snapshot.version:
            break
        snapshot = load(*version, before=snapshot)
    return Seen(snapshot, stale=False)


def _version() -> tuple[int, datetime]:
    found = RegisterVersion.objects.filter(pk=1).values_list("number", "changed_at").first()
    return found or (0, datetime(2020, 1, 1, tzinfo=UTC))
