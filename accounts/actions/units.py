from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actions.guards import one_at_a_time
from accounts.errors import AccountError, is_taken
from accounts.events import UNIT_CHANGED, UNIT_CREATED, UNIT_MOVED
from accounts.models import Unit, User
from accounts.names import name_line
from govsocial.audit.actions import record
from govsocial.web.permissions import require


@transaction.atomic
def create_unit(*, actor: User, parent_id: int, name: str, short_name: str, time_zone: str) -> Unit:
    """Add a unit below another one."""
    one_at_a_time()
    require(actor, "people.manage", parent_id)
    name, short_name = _names(name, short_name)
    parent = Unit.objects.get(pk=parent_id)
    unit: Unit = Unit(parent=parent, name=name, short_name=short_name, time_zone=time_zone)
    _save(unit)
    record(UNIT_CREATED, actor=actor, target=unit, parent=parent.name)
    return unit


@transaction.atomic
def change_unit(*, actor: User, unit_id: int, name: str, short_name: str, time_zone: str) -> Unit:
    """Change the names or the time zone of a unit."""
    one_at_a_time()
    require(actor, "people.manage", unit_id)
    unit: Unit = Unit.objects.select_for_update().get(pk=unit_id)
    before = unit.name
    name, short_name = _names(name, short_name)
    wanted = {"name": name, "short_name": short_name, "time_zone": time_zone}
    changed = [field for field, value in wanted.items() if getattr(unit, field) != value]
    if not changed:
        return unit
    for field in changed:
        setattr(unit, field, wanted[field])
    _save(unit, changed)
    record(
        UNIT_CHANGED,
        actor=actor,
        target=unit,
        changed=changed,
        name_before=before,
    )
    return unit


@transaction.atomic
def move_unit(*, actor: User, unit_id: int, parent_id: int) -> Unit:
    """Move a unit with everything below it. Both the old and the new place must be the actor's:
    a move decides who above may see and approve what the unit does."""
    one_at_a_time()
    unit: Unit = (
        Unit.objects.select_for_update(of=("self",)).select_related("parent").get(pk=unit_id)
    )
    require(actor, "people.manage", unit.pk)
    if unit.parent is None:
        raise AccountError(_("The top unit cannot be moved."))
    require(actor, "people.manage", unit.parent.pk)
    require(actor, "people.manage", parent_id)
    if parent_id == unit.parent_id:
        return unit
    before, after = unit.parent, Unit.objects.get(pk=parent_id)
    if unit.pk == after.pk or unit.pk in after.ancestors().values_list("pk", flat=True):
        raise AccountError(_("A unit cannot be below itself."), field="parent")
    unit.parent = after
    _save(unit, ["parent"])
    record(
        UNIT_MOVED,
        actor=actor,
        target=unit,
        from_unit=before.name,
        to_unit=after.name,
    )
    return unit


def _names(name: str, short_name: str) -> tuple[str, str]:
    return name_line(name, "name"), name_line(short_name, "short_name", optional=True)


def _save(unit: Unit, fields: list[str] | None = None) -> None:
    taken = Unit.objects.filter(parent=unit.parent, name=unit.name).exclude(pk=unit.pk)
    if taken.exists():
        raise AccountError(_("There is already a unit of this name here."), field="name")
    try:
        with transaction.atomic():
            unit.save(update_fields=fields)
    except IntegrityError as exc:
        if not is_taken(exc):
            raise
        # Somebody wrote around the actions in between.
        raise AccountError(_("There is already a unit of this name here."), field="name") from exc
