"""Emergency notices that are still out though their validity has ended: people are told, once."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from content import people
from content.actions.drafting import lock_post
from content.actions.notifying import notify
from content.events.talk import EMERGENCY_ENDED
from content.models import EndedEmergency, NoticeKind, Post
from content.selectors.ended import ended_notices
from govsocial.audit.actions import record

# One run stays within the time between two; the others are the next one's.
MOST_ENDED = 200


def tell_ended_emergencies(*, actor: User) -> int:
    """Tell of every emergency notice that holds no longer and stands alone; return of how many.

    Two beats at once do no harm: whoever comes second finds it told.
    """
    untold = ended_notices(Post.objects.all()).filter(
        current_version__review__ended_emergency__isnull=True
    )
    keys = list(untold.order_by("pk").values_list("pk", flat=True)[:MOST_ENDED])
    return sum(_tell(actor, pk) for pk in keys)


@transaction.atomic
def _tell(actor: User, post_id: int) -> bool:
    lock_post(post_id)
    rows = ended_notices(Post.objects.filter(pk=post_id)).select_related(
        "unit", "current_version__review"
    )
    post = rows.filter(current_version__review__ended_emergency__isnull=True).first()
    if post is None or post.current_version is None:
        return False
    told = notify(NoticeKind.ENDED, people.answerable_for(post), post)
    EndedEmergency.objects.create(review=post.current_version.review, people=told)
    record(
        EMERGENCY_ENDED,
        actor=actor,
        target=post,
        version=post.current_version.number,
        people=told,
    )
    return True
