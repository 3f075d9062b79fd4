"""What may stand in posts of a unit without being asked about: its own telephone or e-mail."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from content.contact_values import contact_value
from content.errors import ContentError
from content.events.findings import CONTACT_ADDED, CONTACT_REMOVED
from content.models import KnownContact
from content.models.contact import ONCE_A_UNIT
from govsocial.audit.actions import record
from govsocial.constraints import constraint_of
from govsocial.web.hidden_signs import readable
from govsocial.web.permissions import require


@transaction.atomic
def add_known_contact(
    *, actor: User, unit_id: int, kind: str, value: str, reason: str
) -> KnownContact:
    """Let posts of the unit and below name it. Raises ``ContentError`` for what is no such thing,
    and for one that is known already."""
    require(actor, "accounts.manage", unit_id)
    reason = readable(reason)
    if not reason:
        raise ContentError(_("Give a reason."), field="reason")
    value = contact_value(kind, value)
    try:
        with transaction.atomic():
            contact = KnownContact.objects.create(
                unit_id=unit_id, kind=kind, value=value, reason=reason, added_by=actor
            )
    except IntegrityError as exc:
        if constraint_of(exc) != ONCE_A_UNIT:
            raise
        raise ContentError(_("It is known for this unit already."), field="value") from exc
    record(
        CONTACT_ADDED,
        actor=actor,
        target=contact,
        kind=kind,
        unit=str(contact.unit),
        reason=reason,
    )
    return contact


@transaction.atomic
def remove_known_contact(*, actor: User, contact_id: int, reason: str) -> KnownContact:
    """Ask about it again from now on."""
    contact = KnownContact.objects.select_for_update().get(pk=contact_id)
    require(actor, "accounts.manage", contact.unit_id)
    if contact.removed_at is not None:
        raise ContentError(_("It has been removed already."))
    reason = readable(reason)
    if not reason:
        raise ContentError(_("Give a reason."), field="reason")
    contact.removed_by, contact.removed_at = actor, timezone.now()
    contact.save(update_fields=["removed_by", "removed_at"])
    record(CONTACT_REMOVED, actor=actor, target=contact, kind=contact.kind, reason=reason)
    return contact
