from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from accounts.models import User
from content.events.lists import PUBLICATIONS_EXPORTED, REVIEWS_EXPORTED
from content.events.plan import (
    CAMPAIGNS_EXPORTED,
    IDEAS_EXPORTED,
    PLAN_DONE_EXPORTED,
    SPENDING_EXPORTED,
)
from content.events.posts import LIST_EXPORTED
from content.models import SavedList
from govsocial.audit.actions import record

_EVENTS = {
    SavedList.POSTS: LIST_EXPORTED,
    SavedList.PUBLICATIONS: PUBLICATIONS_EXPORTED,
    SavedList.REVIEWS: REVIEWS_EXPORTED,
}


@transaction.atomic
def record_export(
    *, actor: User, rows: int, filters: Mapping[str, str], place: str = SavedList.POSTS
) -> None:
    """Note that somebody took a list (one of ``SavedList``) out of the application."""
    shown = ", ".join(f"{key}={value}" for key, value in sorted(filters.items()) if value)
    record(_EVENTS[SavedList(place)], actor=actor, target=actor, rows=rows, filters=shown[:300])


_OF_PLANS = {
    "campaigns": CAMPAIGNS_EXPORTED,
    "spending": SPENDING_EXPORTED,
    "ideas": IDEAS_EXPORTED,
    "done": PLAN_DONE_EXPORTED,
}


@transaction.atomic
def record_plan_export(*, actor: User, what: str, rows: int, filters: Mapping[str, str]) -> None:
    """The same of a list of plans: ``what`` is a key of ``_OF_PLANS``."""
    shown = ", ".join(f"{key}={value}" for key, value in sorted(filters.items()) if value)
    record(_OF_PLANS[what], actor=actor, target=actor, rows=rows, filters=shown[:300])
