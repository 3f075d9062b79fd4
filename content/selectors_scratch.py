"""Unsaved texts of the composer. Nobody sees another person's, whatever their role."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import User
from content.models import Post, Scratch


def scratches_of(user: User) -> QuerySet[Scratch]:
    """This person's own that still hold something, those thrown away as well."""
    return Scratch.objects.filter(owner=user, closed_at=None)


def new_scratches_of(user: User) -> QuerySet[Scratch]:
    """Posts that this person began to write and never saved, the latest first."""
    return scratches_of(user).filter(post=None, discarded_at=None).order_by("-kept_at")


def scratch_for(user: User, post: Post) -> Scratch | None:
    return scratches_of(user).filter(post=post, discarded_at=None).first()
