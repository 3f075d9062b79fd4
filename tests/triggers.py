"""What only migrations may do to triggers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pgtrigger

from govsocial.web import triggers


@contextmanager
def migrating() -> Iterator[None]:
    """As while ``migrate`` runs: triggers may be ignored."""
    triggers.open_to_migrations(using="default")
    try:
        yield
    finally:
        triggers.close_again("default")


@contextmanager
def without_trigger(name: str) -> Iterator[None]:
    """Change what this trigger keeps, as an older version or a migration did."""
    with migrating(), pgtrigger.ignore(name):
        yield
