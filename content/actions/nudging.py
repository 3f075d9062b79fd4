"""The clock over reviews that wait: a reminder, and then those above.

Each stage has its own: it begins with the decision of the stage before, and runs while a version
lies with those who decide at that stage. No comment stops or resets it, and neither does an edit:
what was submitted again before anybody had decided there has waited all the time that its earlier
versions lay at that stage. The time in which its drafters had it back, or in which it lay at
another stage, is no delay of theirs and does not count. What ends the wait of a stage is a decision
at that stage, changes or a rejection.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import BigIntegerField, Count, F, Func, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from content import people
from content.actions.drafting import lock_post
from content.actions.notifying import notify
from content.events.talk import REVIEW_ESCALATED, REVIEW_REMINDED, REVIEW_SOON
from content.models import Decision, NoticeKind, Review, ReviewNudge
from content.selectors import posts as selectors
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
    """How long a post has waited for the decision of a stage, since which of its reviews."""

    first_id: int
    stage: int
    time: timedelta

    @property
    def hours(self) -> int:
        return int(self.time / HOUR)


def nudge_reviews(*, actor: User) -> int:
    """Take the steps that are due over all open reviews; return how many were taken.

    Two beats at once do no harm: whoever comes second finds the step taken.
    """
    now, taken = timezone.now(), 0
    of_wait = ReviewNudge.objects.filter(first=OuterRef("first_id"), stage=OuterRef("at_stage"))
    done = ArraySubquery(of_wait.order_by().values("step"))
    rows = _waiting().annotate(done=done).order_by("submitted_at", "pk")
    for review in rows.iterator(chunk_size=AT_ONCE):
        if set(due_steps(review, _wait_of(review, now), now)) - set(review.done):
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


def _waiting() -> QuerySet[Any]:
    """Open reviews, each with ``at_stage``; in ``first_id`` and ``waits_since`` lies the rule of
    when the wait of that stage begins and what of it counts (``content_wait_began``,
    ``content_waits_since``)."""
    first = Func(F("pk"), function="content_wait_began", output_field=BigIntegerField())
    approvals = Decision.objects.filter(review=OuterRef("pk"), verdict=Decision.Verdict.APPROVE)
    counted = approvals.order_by().values("review").annotate(number=Count("pk")).values("number")
    waiting = Review.objects.filter(status=Review.Status.OPEN).select_related("post")
    return waiting.annotate(
        first_id=first,
        waits_since=selectors.WAITS_SINCE,
        at_stage=Coalesce(Subquery(counted), 0) + 1,
    )


def _wait_of(review: Any, now: datetime) -> Wait:
    return Wait(review.first_id, review.at_stage, now - review.waits_since)


@transaction.atomic
def _nudge(actor: User, review_id: int, post_id: int) -> int:
    """Take what is due of one review, on locked rows."""
    post = lock_post(post_id)
    review = _waiting().select_related("version").filter(pk=review_id).first()
    if review is None:
        return 0
    review.post = post
    now = timezone.now()
    wait = _wait_of(review, now)
    taken = ReviewNudge.objects.filter(first=wait.first_id, stage=wait.stage)
    done = set(taken.values_list("step", flat=True))
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
        review=review,
        first_id=wait.first_id,
        stage=wait.stage,
        step=step,
        waited=wait.time,
        people=told,
    )
    record(
        _EVENTS[step],
        actor=actor,
        target=review.post,
        version=review.version.number,
        hours=wait.hours,
        people=told,
    )
