"""Unsaved texts of the composer. Nobody sees another person's, whatever their role."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from content.models import Post, Scratch
from content.selectors.posts import posts_visible_to


def scratches_of(user: User) -> QuerySet[Scratch]:
    """This person's own that still hold something, those thrown away as well."""
    return Scratch.objects.filter(owner=user, closed_at=None)


def new_scratches_of(user: User) -> QuerySet[Scratch]:
    """Posts that this person began to write and never saved, the latest first."""
    return scratches_of(user).filter(post=None, discarded_at=None).order_by("-kept_at")


def kept_of_new_post(user: User, key: int) -> Scratch | None:
    """What this person began under that id: also what was saved since, which holds nothing."""
    return Scratch.objects.filter(owner=user, post=None, pk=key).first()


def scratches_for(user: User, post: Post) -> QuerySet[Scratch]:
    """What this person typed for a post and did not save, one of each page, the latest first."""
    return scratches_of(user).filter(post=post, discarded_at=None).order_by("-kept_at", "-pk")


def with_unsaved(posts: QuerySet[Post], user: User) -> QuerySet[Any]:
    """Add ``has_unsaved``: whether this person typed something there and did not save it."""
    mine = scratches_of(user).filter(post=OuterRef("pk"), discarded_at=None)
    told: QuerySet[Any] = posts.annotate(has_unsaved=Exists(mine))
    return told


def begun_by(user: User, key: UUID) -> Post | None:
    """The post that this person's form of that key began."""
    rows = Post.objects.select_related("current_version", "copied_from")
    return rows.filter(author=user, key=key).first()


def answered_to(user: User, key: UUID | None) -> Post | None:
    """``begun_by`` for a page: as long as they may see it."""
    return posts_visible_to(user).filter(author=user, key=key).first() if key else None
