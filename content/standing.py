"""What was decided of a post since somebody opened it, so that no save undoes it without a word."""

from __future__ import annotations

import re
from typing import NamedTuple

from django.db.models import Max

from accounts.models import User
from content.models import Post, Publication

WHATEVER = "*"
"""In place of a mark: an edit may undo whatever stands. No page can say so."""

# As ``standing`` writes it: a review, and the latest decision in it.
_MARK = re.compile(r"[0-9]{1,19}\.[0-9]{1,19}\Z")


class Decided(NamedTuple):
    """The last step of a post that is no draft: its submission, or an approval of a stage."""

    person: User
    number: int
    """Of the version."""
    is_approval: bool
    is_last: bool
    """Whether no other stage waits."""
    called_back: int
    """How many publications an edit cancels."""


def standing(post: Post) -> str:
    """A mark of what an edit would undo: another one after each submission and each decision,
    "" for what an edit takes nothing from. One query, and none for a draft."""
    if post.status == Post.Status.DRAFT or not post.is_editable:
        return ""
    rows = post.reviews.order_by("-pk").annotate(latest=Max("decisions__pk"))
    review, decision = rows.values_list("pk", "latest").first() or (0, 0)
    return f"{review}.{decision or 0}"


def read_mark(text: str) -> str:
    """A mark that a page sent back; "" for anything else, as if nothing had been known."""
    return text if _MARK.match(text) else ""


def to_call_back(post: Post) -> int:
    """How many publications an edit cancels."""
    return post.publications.filter(part=0, status__in=Publication.CALLED_BACK).count()


def decided(post: Post) -> Decided:
    """Of a post that was submitted or approved. Three queries."""
    review = post.reviews.select_related("version", "submitted_by").latest("pk")
    last = review.decisions.select_related("decider").order_by("pk").last()
    return Decided(
        person=last.decider if last else review.submitted_by,
        number=review.version.number,
        is_approval=last is not None,
        is_last=post.status != Post.Status.SUBMITTED,
        called_back=to_call_back(post),
    )
