"""Several small numbers in one query: what waits for a person stands on every page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet, Value
from django.http import HttpRequest
from django.utils.module_loading import import_string

Rows = Mapping[str, QuerySet[Any] | None]

_KNOWN = "counted_waiting"


def counts_of(request: HttpRequest) -> dict[str, int]:
    """How much waits for who asks, in all apps: one query per request, however often it is asked.

    ``settings.WAITING`` lists dotted names of providers: callables that take the request and give
    the rows by a name of their own.
    """
    known: dict[str, int] | None = getattr(request, _KNOWN, None)
    if known is None:
        rows: dict[str, QuerySet[Any] | None] = {}
        for dotted in settings.WAITING:
            provider: Callable[[HttpRequest], Rows] = import_string(dotted)
            rows |= provider(request)
        known = count_all(**rows)
        setattr(request, _KNOWN, known)
    return known


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
