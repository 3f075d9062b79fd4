"""Units that are called like another one, before the database refuses them."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_LONGEST = 200


def call_apart(apps: Apps, editor: BaseDatabaseSchemaEditor | None) -> None:
    """The oldest keeps its names. Of others the unit above follows in brackets, and a short name
    that is taken is left out."""
    units = apps.get_model("accounts", "Unit").objects.select_related("parent").order_by("pk")
    taken: set[str] = set()
    for unit in list(units):
        name, short_name = _free(unit, taken), unit.short_name
        if short_name.lower() in taken:
            short_name = ""
        taken |= {name.lower(), short_name.lower()} - {""}
        if (name, short_name) != (unit.name, unit.short_name):
            unit.name, unit.short_name = name, short_name
            unit.save(update_fields=["name", "short_name"])


def _free(unit: object, taken: set[str]) -> str:
    name, number = unit.name, 1
    above = f" ({unit.parent.name[:80]})" if unit.parent else ""
    while name.lower() in taken:
        end = above + (f" {number}" if number > 1 or not above else "")
        name, number = unit.name[: _LONGEST - len(end)] + end, number + 1
    return name


class Migration(migrations.Migration):
    dependencies = [("accounts", "0058_who_hands_over")]

    operations = [migrations.RunPython(call_apart, migrations.RunPython.noop)]
