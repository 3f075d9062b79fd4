"""Units that are called like another one, before the database refuses them."""

from __future__ import annotations

import logging
from typing import Any

from django.apps.registry import Apps
from django.db import connection, migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

logger = logging.getLogger(__name__)

_LONGEST = 200


def call_apart(apps: Apps, editor: BaseDatabaseSchemaEditor | None) -> None:
    """The highest and then the oldest keeps its names. Of others the unit above follows in
    brackets, and a short name that is taken is left out."""
    units = {unit.pk: unit for unit in apps.get_model("accounts", "Unit").objects.order_by("pk")}
    taken: set[str] = set()
    for unit in sorted(units.values(), key=lambda unit: (_depth(units, unit), unit.pk)):
        before = (unit.name, unit.short_name)
        unit.name = _free(unit, units.get(unit.parent_id), taken)
        if unit.short_name and _key(unit.short_name) in taken:
            unit.short_name = ""
        taken |= {_key(name) for name in (unit.name, unit.short_name) if name}
        if (unit.name, unit.short_name) != before:
            unit.save(update_fields=["name", "short_name"])
            logger.warning("Unit %s was %s and is %r now.", unit.pk, before, unit.name)


def _depth(units: dict[int, Any], unit: Any) -> int:
    depth = 0
    while unit.parent_id is not None:
        unit, depth = units[unit.parent_id], depth + 1
    return depth


def _free(unit: Any, above: Any, taken: set[str]) -> str:
    name, number = unit.name, 1
    bracket = f" ({above.name[:80].rstrip()})" if above else ""
    while _key(name) in taken:
        end = bracket + (f" {number}" if number > 1 or not bracket else "")
        name, number = unit.name[: _LONGEST - len(end)].rstrip() + end, number + 1
    return name


def _key(name: str) -> str:
    """What the index compares: Python makes other small letters of some."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT lower(%s)", [name])
        return str(cursor.fetchone()[0])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0058_who_hands_over")]

    operations = [migrations.RunPython(call_apart, migrations.RunPython.noop)]
