"""The rows of posts and versions. The actions that write them ask for rights and tell the trail."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import User
from content.actions.links import plan_link_checks
from content.documents import Document, digest_of
from content.models import Post, PostVersion
from content.models.ended import Ended
from content.models.post import ONCE_A_FORM
from govsocial.constraints import constraint_of


class Edited(NamedTuple):
    """A post as it was saved, and what the save took from it."""

    post: Post
    ended: Ended | None = None
    is_again: bool = False
    """Whether the form was sent before, and this is the post that it began then."""


def begun_once(actor: User, key: UUID | None, **fields: Any) -> tuple[Post, bool]:
    """A new post, or the one that the form of this ``key`` was answered with; whether it is new."""
    try:
        with transaction.atomic():
            return Post.objects.create(author=actor, key=key, **fields), True
    except IntegrityError as exc:
        if constraint_of(exc) != ONCE_A_FORM:
            raise
    rows = Post.objects.select_related("current_version")
    return rows.get(author=actor, key=key), False


def add_version(post: Post, actor: User, document: Document, *, number: int) -> PostVersion:
    plan_link_checks(document)
    version = version_row(post, actor, document, number=number)
    version.save(force_insert=True)
    post.current_version = version
    post.save(update_fields=["current_version", "updated_at"])
    return version


def version_row(post: Post, actor: User, document: Document, *, number: int) -> PostVersion:
    canonical = document.canonical()
    return PostVersion(
        post=post,
        number=number,
        editor=actor,
        title=document.title,
        canonical=canonical,
        digest=digest_of(canonical),
    )
