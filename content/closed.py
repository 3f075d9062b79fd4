"""Posts whose words nobody changes any more, and what can begin in place of an edit."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db.models import Min

from content.models import Post, Publication
from content.outcome import OUT

_MAY_GO_OUT = (Post.Status.APPROVED, Post.Status.SCHEDULED)
OVER = (Post.Status.WITHDRAWN, Post.Status.ARCHIVED, Post.Status.REJECTED)


class Closed(NamedTuple):
    """Why a post can no longer be edited: what became of it, or that it is on its way out."""

    status: str
    is_leaving: bool = False
    out_since: datetime | None = None
    """None also where it was out and nothing of it is any more."""

    @property
    def may_correct(self) -> bool:
        """Whether a correction can begin with what was typed for it."""
        return self.status in OUT

    @property
    def may_rewrite(self) -> bool:
        """Whether a new post can."""
        return self.status in OVER


def closed(post: Post) -> Closed | None:
    """None for a post that can be edited. As ``edit_post`` asks; that one asks under the lock."""
    if post.is_editable:
        if post.status not in _MAY_GO_OUT or not perhaps_out(post):
            return None
        return Closed(post.status, is_leaving=True)
    if post.status != Post.Status.LIVE:
        return Closed(post.status)
    out = post.publications.filter(status=Publication.Status.PUBLISHED)
    return Closed(post.status, out_since=out.aggregate(first=Min("published_at"))["first"])


def perhaps_out(post: Post) -> bool:
    return post.publications.filter(status__in=Publication.PERHAPS_OUT).exists()
