"""Many rows of what was made once through the actions, for tests that only read them.

A page of sixty threads is to be had in two queries a table instead of a thousand calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Field, ForeignKey, GeneratedField, Model, UUIDField

APART = 1_000_000
"""What lies between the key of a row and that of its next copy: more than a test has rows."""

NOTHING: Mapping[str, str] = MappingProxyType({})


def copy(*these: Model, times: int, instead: Mapping[str, str] = NOTHING) -> None:
    """Have ``times`` copies of ``these`` and of every row that refers to them, also by other rows.

    Copies refer to copies and, where what a row refers to is not copied, to the same as the row.
    Each copy has keys of forms of its own, and in the columns that ``instead`` names what is told
    there in SQL, of the ``nth`` copy. Triggers are not asked; constraints are.
    """
    found = _hanging_on(these)
    tables = [model._meta.db_table for model in found]
    with connection.cursor() as cursor:
        # What was written so far is looked at now: no trigger goes while something waits for it.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("".join(f"ALTER TABLE {name} DISABLE TRIGGER USER;" for name in tables))
        for model, keys in found.items():
            copying = _copying(model, found, instead)
            cursor.execute(copying, {"times": times, "keys": list(keys)})
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("".join(f"ALTER TABLE {name} ENABLE TRIGGER USER;" for name in tables))


def _hanging_on(these: Iterable[Model]) -> dict[type[Model], set[Any]]:
    """The keys of ``these`` and of the rows that refer to them, by their models."""
    found: dict[type[Model], set[Any]] = {}
    for one in these:
        found.setdefault(type(one), set()).add(one.pk)
    fresh = dict(found)
    while fresh:
        newly: dict[type[Model], set[Any]] = {}
        for model in apps.get_models(include_auto_created=True):
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


def _copying(
    model: type[Model], found: dict[type[Model], set[Any]], instead: Mapping[str, str]
) -> str:
    fields = [one for one in model._meta.concrete_fields if not isinstance(one, GeneratedField)]
    names = ", ".join(f'"{one.column}"' for one in fields)
    values = ", ".join(instead.get(one.column or "") or _value(one, found) for one in fields)
    return (
        f'INSERT INTO "{model._meta.db_table}" ({names}) SELECT {values} '
        f'FROM "{model._meta.db_table}", generate_series(1, %(times)s) AS nth '
        f'WHERE "{model._meta.pk.column}" = ANY(%(keys)s)'
    )


def _value(field: Field[Any, Any], found: dict[type[Model], set[Any]]) -> str:
    name = f'"{field.column}"'
    if isinstance(field, ForeignKey):
        copied = found.get(field.related_model)
        if not copied:
            return name
        keys = ", ".join(str(key) for key in sorted(copied))
        return f"CASE WHEN {name} IN ({keys}) THEN {name} + nth * {APART} ELSE {name} END"
    if field.primary_key:
        return f"{name} + nth * {APART}"
    return "gen_random_uuid()" if isinstance(field, UUIDField) else name
