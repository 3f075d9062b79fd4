"""The one word for where a post stands: from the post, its review and its publications; and what
lists of publications are filtered by.

Every list, page, calendar, search and export says what ``shown_status`` finds, and filters ask by
the same rules: so no two places disagree, and a filter finds the posts that have its word.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from content.following import IS_ITS_TURN
from content.models.post import Post, PostStatus
from content.models.publication import ON_ACCOUNT_IN_USE, Publication
from content.models.publication_status import BADGES, PublicationStatus
from content.models.review import Review
from content.models.withdrawal import Withdrawal
from govsocial.web.templatetags.ui import STATUS

_ON_ITS_WAY = (PostStatus.APPROVED, PostStatus.SCHEDULED)
# Of one that is frozen: others of the post that are not.
_NOT_STOPPED = (
    PublicationStatus.SCHEDULED,
    PublicationStatus.SENDING,
    PublicationStatus.UNCONFIRMED,
    PublicationStatus.PUBLISHED,
)
# What does not go by itself, be it a post or what follows one.
_HELD_UP = Q(status__in=(PublicationStatus.FAILED, PublicationStatus.UNCONFIRMED)) | Q(
    status=PublicationStatus.SCHEDULED, by_hand=True
)
_NOT_OUT = Q(part=0, status__in=(PublicationStatus.SCHEDULED, PublicationStatus.SENDING))

# What keeps a live post from being out as a whole.
_UNFINISHED = Q(status=PublicationStatus.FROZEN) | _NOT_OUT | _HELD_UP

UNFINISHED = ("partly_frozen", "partly_live", "withdrawing")
"""What is said of posts that are out, or were, and of which something is still to be done."""


class Rule(NamedTuple):
    """``key`` is said of posts in some stored statuses for which a condition holds. Of several
    rules that hold, the first one counts."""

    key: str
    where: tuple[tuple[tuple[PostStatus, ...], Q], ...]

    def of(self, status: str) -> Q | None:
        """What must hold of posts stored with ``status``; None where it is never said of them."""
        return next((holds for stored, holds in self.where if status in stored), None)

    def asked(self, way: str = "") -> Q:
        parts = [Q(**{f"{way}status__in": stored}) & holds for stored, holds in self.where]
        return reduce(or_, parts)


def rules(way: str = "") -> list[Rule]:
    """What is said instead of the status that a post is stored with. Of rows whose key is that of
    the post, as posts and ``PostSearch`` have it; ``way`` leads there from other rows."""

    def some(*asked: Q, **fields: object) -> Q:
        return Q(Exists(Publication.objects.filter(*asked, post=OuterRef(f"{way}pk"), **fields)))

    def before_it_is_out(key: str, holds: Q) -> Rule:
        return Rule(key, ((_ON_ITS_WAY, holds),))

    sent_back = Review.objects.filter(
        post=OuterRef(f"{way}pk"),
        version=F("post__current_version"),
        status=Review.Status.CHANGES,
    )
    frozen = some(status=PublicationStatus.FROZEN)
    # What follows a post goes on only if the post does.
    goes_on = some(status__in=_NOT_STOPPED, part=0)
    by_hand_now = some(
        IS_ITS_TURN,
        ON_ACCOUNT_IN_USE,
        status=PublicationStatus.SCHEDULED,
        by_hand=True,
        scheduled_for__lte=timezone.now(),
    )
    still_there = Q(
        Exists(
            Withdrawal.objects.filter(
                publication__post=OuterRef(f"{way}pk"),
                publication__status=PublicationStatus.WITHDRAWN,
                outcome="",
            )
        )
    )
    return [
        Rule("changes_requested", (((PostStatus.DRAFT,), Q(Exists(sent_back))),)),
        before_it_is_out("unconfirmed", some(status=PublicationStatus.UNCONFIRMED)),
        Rule("partly_frozen", (((PostStatus.LIVE,), frozen), (_ON_ITS_WAY, frozen & goes_on))),
        Rule("partly_live", (((PostStatus.LIVE,), some(_NOT_OUT | _HELD_UP)),)),
        Rule("withdrawing", (((PostStatus.WITHDRAWN,), still_there),)),
        before_it_is_out("frozen", frozen),
        before_it_is_out("to_post", by_hand_now),
        before_it_is_out("failed", some(status=PublicationStatus.FAILED) & ~goes_on),
    ]


def shown_status(way: str = "") -> Case:
    """The key in ``STATUS`` of what pages say of a post."""
    status = f"{way}status"
    said = [When(rule.asked(way), then=Value(rule.key)) for rule in rules(way)]
    under_review = When(Q(**{status: PostStatus.SUBMITTED}), then=Value("in_review"))
    return Case(*said, under_review, default=F(status), output_field=CharField())


def with_shown_status(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Add ``shown_status`` to posts, or to their rows in ``PostSearch``, in the same query."""
    shown: QuerySet[Any] = rows.annotate(shown_status=shown_status())
    return shown


def with_status_of_first(posts: QuerySet[Any]) -> QuerySet[Any]:
    """Add ``first_status``: the same of the post that each follows; None where it follows none."""
    told: QuerySet[Any] = posts.annotate(first_status=shown_status("follows__"))
    return told


def in_state(rows: QuerySet[Any], key: str) -> QuerySet[Any]:
    """Those of which pages say ``key``: that of a rule, or a stored status."""
    known = rules()
    place = next((at for at, rule in enumerate(known) if rule.key == key), None)
    if place is not None:
        found = rows.filter(known[place].asked())
        for rule in known[:place]:
            found = found.exclude(rule.asked())
        return found
    found = rows.filter(status=key)
    if key == PostStatus.LIVE:
        # Most posts are live and whole. What is not is little: read once and not asked of each.
        return found.exclude(pk__in=Publication.objects.filter(_UNFINISHED).values("post"))
    for holds in filter(None, (rule.of(key) for rule in known)):
        found = found.exclude(holds)
    return found


def status_of(post: Post) -> str:
    """The same of one post that was read without it. One query."""
    found: str = with_shown_status(Post.objects.filter(pk=post.pk)).values_list(
        "shown_status", flat=True
    )[0]
    return found


def publications_in_state(rows: QuerySet[Publication], key: str) -> QuerySet[Publication]:
    """Those with a stored status, or with one of ``FINER``: as ``Publication.display_status``."""
    if key not in FINER:
        return rows.filter(status=key)
    if key == "withdrawing":
        return rows.filter(status=PublicationStatus.WITHDRAWN, withdrawal__outcome="")
    if key == "being_posted":
        return rows.filter(status=PublicationStatus.SENDING, by_hand=True)
    rows = rows.filter(status=PublicationStatus.SCHEDULED)
    if key == "scheduled_to_fail":
        return rows.exclude(
            ON_ACCOUNT_IN_USE & (Q(by_hand=True) | Q(official_account__credential__status="good"))
        )
    is_due = Q(scheduled_for__lte=timezone.now()) & IS_ITS_TURN
    return rows.filter(ON_ACCOUNT_IN_USE, is_due if key == "to_post" else ~is_due, by_hand=True)


def word(key: str) -> str:
    """How pages call it."""
    return str(STATUS[key][2])


CHOICES = [
    (str(key), STATUS["in_review" if key == PostStatus.SUBMITTED else str(key)][2])
    for key in (
        PostStatus.DRAFT, "changes_requested", PostStatus.SUBMITTED, PostStatus.APPROVED,
        PostStatus.SCHEDULED, "to_post", "unconfirmed", "failed", "frozen", "partly_frozen",
        "partly_live", PostStatus.LIVE, PostStatus.CORRECTED, "withdrawing", PostStatus.WITHDRAWN,
        PostStatus.ARCHIVED, PostStatus.REJECTED,
    )
]  # fmt: skip
"""What posts can be filtered by: as stored statuses, of which addresses tell, and the further
keys, each in the word of its badge."""

FINER = ("to_post", "being_posted", "scheduled_by_hand", "scheduled_to_fail", "withdrawing")
"""What pages say of some publications that are scheduled, being sent or withdrawn."""

PUBLICATION_CHOICES = [
    (key, STATUS[BADGES.get(key, key)][2])
    for key in map(str, (
        PublicationStatus.SCHEDULED, *FINER, PublicationStatus.SENDING,
        PublicationStatus.PUBLISHED, PublicationStatus.UNCONFIRMED, PublicationStatus.FAILED,
        PublicationStatus.FROZEN, PublicationStatus.CANCELLED, PublicationStatus.WITHDRAWN,
    ))
]  # fmt: skip
"""What publications can be filtered by; a stored status finds the finer ones too."""
