"""Which rows a page answers with 404 although they are there: somebody tried out of their reach.

A stranger learns nothing from the answer. The trail does: each app says of the ids in its addresses
whether the row exists and is not this person's to see.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Model, QuerySet

Visible = Callable[[Any], QuerySet[Any]]

_rows: dict[str, tuple[type[Model], Visible]] = {}


def within_reach(name: str, model: type[Model], visible: Visible) -> None:
    """Declare that the part ``name`` of an address is an id of ``model``, and which rows of it
    somebody sees."""
    _rows[name] = (model, visible)


def is_out_of_reach(person: Any, parts: dict[str, Any]) -> bool:
    """Whether an address names a row that exists and that this person does not see."""
    for name, key in parts.items():
        if name not in _rows:
            continue
        model, visible = _rows[name]
        there = model._default_manager.filter(pk=key)
        if there.exists() and not visible(person).filter(pk=key).exists():
            return True
    return False
