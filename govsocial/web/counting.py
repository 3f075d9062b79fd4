"""Several small numbers in one query: what waits for a person stands on every page."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet, Value


def count_all(**waiting: QuerySet[Any] | None) -> dict[str, int]:
    """How many rows each query set has, in one query. None counts as nothing and is not asked."""
    asked = [
        rows.select_related(None)
        .order_by()
        .annotate(kind=Value(kind))
        .values("kind")
        .annotate(number=Count("pk"))
        .values_list("kind", "number")
        for kind, rows in waiting.items()
        if rows is not None
    ]
    none = dict.fromkeys(waiting, 0)
    if not asked:
        return none
    return none | dict(asked[0].union(*asked[1:], all=True))
