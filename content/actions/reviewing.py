from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import OfficialAccount, User
from content.actions.drafting import close_review, lock_post
from content.actions.scheduling import schedule_publications
from content.errors import ContentError
from content.events import CHANGES_REQUESTED, POST_APPROVED, POST_REJECTED
from content.models import Decision, Post, Review
from govsocial.audit.actions import record
from govsocial.web.permissions import require

# An approval for a time that is past by more than this does not count any more (design.md 4.7).
LATE = timedelta(days=1)


@transaction.atomic
def approve_post(*, actor: User, post_id: int, digest: str, note: str = "") -> Post:
    """Approve exactly the content with ``digest``, and schedule it when no stage is left.

    Raises ``PermissionDenied`` without the right on the post's unit and on the unit of every
    account, ``ContentError`` for one's own post, for content that changed meanwhile and for a
    planned time that is long past.
    """
    review = _review_to_decide(actor, post_id, digest, "content.approve")
    post = review.post
    planned = review.version.content().planned_at
    now = timezone.now()
    if planned and planned < now - LATE:
        raise ContentError(_("The planned time has passed. Ask for a new one."))
    expires_at = now + timedelta(days=settings.APPROVAL_DAYS)
    stage = review.decisions.filter(verdict=Decision.Verdict.APPROVE).count() + 1
    decision = Decision.objects.create(
        review=review,
        version_digest=digest,
        stage=stage,
        decider=actor,
        verdict=Decision.Verdict.APPROVE,
        note=note,
        decided_at=now,
        expires_at=expires_at,
    )
    record(
        POST_APPROVED,
        actor=actor,
        target=post,
        version=review.version.number,
        version_sha256=digest,
        expires_at=expires_at.isoformat(),
    )
    if decision.stage == review.stages:
        close_review(post, Review.Status.APPROVED)
        _move(post, Post.Status.APPROVED)
        schedule_publications(review.version, actor=actor)
        _move(post, Post.Status.SCHEDULED)
    return post


@transaction.atomic
def request_changes(*, actor: User, post_id: int, digest: str, note: str) -> Post:
    """Send the post back to its drafters with a reason."""
    review = _review_to_decide(actor, post_id, digest, "content.review")
    _decide_against(review, actor, Decision.Verdict.CHANGES, note)
    close_review(review.post, Review.Status.CHANGES)
    _move(review.post, Post.Status.DRAFT)
    record(
        CHANGES_REQUESTED,
        actor=actor,
        target=review.post,
        version=review.version.number,
        version_sha256=digest,
    )
    return review.post


@transaction.atomic
def reject_post(*, actor: User, post_id: int, digest: str, note: str) -> Post:
    """End the post with a reason. A rejected post is not edited any more."""
    review = _review_to_decide(actor, post_id, digest, "content.approve")
    _decide_against(review, actor, Decision.Verdict.REJECT, note)
    close_review(review.post, Review.Status.REJECTED)
    _move(review.post, Post.Status.REJECTED)
    record(
        POST_REJECTED,
        actor=actor,
        target=review.post,
        version=review.version.number,
        version_sha256=digest,
    )
    return review.post


def _review_to_decide(actor: User, post_id: int, digest: str, capability: str) -> Review:
    post = lock_post(post_id)
    require(actor, capability, post.unit_id)
    review = post.reviews.filter(status=Review.Status.OPEN).select_related("version").first()
    if review is None or post.status != Post.Status.SUBMITTED:
        raise ContentError(_("This post is not waiting for a decision."))
    review.post = post
    if review.digest != digest or review.version_id != post.current_version_id:
        raise ContentError(_("The content has changed since you opened it. Read it again."))
    units = OfficialAccount.objects.filter(pk__in=review.version.content().texts.keys())
    for unit_id in set(units.values_list("unit_id", flat=True)):
        require(actor, capability, unit_id)
    wrote = post.versions.filter(number__lte=review.version.number, editor=actor).exists()
    if wrote or review.submitted_by_id == actor.pk:
        raise ContentError(_("A post cannot be decided on by somebody who wrote it."))
    if review.decisions.filter(decider=actor).exists():
        raise PermissionDenied(_("Each stage needs a different person."))
    return review


def _decide_against(review: Review, actor: User, verdict: str, note: str) -> None:
    if not note.strip():
        raise ContentError(_("Give a reason."), field="note")
    Decision.objects.create(
        review=review,
        version_digest=review.digest,
        decider=actor,
        verdict=verdict,
        note=note.strip(),
    )


def _move(post: Post, status: str) -> None:
    post.status = status
    post.save(update_fields=["status", "updated_at"])
