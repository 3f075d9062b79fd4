"""Lookups of our own."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import Field, ForeignKey, Lookup


class AnyOf(Lookup):
    """``unit_id__any={…}``: like ``__in`` for whole numbers, as one array instead of one parameter
    for each value.

    A person may hold a role on hundreds of units, and every page asks for them several times:
    preparing each id alone would cost more time than the query.
    """

    lookup_name = "any"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        if not self.rhs:
            # Nobody is asked: Django leaves out what cannot find anything, as it does for ``__in``.
            raise EmptyResultSet
        column, params = self.process_lhs(compiler, connection)
        kind = self.lhs.output_field.rel_db_type(connection)
        # As one text: of a list, psycopg2 writes an expression for each value, which PostgreSQL
        # reads one by one.
        return f"{column} = ANY(%s::{kind}[])", (
            *params,
            "{" + ",".join(map(_whole, self.rhs)) + "}",
        )


def _whole(value: Any) -> str:
    """Raises ``ValueError`` or ``TypeError`` for what is no whole number."""
    return str(int(value))


def register() -> None:
    """Django hands a foreign key none of the lookups of plain fields, so it is told apart."""
    Field.register_lookup(AnyOf)
    ForeignKey.register_lookup(AnyOf)
