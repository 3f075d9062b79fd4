from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from accounts.models import User
from content.events import LIST_EXPORTED
from govsocial.audit.actions import record


@transaction.atomic
def record_export(*, actor: User, rows: int, filters: Mapping[str, str]) -> None:
    """Note that somebody took a list of posts out of the application."""
    shown = ", ".join(f"{key}={value}" for key, value in sorted(filters.items()) if value)
    record(LIST_EXPORTED, actor=actor, target=actor, rows=rows, filters=shown[:300])
