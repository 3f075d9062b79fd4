"""What came back to who wrote it: with remarks, or rejected."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from accounts.models import User
from content.models import Decision, Post, Review
from content.selectors.posts import posts_visible_to

REJECTION_WAITS = timedelta(days=14)
"""How long a rejected post waits for its author, unless it was begun anew before."""


def posts_sent_back_to(user: User) -> QuerySet[Post]:
    """Posts of this person that came back with remarks and were not edited since, and those that
    were rejected lately and not begun anew."""
    return own_drafts_of(user).filter(is_back=True)


def own_drafts_of(user: User) -> QuerySet[Any]:
    """Drafts of this person, each with ``is_back``: first what came back with remarks, also what
    was rejected lately, with the ``remark``."""
    decided = Decision.objects.filter(review__version=OuterRef("current_version"))
    against = decided.exclude(verdict=Decision.Verdict.APPROVE)
    lately = timezone.now() - REJECTION_WAITS
    sent_back = Review.objects.filter(
        version=OuterRef("current_version"), status=Review.Status.CHANGES
    )
    waits = Exists(against.filter(decided_at__gte=lately)) & ~Exists(_begun_anew(user))
    return (
        posts_visible_to(user)
        .filter(Q(status=Post.Status.DRAFT) | Q(waits, status=Post.Status.REJECTED), author=user)
        .annotate(
            is_back=Q(Exists(sent_back)) | Q(status=Post.Status.REJECTED),
            remark=Subquery(against.order_by("-decided_at").values("note")[:1]),
        )
        .order_by("-is_back", "-updated_at", "-pk")
    )


def _begun_anew(user: User) -> QuerySet[Post]:
    """What this person began from a rejected post, or in its place as another correction."""
    again = Q(follows=OuterRef("follows"), created_at__gt=OuterRef("updated_at"))
    return Post.objects.filter(Q(copied_from__post=OuterRef("pk")) | again, author=user)


_CAME_BACK = {
    Decision.Verdict.CHANGES: Post.Status.DRAFT,
    Decision.Verdict.REJECT: Post.Status.REJECTED,
}


def came_back_with(post: Post, decisions: Sequence[Decision]) -> Decision | None:
    """With what a draft came back, or by what a post was rejected: the last of its ``decisions``,
    newest first. It stays until the post is decided on again, so that what was asked for can be
    read while it is mended."""
    last = decisions[0] if decisions else None
    if last is None or _CAME_BACK.get(Decision.Verdict(last.verdict)) != post.status:
        return None
    return last
