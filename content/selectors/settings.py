"""Which known contacts and election windows an administrator keeps."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import User
from content.models import ElectionWindow, KnownContact


def known_contacts_visible_to(user: User) -> QuerySet[KnownContact]:
    """Those that hold now, of the units whose accounts ``user`` keeps."""
    rows = KnownContact.objects.filter(unit_id__any=user.units_with("accounts.manage"))
    return rows.filter(removed_at=None).select_related("unit", "added_by")


def election_windows_visible_to(user: User) -> QuerySet[ElectionWindow]:
    rows = ElectionWindow.objects.filter(unit_id__any=user.units_with("accounts.manage"))
    return rows.filter(withdrawn_at=None).select_related("unit", "made_by")
