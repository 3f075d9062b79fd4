"""Several small numbers in one query: what waits for a person stands on every page."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.module_loading import import_string

MOST_COUNTED = 10_000
"""Of a search: whoever finds more narrows it, and counting them takes longer than all the rest."""

Rows = Mapping[str, QuerySet[Any] | None]

_KNOWN = "counted_waiting"
# So many people in one minute and process. Each takes what the ids of their units take a dozen
# times: 0.2 MB with 500 units.
_MOST_KEPT = 100
_kept: dict[int, dict[Hashable, Statement]] = {}


class Person(Protocol):
    """Who asks: what waits for them follows from who they are and their roles on units."""

    pk: int
    reach: Mapping[int, frozenset[str]]


Provider = Callable[[Any, bool], Rows]
"""Given the person and whether the home page asks, the rows by a name of their own. Nothing but
these and the time may decide what the queries ask for: what was written is kept for a minute."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One query for several numbers, as the database takes it."""

    kinds: tuple[str, ...]
    asked: tuple[str, ...]
    sql: str
    parameters: tuple[Any, ...]

    def counts(self) -> dict[str, int]:
        counts = dict.fromkeys(self.kinds, 0)
        if self.asked:
            with connection.cursor() as cursor:
                cursor.execute(self.sql, self.parameters)
                counts |= zip(self.asked, cursor.fetchone(), strict=True)
        return counts


def counts_of(request: HttpRequest) -> dict[str, int]:
    """How much waits for who asks, in all apps: one query per request, however often it is asked.

    ``settings.WAITING`` lists dotted names of providers.
    """
    known: dict[str, int] | None = getattr(request, _KNOWN, None)
    if known is None:
        is_home = request.resolver_match is not None and request.resolver_match.url_name == "home"
        known = _statement_for(request.user, is_home).counts()  # type: ignore[arg-type]  # signed in
        setattr(request, _KNOWN, known)
    return known


def count_all(waiting: Rows, *, most: int = MOST_COUNTED) -> dict[str, int]:
    """How many rows each query set has, in one query: one more than ``most`` where there are more.
    None counts as nothing and is not asked."""
    return _written(waiting, most=most).counts()


def _statement_for(person: Person, is_home: bool) -> Statement:
    """What was written for the same person with the same roles in this minute, or written anew:
    Django takes longer to write it than the database to answer, and two fifths of a page."""
    minute = int(timezone.now().timestamp() // 60)
    of_minute = _kept.get(minute)
    if of_minute is None:
        _kept.clear()
        of_minute = _kept[minute] = {}
    key = (person.pk, frozenset(person.reach.items()), is_home, *settings.WAITING)
    found = of_minute.get(key)
    if found is None:
        rows: dict[str, QuerySet[Any] | None] = {}
        for dotted in settings.WAITING:
            provider: Provider = import_string(dotted)
            rows |= provider(person, is_home)
        found = _written(rows)
        if len(of_minute) >= _MOST_KEPT:
            of_minute.clear()
        of_minute[key] = found
    return found


def _written(waiting: Rows, *, most: int | None = None) -> Statement:
    """Put together here: Django takes as long again to write the same as a union."""
    asked: dict[str, str] = {}
    parameters: list[Any] = []
    for kind, rows in waiting.items():
        if rows is None:
            continue
        try:
            sql, filled = rows.order_by().values("pk").query.get_compiler(rows.db).as_sql()
        except EmptyResultSet:
            continue
        cut = "" if most is None else f" LIMIT {most + 1}"
        asked[kind] = f"(SELECT COUNT(*) FROM ({sql}{cut}) AS counted)"  # noqa: S608  # Django wrote it
        parameters.extend(filled)
    sql = f"SELECT {', '.join(asked.values())}"
    return Statement(tuple(waiting), tuple(asked), sql, tuple(parameters))
