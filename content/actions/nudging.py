"""The clock over reviews that wait: a reminder, and then those above.

It runs while a version lies with those who decide. No comment stops or resets it, and neither does
an edit: what was submitted again before anybody had decided has waited all the time that its
earlier versions lay there. The time in which its drafters had it back is nobody's delay and does
not count. A decision ends the wait: changes, a rejection, or the approval of all stages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from content import people
from content.actions.drafting import lock_post
from content.actions.notifying import notify
from content.events_talk import REVIEW_ESCALATED, REVIEW_REMINDED, REVIEW_SOON
from content.models import Decision, NoticeKind, Review, ReviewNudge
from govsocial.audit.actions import record

Step = ReviewNudge.Step
# A planned time that is nearer is not waited for.
NEAR = timedelta(hours=2)
HOUR = timedelta(hours=1)
# One run stays within the time between two; the others are the next one's.
MOST_REVIEWS = 300
AT_ONCE = 500
_EVENTS = {
    Step.REMIND: REVIEW_REMINDED,
    Step.SOON: REVIEW_SOON,
    Step.ESCALATE: REVIEW_ESCALATED,
}


@dataclass(frozen=True, slots=True)
class Wait:
    """How long a post has waited for a decision, since which of its reviews."""

    first: Review
    time: timedelta

    @property
    def hours(self) -> int:
        return int(self.time / HOUR)


def nudge_reviews(*, actor: User) -> int:
    """Take the steps that are due over all open reviews; return how many were taken.

    Two beats at once do no harm: whoever comes second finds the step taken.
    """
    now, taken = timezone.now(), 0
    waiting = Review.objects.filter(status=Review.Status.OPEN).select_related("post")
    of_post = Prefetch("post__reviews", reviews_with_approvals().prefetch_related("nudges"))
    rows = waiting.prefetch_related(of_post).order_by("submitted_at", "pk")
    for review in rows.iterator(chunk_size=AT_ONCE):
        reviews = list(review.post.reviews.all())
        wait = wait_of(review, reviews, now)
        nudges = [one for each in reviews for one in each.nudges.all()]
        done = {one.step for one in nudges if one.first_id == wait.first.pk}
        if set(due_steps(review, wait, now)) - done:
            taken += _nudge(actor, review.pk, review.post_id)
        if taken >= MOST_REVIEWS:
            break
    return taken


def due_steps(review: Review, wait: Wait, now: datetime) -> list[Step]:
    """The steps whose time has come, whether or not they were taken."""
    planned = review.post.planned_at
    steps = []
    if wait.time >= review.remind_after * HOUR:
        steps.append(Step.REMIND)
    if planned is not None and planned - now < NEAR:
        steps.append(Step.SOON)
    if wait.time >= review.escalate_after * HOUR:
        steps.append(Step.ESCALATE)
    return steps


def wait_of(review: Review, reviews: Sequence[Review], now: datetime) -> Wait:
    """How long ``review`` has waited; ``reviews`` are those of its post, newest first, each with
    ``approvals``, the stages that were approved."""
    first, time = review, now - review.submitted_at
    for earlier in reviews:
        if earlier.pk >= review.pk:
            continue
        if _is_decided(earlier) or earlier.closed_at is None:
            break
        first, time = earlier, time + (earlier.closed_at - earlier.submitted_at)
    return Wait(first, time)


def _is_decided(review: Review) -> bool:
    """An approval that an edit made void was a decision; one stage of several was none."""
    if review.status == Review.Status.SUPERSEDED:
        approvals: int = review.approvals  # type: ignore[attr-defined]  # annotated
        return approvals >= review.stages
    return review.status != Review.Status.OPEN


def reviews_with_approvals() -> QuerySet[Any]:
    """Newest first, each with ``approvals``: see ``wait_of``."""
    approved = Q(decisions__verdict=Decision.Verdict.APPROVE)
    return Review.objects.annotate(approvals=Count("decisions", filter=approved)).order_by("-pk")


@transaction.atomic
def _nudge(actor: User, review_id: int, post_id: int) -> int:
    """Take what is due of one review, on locked rows."""
    post = lock_post(post_id)
    review = (
        Review.objects.select_related("version")
        .filter(pk=review_id, status=Review.Status.OPEN)
        .first()
    )
    if review is None:
        return 0
    review.post = post
    now = timezone.now()
    wait = wait_of(review, list(reviews_with_approvals().filter(post=post)), now)
    done = set(ReviewNudge.objects.filter(first=wait.first).values_list("step", flat=True))
    due = [step for step in due_steps(review, wait, now) if step not in done]
    reminds = [step for step in due if step != Step.ESCALATE]
    if reminds:
        # One reminder, even where two reasons for it fall together.
        told = notify(
            NoticeKind.REMINDER,
            people.deciders_of(review),
            review,
            hours=wait.hours,
            planned=post.planned_at.isoformat() if post.planned_at and Step.SOON in due else "",
            version=review.version.number,
        )
        for step in reminds:
            _note(actor, review, wait, step, told)
    if Step.ESCALATE in due:
        told = notify(
            NoticeKind.ESCALATION,
            people.superiors_over(review),
            review,
            hours=wait.hours,
            unit=str(post.unit),
            version=review.version.number,
        )
        _note(actor, review, wait, Step.ESCALATE, told)
    return len(due)


def _note(actor: User, review: Review, wait: Wait, step: Step, told: int) -> None:
    ReviewNudge.objects.create(
        review=review, first=wait.first, step=step, waited=wait.time, people=told
    )
    record(
        _EVENTS[step],
        actor=actor,
        target=review.post,
        version=review.version.number,
        hours=wait.hours,
        people=told,
    )
