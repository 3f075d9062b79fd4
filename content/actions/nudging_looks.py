"""The clock over emergencies that nobody has looked at afterwards: every day, until somebody does.

It goes by the days of the agency. Whoever may look is told once a day for each, by one letter for
all; from the day on that it is late, and where nobody may look at all, so is the leadership.
"""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from content import gate, people
from content.actions.notifying import notify
from content.events.talk import LOOK_REMINDED
from content.models import NoticeKind, Notification, Retrospective, RetrospectiveNudge
from govsocial.audit.actions import record

# One run stays within the time between two; the others are the next one's.
MOST_LOOKS = 200


def nudge_retrospectives(*, actor: User) -> int:
    """Remind of every open look afterwards of which nobody was reminded today; return of how many.

    Two beats at once do no harm: whoever comes second finds the day taken.
    """
    zone = ZoneInfo(settings.TIME_ZONE)
    today = timezone.localdate(timezone=zone)
    # Of what was let out today people have been told when it was.
    since = datetime.combine(today, time(), zone)
    waiting = Retrospective.objects.filter(done_at=None, opened_at__lt=since)
    waiting = waiting.exclude(nudges__day=today).order_by("due_at", "pk")
    keys = list(waiting.values_list("pk", flat=True)[:MOST_LOOKS])
    return sum(_nudge(actor, pk, today) for pk in keys)


@transaction.atomic
def _nudge(actor: User, retrospective_id: int, today: date) -> bool:
    rows = Retrospective.objects.select_for_update(of=("self",)).filter(done_at=None)
    row = (
        rows.select_related("review__post__unit", "review__version")
        .exclude(nudges__day=today)
        .filter(pk=retrospective_id)
        .first()
    )
    if row is None or not gate.can_be_looked_at(row.review.version_id):
        return False
    review, now = row.review, timezone.now()
    days = (now - row.opened_at).days
    _read_earlier(row, now)
    told = notify(NoticeKind.LOOK_REMINDER, people.lookers_at(review), review, days=days)
    late = now >= row.due_at or not told
    if late:
        unit = str(review.post.unit)
        above = people.superiors_over(review)
        told += notify(NoticeKind.LOOK_ESCALATION, above, review, days=days, unit=unit)
    RetrospectiveNudge.objects.create(retrospective=row, day=today, people=told, is_escalated=late)
    record(
        LOOK_REMINDED,
        actor=actor,
        target=review.post,
        version=review.version.number,
        days=days,
        people=told,
        escalated=late,
    )
    return True


def _read_earlier(row: Retrospective, now: datetime) -> None:
    """The bell counts an emergency once, however many days it waits."""
    kinds = [NoticeKind.LOOK_REMINDER, NoticeKind.LOOK_ESCALATION]
    earlier = Notification.objects.filter(review=row.review_id, kind__in=kinds, read_at=None)
    earlier.update(read_at=now)
