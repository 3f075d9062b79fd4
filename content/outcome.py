"""What became of posts, for whoever counts them: to archive a post changes no number."""

from __future__ import annotations

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When

from content.models import Post, Publication

OUT = (Post.Status.LIVE, Post.Status.CORRECTED)
"""The outcomes of what went out and still stands. A correction is a post of its own, and the post
that it corrects is one that readers saw too: both count."""


def outcome(way: str = "") -> Case:
    """The status of a post, and of one that is archived what it would be without that: live while
    it stands on at least one account, else withdrawn. ``way`` leads from the row to the post."""
    stands = Publication.objects.filter(
        post=OuterRef(f"{way}pk"), status=Publication.Status.PUBLISHED
    )
    archived = Q(**{f"{way}status": Post.Status.ARCHIVED})
    return Case(
        When(archived & Exists(stands), then=Value(Post.Status.LIVE)),
        When(archived, then=Value(Post.Status.WITHDRAWN)),
        default=F(f"{way}status"),
        output_field=CharField(),
    )


def called_off_on(post: Post) -> QuerySet[Publication, int]:
    """The ids of accounts where nothing of a post is out and nothing can go out any more: there is
    nothing to correct."""
    rows = post.publications.filter(part=0).order_by()
    over = Q(status__in=[Publication.Status.CANCELLED, Publication.Status.WITHDRAWN])
    stands = rows.exclude(over).values("official_account")
    return (
        rows.filter(over)
        .exclude(official_account__in=stands)
        .values_list("official_account", flat=True)
    )


def was_never_on(post_id: int, account_id: int) -> bool:
    """Whether nothing of a post is, was or may be out on an account."""
    rows = Publication.objects.filter(post=post_id, official_account=account_id, part=0)
    return not rows.filter(status__in=(*Publication.PERHAPS_OUT, "withdrawn")).exists()
