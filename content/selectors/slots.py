from __future__ import annotations

from datetime import time

from django.db.models import QuerySet

from accounts.models import OfficialAccount, User
from content.models import PublishingSlot


def slots_visible_to(user: User) -> QuerySet[PublishingSlot]:
    """Slots of the accounts whose content a person may see."""
    units = user.units_with("content.view")
    return PublishingSlot.objects.filter(official_account__unit_id__any=units).select_related(
        "official_account__unit"
    )


def accounts_with(slots: QuerySet[PublishingSlot]) -> QuerySet[OfficialAccount]:
    """The accounts that have one of these, by name."""
    ids = slots.order_by().values("official_account")
    rows = OfficialAccount.objects.filter(pk__in=ids).select_related("unit")
    return rows.order_by("display_name", "platform", "pk")


def missing_slot(user: User, account_id: int, weekday: int, at: time) -> PublishingSlot | None:
    """A slot that an account does not have, not saved, where this person may give it one."""
    accounts = OfficialAccount.objects.filter(unit_id__any=user.units_with("accounts.manage"))
    account = accounts.select_related("unit").filter(pk=account_id).first()
    if account is None or account.publishing_slots.filter(weekday=weekday, at=at).exists():
        return None
    return PublishingSlot(official_account=account, weekday=weekday, at=at)
