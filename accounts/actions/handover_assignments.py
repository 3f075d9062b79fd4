"""Whose work on an account ends, and whose goes on, when a handover is completed."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import QuerySet

from accounts.actions.administrators import tell_assigned, tell_ended
from accounts.models import Administrator, Handover, User
from accounts.models.administrator import unfinished_administrators


def end_assignments(actor: User, handover: Handover, today: date) -> bool:
    """End everything that the outgoing person would still do; whether there was anything."""
    ended = False
    for assignment in _unfinished(handover, handover.outgoing, today):
        ended = _end(actor, handover, assignment, today) or ended
    return ended


def begin_assignment(actor: User, handover: Handover, today: date) -> tuple[Administrator, bool]:
    """The one assignment of the incoming person, from today at the latest and without a last day;
    and whether it is new. One that was to begin later is taken into it."""
    current = None
    for assignment in _unfinished(handover, handover.incoming, today):
        if assignment.starts_on > today:
            _end(actor, handover, assignment, today)
        else:
            current = assignment
    if current is not None and current.ends_on is None:
        return current, False
    if current is not None:
        current.ends_on = None
        current.save(update_fields=["ends_on"])
        tell_assigned(actor, handover.official_account, current)
        return current, False
    scan = handover.scans.select_related("document").first()
    made = Administrator.objects.create(
        official_account=handover.official_account,
        user=handover.incoming,
        decree=handover.decree,
        starts_on=today,
        assigned_by=actor,
        minutes=scan.document if scan else None,
    )
    tell_assigned(actor, handover.official_account, made)
    return made, True


def _unfinished(handover: Handover, person: User, today: date) -> QuerySet[Administrator]:
    return (
        Administrator.objects.select_for_update(of=("self",))
        .filter(
            unfinished_administrators(today),
            official_account=handover.official_account,
            user=person,
        )
        .order_by("starts_on", "pk")
    )


def _end(actor: User, handover: Handover, assignment: Administrator, today: date) -> bool:
    """Today is the last day; what was to begin later never begins."""
    last = max(today, assignment.starts_on - timedelta(days=1))
    if assignment.ends_on == last:
        return False
    assignment.ends_on = last
    assignment.save(update_fields=["ends_on"])
    tell_ended(actor, handover.official_account, assignment, handover.reason)
    return True
