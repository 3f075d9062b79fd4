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

from accounts.models import OfficialAccount
from accounts.models.naming import told_apart
from content.calendar.entries import AccountsOf
from content.models import Post, Publication, PublishingSlot
from content.selectors.freezes import covers, running_with_units

WEEKS_AHEAD = 8
# What keeps its time, with publications or before it has any.
_PLANNED = (Post.Status.DRAFT, Post.Status.SUBMITTED, Post.Status.APPROVED, Post.Status.SCHEDULED)
_OVER = (Publication.Status.CANCELLED, Publication.Status.WITHDRAWN)


# Where nobody says when a freeze ends, or it should have ended already: longer than any plan.
_NOT_SAID = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class FreeSlot:
    """``accounts`` names those whose slot it is, that have nothing else at that time and that are
    not expected to be frozen then. ``taken`` counts the slots before it at which they have
    something else, ``frozen`` those at which only a freeze stands in the way. ``was_frozen`` are
    those of ``accounts`` that a freeze covers now: it has to be lifted before."""

    at: datetime
    accounts: Sequence[str]
    taken: int
    frozen: int = 0
    was_frozen: Sequence[str] = ()


def next_free(
    slots: Sequence[PublishingSlot], after: datetime, *, but: int | None = None
) -> FreeSlot | None:
    """The first moment after ``after`` that is a slot of an account which has neither another
    publication nor another planned post then, and which no freeze that runs now is expected to
    cover then. ``but`` is a post that may move. Three queries.

    ``slots`` come with their accounts and these with their units.
    """
    until = after + timedelta(weeks=WEEKS_AHEAD)
    busy = _busy({one.official_account_id for one in slots}, after, until, but)
    ends = frozen_until({one.official_account for one in slots}, after)
    taken = frozen = 0
    for at, those in sorted(_moments(slots, after, until).items()):
        idle = [one.official_account for one in those if at not in busy[one.official_account_id]]
        free = [one for one in idle if one.pk not in ends or ends[one.pk] <= at]
        if free:
            names = told_apart({one.official_account for one in slots})
            return FreeSlot(
                at,
                [names[one.pk] for one in free],
                taken,
                frozen,
                [names[one.pk] for one in free if one.pk in ends],
            )
        taken, frozen = taken + (not idle), frozen + bool(idle)
    return None


def frozen_until(accounts: Collection[OfficialAccount], now: datetime) -> Mapping[int, datetime]:
    """Until when each account that is frozen now is expected to be, by its key. A freeze without an
    end, or that should have ended already, has one that never comes. One query.

    Emergencies, which a freeze may spare, are not planned for slots.
    """
    found: dict[int, datetime] = {}
    for freeze in running_with_units():
        says = freeze.expected_until
        end = says if says is not None and says > now else _NOT_SAID
        for account in accounts:
            if covers(freeze, account):
                found[account.pk] = max(end, found.get(account.pk, end))
    return found


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
