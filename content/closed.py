"""Posts whose words nobody changes any more: what the composer says instead of saving."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Min
from django.utils.translation import gettext as _

from content.models import Post, Publication
from govsocial.web.templatetags.formats import moment

_MAY_GO_OUT = (Post.Status.APPROVED, Post.Status.SCHEDULED)
OUT = (Post.Status.LIVE, Post.Status.CORRECTED)
OVER = (Post.Status.WITHDRAWN, Post.Status.ARCHIVED, Post.Status.REJECTED)


class Closed(NamedTuple):
    told: str
    """What became of the post, and what can be done instead of editing it."""
    may_correct: bool
    """Whether a correction can begin with what was typed for it."""
    may_rewrite: bool = False
    """Whether a new post can."""


def closed(post: Post) -> Closed | None:
    """None for a post that can be edited. As ``edit_post`` asks; that one asks under the lock."""
    if post.is_editable:
        if post.status not in _MAY_GO_OUT or not perhaps_out(post):
            return None
        told = _("This post is being sent, or may be out: it can no longer be edited.")
        return Closed(told, may_correct=False)
    if post.status in OUT:
        return Closed(_told_of_live(post), may_correct=True)
    return Closed(_told_of_past(post.status), may_correct=False, may_rewrite=post.status in OVER)


def perhaps_out(post: Post) -> bool:
    return post.publications.filter(status__in=Publication.PERHAPS_OUT).exists()


def _told_of_live(post: Post) -> str:
    if post.status == Post.Status.CORRECTED:
        return _("This post was corrected already. Write a further correction.")
    out = post.publications.filter(status=Publication.Status.PUBLISHED)
    since = out.aggregate(first=Min("published_at"))["first"]
    if since is None:
        return _("This post was live and was taken back. Write a correction.")
    return _("This post has been live since %(moment)s. Write a correction.") % {
        "moment": moment(since)
    }


def _told_of_past(status: str) -> str:
    if status == Post.Status.WITHDRAWN:
        return _(
            "This post was withdrawn and can no longer be edited. Write it anew as a new post."
        )
    if status == Post.Status.ARCHIVED:
        return _("This post is archived and can no longer be edited. Write it anew as a new post.")
    return _("This post was rejected and can no longer be edited. Write it anew as a new post.")
