"""Imports of drafts: nobody sees another person's."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from content.models import DraftImport, Post
from content.selectors.posts import posts_visible_to


def draft_imports_of(user: User) -> QuerySet[DraftImport]:
    """Their uploads that are still kept, and those that were imported; the newest first."""
    rows = DraftImport.objects.filter(
        Q(expires_at__gt=timezone.now()) | Q(status=DraftImport.Status.DONE), owner=user
    )
    return rows.select_related("unit").order_by("-pk")


def posts_made(user: User, kept: DraftImport) -> QuerySet[Post]:
    return posts_visible_to(user).filter(pk__in=kept.posts).order_by("pk")
