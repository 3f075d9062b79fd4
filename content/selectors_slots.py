from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from content.models import PublishingSlot


def slots_visible_to(user: User) -> QuerySet[PublishingSlot]:
    """Slots of the accounts whose content a person may see."""
    units = user.units_with("content.view")
    return PublishingSlot.objects.filter(official_account__unit_id__any=units).select_related(
        "official_account__unit"
    )


def with_rights(slots: list[Any], user: User) -> list[Any]:
    """Add to each whether this person may take it away."""
    for slot in slots:
        slot.may_remove = user.holds("accounts.manage", slot.official_account.unit_id)
    return slots
