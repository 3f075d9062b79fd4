"""Transactions that are begun anew where the database, and nothing of ours, ended them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction

P = ParamSpec("P")
T = TypeVar("T")

DEADLOCK = "40P01"
NOT_SERIALIZABLE = "40001"
MOST_TRIES = 3


def whole(action: Callable[P, T]) -> Callable[P, T]:
    """Do it in one transaction, begun anew where PostgreSQL ended that because two waited for each
    other: whoever begins a freeze must not be told to come again, and what a worker knows of a post
    must not be lost.

    For steps that write rows and nothing else: what a platform is asked or told stands between two
    of them, and is never said again by this. Inside of another transaction it is a part of that,
    which is over as a whole.
    """

    @wraps(action)
    def tried(*args: P.args, **named: P.kwargs) -> T:
        for _again in range(MOST_TRIES - 1):
            try:
                with transaction.atomic():
                    return action(*args, **named)
            except OperationalError as exc:
                if connection.in_atomic_block or not _may_pass(exc):
                    raise
        with transaction.atomic():
            return action(*args, **named)

    return tried


def _may_pass(exc: OperationalError) -> bool:
    return getattr(exc.__cause__, "pgcode", "") in {DEADLOCK, NOT_SERIALIZABLE}
