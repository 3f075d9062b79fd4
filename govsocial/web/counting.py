"""Several small numbers in one query: what waits for a person stands on every page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
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
    """How many rows each query set has, in one query. None counts as nothing and is not asked.

    Put together here: Django takes as long again to write the same as a union.
    """
    counts = dict.fromkeys(waiting, 0)
    asked: dict[str, str] = {}
    parameters: list[Any] = []
    for kind, rows in waiting.items():
        if rows is None:
            continue
        try:
            sql, filled = rows.order_by().values("pk").query.get_compiler(rows.db).as_sql()
        except EmptyResultSet:
            continue
        asked[kind] = f"(SELECT COUNT(*) FROM ({sql}) AS counted)"  # noqa: S608  # Django wrote it
        parameters.extend(filled)
    if asked:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(asked.values())}", parameters)
            counts |= zip(asked, cursor.fetchone(), strict=True)
    return counts
