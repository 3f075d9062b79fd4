"""Lookups of our own."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import Field, ForeignKey, Lookup

FEW_RUNS = 4


class AnyOf(Lookup):
    """``unit_id__any={…}``: like ``__in`` for whole numbers, without one parameter for each value.

    A person may hold a role on hundreds of units, and every page asks for them several times:
    preparing each id alone would cost more time than the query. Units were mostly made one after
    the other, so their ids are a few runs without gaps, which PostgreSQL compares and estimates at
    once. Others are one array, of which it weighs each value before it begins.
    """

    lookup_name = "any"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        if not self.rhs:
            # Nobody is asked: Django leaves out what cannot find anything, as it does for ``__in``.
            raise EmptyResultSet
        column, params = self.process_lhs(compiler, connection)
        numbers = frozenset(self.rhs)
        runs = _runs(numbers)
        if len(runs) <= FEW_RUNS:
            within = " OR ".join([f"{column} BETWEEN %s AND %s"] * len(runs))
            return f"({within})", tuple(one for run in runs for one in (*params, *run))
        kind = self.lhs.output_field.rel_db_type(connection)
        # As one text: of a list, psycopg2 writes an expression for each value, which PostgreSQL
        # reads one by one.
        return f"{column} = ANY(%s::{kind}[])", (
            *params,
            "{" + ",".join(str(int(one)) for one in numbers) + "}",
        )


@lru_cache(maxsize=64)
def _runs(numbers: frozenset[Any]) -> tuple[tuple[int, int], ...]:
    """First and last of each run without a gap; the same for equal sets, whoever asks.

    Raises ``ValueError`` or ``TypeError`` for what is no whole number.
    """
    runs: list[tuple[int, int]] = []
    for number in sorted(map(int, numbers)):
        if runs and number <= runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return tuple(runs)


def register() -> None:
    """Django hands a foreign key none of the lookups of plain fields, so it is told apart."""
    Field.register_lookup(AnyOf)
    ForeignKey.register_lookup(AnyOf)
