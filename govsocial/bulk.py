"""Thousands of new rows in one statement."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import BinaryField, JSONField, Model


def insert_many(objects: Sequence[Model]) -> None:
    """Insert unsaved ``objects`` of one model, in their order, and give each its key.

    Triggers and constraints see every row as they always do: raises ``IntegrityError``. Django's
    ``bulk_create`` prepares each value of each row by itself, which for 5,000 rows of 30 columns
    takes most of the ten seconds that an import may take; here the rows travel as one JSON text
    and the database makes columns of it. Columns with a default of the database get that.
    Raises ``ValueError`` for a model with columns that JSON does not carry: bytes, and JSON that
    has an encoder of its own.
    """
    if not objects:
        return
    model = type(objects[0])
    _refuse_what_json_cannot_carry(model)
    fields = {
        str(field.column): field
        for field in model._meta.concrete_fields
        if not (field.has_db_default() or field.generated)
    }
    _give_keys(objects, model)
    # Days and moments as ``str`` writes them are what PostgreSQL reads, to the microsecond.
    rows = [
        {column: field.pre_save(one, add=True) for column, field in fields.items()}
        for one in objects
    ]
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    columns = ", ".join(map(quote, fields))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {columns} "  # noqa: S608  # names of our models
            f"FROM json_populate_recordset(NULL::{table}, %s::json)",
            [json.dumps(rows, default=str)],
        )
        _check_foreign_keys(cursor, table)
    for one in objects:
        one._state.adding, one._state.db = False, connection.alias


def _refuse_what_json_cannot_carry(model: type[Model]) -> None:
    for field in model._meta.concrete_fields:
        has_encoder = isinstance(field, JSONField) and field.encoder is not None
        if has_encoder or isinstance(field, BinaryField):
            raise ValueError(f"{model.__name__}.{field.name} cannot be inserted this way.")


def _check_foreign_keys(cursor: Any, table: str) -> None:
    """Look now whether what the rows point at is there, and not when the transaction ends: every
    further insert of that transaction is slower the more checks are waiting."""
    cursor.execute(
        "SELECT conname FROM pg_constraint"
        " WHERE conrelid = %s::regclass AND contype = 'f' AND condeferred",
        [table],
    )
    names = ", ".join(connection.ops.quote_name(name) for (name,) in cursor.fetchall())
    if names:
        cursor.execute(f"SET CONSTRAINTS {names} IMMEDIATE")
        cursor.execute(f"SET CONSTRAINTS {names} DEFERRED")


def _give_keys(objects: Sequence[Model], model: type[Model]) -> None:
    """Take the keys from the sequence of the table first: what the rows became is then known."""
    table, column = connection.ops.quote_name(model._meta.db_table), model._meta.pk.attname
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [table, column, len(objects)],
        )
        for one, (key,) in zip(objects, cursor.fetchall(), strict=True):
            one.pk = key
