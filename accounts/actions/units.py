from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.actions.guards import one_at_a_time, wait_for_rights
from accounts.errors import AccountChanged, AccountError, is_taken
from accounts.events import UNIT_CHANGED, UNIT_CREATED, UNIT_MOVED
from accounts.kept_values import changes_between, values_of_unit
from accounts.models import Unit, User
from accounts.names import unit_name
from accounts.seen import marks_of_unit, written_unseen
from govsocial.audit.actions import record
from govsocial.web.permissions import require

_NAMES = ("name", "short_name")


@transaction.atomic
def create_unit(*, actor: User, parent_id: int, name: str, short_name: str, time_zone: str) -> Unit:
    """Add a unit below another one."""
    one_at_a_time()
    require(actor, "people.manage", parent_id)
    name, short_name = unit_name(name, "name"), unit_name(short_name, "short_name")
    parent = Unit.objects.get(pk=parent_id)
    unit: Unit = Unit(parent=parent, name=name, short_name=short_name, time_zone=time_zone)
    _save(unit)
    record(UNIT_CREATED, actor=actor, target=unit, parent=parent.name, parent_id=parent.pk)
    return unit


@transaction.atomic
def change_unit(
    *,
    actor: User,
    unit_id: int,
    name: str,
    short_name: str,
    time_zone: str,
    seen: Mapping[str, str] | None = None,
) -> Unit:
    """Change the names or the time zone of a unit. A name that stays is not judged again: it may be
    from before it would be refused.

    ``seen`` are the marks of what a person was shown (``seen.marks_of_unit``). Raises
    ``AccountChanged`` where somebody else wrote something there since, and this would write
    something else; None asks for nothing.
    """
    one_at_a_time()
    require(actor, "people.manage", unit_id)
    unit: Unit = Unit.objects.select_for_update().get(pk=unit_id)
    stood = values_of_unit(unit)
    wanted = {"name": name, "short_name": short_name, "time_zone": time_zone}
    for field in _NAMES:
        if wanted[field] != getattr(unit, field):
            wanted[field] = unit_name(wanted[field], field)
    changed = [field for field, value in wanted.items() if getattr(unit, field) != value]
    if not changed:
        return unit
    if seen is not None:
        _refuse_unseen(unit, {field: wanted[field] for field in changed}, seen)
    for field in changed:
        setattr(unit, field, wanted[field])
    _save(unit, changed)
    changes = changes_between(stood, values_of_unit(unit))
    record(UNIT_CHANGED, actor=actor, target=unit, **changes)
    return unit


@transaction.atomic
def move_unit(*, actor: User, unit_id: int, parent_id: int) -> Unit:
    """Move a unit with everything below it. Both the old and the new place must be the actor's:
    a move decides who above may see and approve what the unit does."""
    one_at_a_time()
    wait_for_rights()
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
        to_unit_id=after.pk,
    )
    return unit


def _refuse_unseen(unit: Unit, wanted: Mapping[str, str], seen: Mapping[str, str]) -> None:
    fields = written_unseen(marks_of_unit(unit), wanted, seen)
    if fields:
        raise AccountChanged(
            _("This unit has changed since you opened it. Look below, then save again."),
            fields=fields,
        )


def _save(unit: Unit, fields: Collection[str] = _NAMES) -> None:
    for field in fields:
        if field in _NAMES:
            _refuse_taken(unit, field)
    try:
        with transaction.atomic():
            unit.save(update_fields=fields if unit.pk else None)
    except IntegrityError as exc:
        if not is_taken(exc):
            raise
        # Somebody wrote around the actions in between.
        raise AccountError(_("Another unit is called so already."), field="name") from exc


def _refuse_taken(unit: Unit, field: str) -> None:
    """Raise ``AccountError`` where another unit of the agency has this name, be it short or whole:
    files and the public name a unit by nothing else."""
    wanted = getattr(unit, field)
    same = Q(name__iexact=wanted) | Q(short_name__iexact=wanted)
    other = Unit.objects.exclude(pk=unit.pk).filter(same).first() if wanted else None
    if other is not None:
        raise AccountError(
            _(
                "The unit “%(unit)s” is called so already. Add whose this one is, so that they can"
                " be told apart."
            )
            % {"unit": other.name},
            field=field,
        )
