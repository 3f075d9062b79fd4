"""From where and for whom the running code acts: set once at the edge, read by ``record``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Model


@dataclass(frozen=True, slots=True)
class Context:
    request_id: str = ""
    address: str | None = None
    on_behalf_of: Model | None = None


_current: ContextVar[Context | None] = ContextVar("audit_context", default=None)


def current() -> Context:
    return _current.get() or Context()


@contextmanager
def audit_context(**changes: Any) -> Iterator[Context]:
    """Entries recorded inside carry ``request_id``, ``address`` and ``on_behalf_of`` as given.

    What is not given is inherited. Tasks pass on the id of the request that started them::

        with audit_context(request_id=request_id):
            actions.pull_metrics(...)
    """
    here = replace(current(), **changes)
    reset = _current.set(here)
    try:
        yield here
    finally:
        _current.reset(reset)
