"""Many rows of what was made once through the actions, for tests that only read them.

A page of sixty threads is to be had in two queries a table instead of a thousand calls.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Field, ForeignKey, GeneratedField, Model, UUIDField

APART = 1_000_000
"""What lies between the key of a row and that of its next copy: more than a test has rows."""


def copy(one: Model, times: int) -> None:
    """Have ``times`` copies of ``one`` and of every row that refers to it, also by other rows.

    Copies refer to copies and, where what a row refers to is not copied, to the same as the row.
    Each copy has keys of forms of its own. Rules that the database keeps are not asked: what hangs
    on the row has to be such that many of it may be.
    """
    found = _hanging_on(one)
    tables = [model._meta.db_table for model in found]
    with connection.cursor() as cursor:
        # What was written so far is looked at now: no trigger goes while something waits for it.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("".join(f"ALTER TABLE {name} DISABLE TRIGGER USER;" for name in tables))
        for model, keys in found.items():
            cursor.execute(_copying(model, found), {"times": times, "keys": list(keys)})
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("".join(f"ALTER TABLE {name} ENABLE TRIGGER USER;" for name in tables))


def _hanging_on(one: Model) -> dict[type[Model], set[Any]]:
    """The keys of ``one`` and of the rows that refer to it, by their models."""
    found: dict[type[Model], set[Any]] = {type(one): {one.pk}}
    fresh = dict(found)
    while fresh:
        newly: dict[type[Model], set[Any]] = {}
        for model in apps.get_models():
            for field in _references(model):
                keys = fresh.get(field.related_model)
                if keys:
                    rows = model._base_manager.filter(**{f"{field.name}__in": keys})
                    newly.setdefault(model, set()).update(rows.values_list("pk", flat=True))
        fresh = {model: keys - found.get(model, set()) for model, keys in newly.items()}
        fresh = {model: keys for model, keys in fresh.items() if keys}
        for model, keys in fresh.items():
            found.setdefault(model, set()).update(keys)
    return found


def _references(model: type[Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if isinstance(field, ForeignKey)]


def _copying(model: type[Model], found: dict[type[Model], set[Any]]) -> str:
    fields = [one for one in model._meta.concrete_fields if not isinstance(one, GeneratedField)]
    names = ", ".join(f'"{one.column}"' for one in fields)
    values = ", ".join(_value(one, found) for one in fields)
    return (
        f'INSERT INTO "{model._meta.db_table}" ({names}) SELECT {values} '  # our names
        f'FROM "{model._meta.db_table}", generate_series(1, %(times)s) AS number '
        f"WHERE {model._meta.pk.column} = ANY(%(keys)s)"
    )


def _value(field: Field[Any, Any], found: dict[type[Model], set[Any]]) -> str:
    name = f'"{field.column}"'
    if field.primary_key and not isinstance(field, ForeignKey):
        return f"{name} + number * {APART}"
    if isinstance(field, ForeignKey) and field.related_model in found:
        copied = ", ".join(str(key) for key in sorted(found[field.related_model]))
        return f"CASE WHEN {name} IN ({copied}) THEN {name} + number * {APART} ELSE {name} END"
    return "gen_random_uuid()" if isinstance(field, UUIDField) else name
