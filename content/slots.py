"""Slots as moments: when they come, and which of them is free.

A slot is a time of the week in the zone of the account's unit; moments are in UTC.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import F

from accounts.models.naming import told_apart
from content.calendar.entries import AccountsOf
from content.models import Post, Publication, PublishingSlot

WEEKS_AHEAD = 8
# What keeps its time, with publications or before it has any.
_PLANNED = (Post.Status.DRAFT, Post.Status.SUBMITTED, Post.Status.APPROVED, Post.Status.SCHEDULED)
_OVER = (Publication.Status.CANCELLED, Publication.Status.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class FreeSlot:
    """``accounts`` names those whose slot it is and that have nothing else at that time; ``taken``
    counts the slots before it that are not free."""

    at: datetime
    accounts: Sequence[str]
    taken: int


def next_free(
    slots: Sequence[PublishingSlot], after: datetime, *, but: int | None = None
) -> FreeSlot | None:
    """The first moment after ``after`` that is a slot of an account which has neither another
    publication nor another planned post then. ``but`` is a post that may move. Two queries.

    ``slots`` come with their accounts and these with their units.
    """
    until = after + timedelta(weeks=WEEKS_AHEAD)
    busy = _busy({one.official_account_id for one in slots}, after, until, but)
    moments = sorted(_moments(slots, after, until).items())
    for taken, (at, those) in enumerate(moments):
        free = [one for one in those if at not in busy[one.official_account_id]]
        if free:
            names = told_apart({one.official_account for one in slots})
            return FreeSlot(at, [names[one.official_account_id] for one in free], taken)
    return None


def _moments(
    slots: Iterable[PublishingSlot], after: datetime, until: datetime
) -> Mapping[datetime, list[PublishingSlot]]:
    found: dict[datetime, list[PublishingSlot]] = defaultdict(list)
    for slot in slots:
        zone = slot.official_account.unit.zone
        today = after.astimezone(zone).date()
        first = today + timedelta(days=(slot.weekday - today.isoweekday()) % 7)
        for week in range(WEEKS_AHEAD + 1):
            local = datetime.combine(first + timedelta(weeks=week), slot.at, tzinfo=zone)
            at = local.astimezone(UTC)
            if after < at <= until:
                found[at].append(slot)
    return found


def _busy(
    accounts: Collection[int], after: datetime, until: datetime, but: int | None
) -> Mapping[int, set[datetime]]:
    """The minutes at which each account has something already."""
    busy: dict[int, set[datetime]] = defaultdict(set)
    out = (
        Publication.objects.filter(official_account__in=accounts)
        .filter(scheduled_for__gt=after, scheduled_for__lt=until + timedelta(minutes=1))
        .exclude(status__in=_OVER)
        .exclude(post_id=but or 0)
    )
    for account_id, at in out.values_list("official_account_id", "scheduled_for"):
        busy[account_id].add(at.replace(second=0, microsecond=0))
    planned: Any = (
        Post.objects.filter(status__in=_PLANNED)
        .filter(planned_at__gt=after, planned_at__lt=until + timedelta(minutes=1))
        .exclude(pk=but or 0)
        .annotate(meant_for=AccountsOf(F("current_version__document")))
    )
    rows: Iterable[tuple[list[str], datetime]] = planned.values_list("meant_for", "planned_at")
    for meant_for, moment in rows:
        for account_id in {int(pk) for pk in meant_for} & set(accounts):
            busy[account_id].add(moment.replace(second=0, microsecond=0))
    return busy
