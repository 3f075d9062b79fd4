"""Lists of posts: which rows somebody may see, and how the rows of a page are read."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, reduce
from operator import or_
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from content import following
from content.models import Decision, Post, PostSearch, Publication, Review, SavedView
from content.selectors.posts import (
    TROUBLE,
    WAITS_SINCE,
    posts_visible_to,
    with_paid_labels,
    with_what_it_took,
    with_what_it_wrote,
)
from content.selectors.scratch import with_unsaved
from content.states import publications_in_state, with_status_of_first

HEAVY = ("current_version__canonical", "current_version__document", "listed__words")


def listed_posts(user: User) -> QuerySet[PostSearch]:
    """The rows by which posts are filtered, sorted and counted: those of visible posts."""
    return PostSearch.objects.filter(unit_id__any=user.units_with("content.view"))


def posts_to_open(user: User) -> QuerySet[Any]:
    """The posts that ``user`` sees as the page of one reads them (``pages_freezes.post_page``)."""
    posts = with_paid_labels(posts_visible_to(user))
    posts = with_what_it_wrote(with_status_of_first(posts), user)
    return with_unsaved(with_what_it_took(posts), user)


def posts_of_page(user: User, keys: Sequence[int]) -> QuerySet[Post]:
    """The posts with these keys as lists show them, without their texts, in any order."""
    return (
        posts_visible_to(user)
        .filter(pk__in=keys)
        .select_related(None)
        .select_related("unit", "author", "current_version", "listed")
        .defer(*HEAVY)
        .order_by()
    )


def authors_visible_to(user: User) -> QuerySet[User]:
    """Everybody who wrote a post that ``user`` sees."""
    wrote = listed_posts(user).filter(author=OuterRef("pk")).order_by()
    return User.objects.filter(Exists(wrote)).order_by("full_name", "pk")


def publications_to_list(publications: QuerySet[Publication]) -> QuerySet[Publication]:
    """Publications as their list shows them: the texts of their versions stay where they are, and
    what follows a post is counted with it (``follow_it``), unless somebody has to look at it."""
    own = following.first_rows(publications, but=TROUBLE)
    told = own.annotate(follow_it=following.HOW_MANY_FOLLOW)
    return told.defer("version__canonical", "version__document")


def reviews_to_list(reviews: QuerySet[Review]) -> QuerySet[Review]:
    """Reviews as the queue shows them: their posts with when they go out and to how many,
    ``waits_since``, and the number of the stage that waits, ``stage_now``."""
    return reviews_to_tick_off(reviews).defer("version__document")


def reviews_to_tick_off(reviews: QuerySet[Any]) -> QuerySet[Any]:
    """The same of those that ``content.pages.review.with_ticks`` looks at, which reads for which
    units they are."""
    approved = Decision.objects.filter(review=OuterRef("pk"), verdict=Decision.Verdict.APPROVE)
    number = approved.order_by().values("review").annotate(number=Count("pk")).values("number")
    told: QuerySet[Any] = reviews.select_related("post__listed").annotate(
        waits_since=WAITS_SINCE, stage_now=Coalesce(Subquery(number), 0) + 1
    )
    light: QuerySet[Any] = told.defer("version__canonical", "post__listed__words")
    return light


class WaitingFirst(Sequence[Any]):
    """Publications as their list opens: what waits for a person first, what has waited longest
    before the rest; then by time, the latest first; what was cancelled last.

    Of what waits there is little, and the first ``MOST`` of it are read at once: the rest is walked
    along the index of its time, which ``shown_at`` is.
    """

    MOST = 200

    def __init__(self, publications: QuerySet[Any]) -> None:
        latest = publications.order_by(F("shown_at").desc(nulls_last=True), "-pk")
        waits = publications.filter(_waits_for_a_person()).order_by("scheduled_for", "pk")
        self.first = list(waits[: self.MOST])
        rest = latest.exclude(pk__in=[one.pk for one in self.first])
        self.rest = rest.exclude(status=Publication.Status.CANCELLED)
        self.over = rest.filter(status=Publication.Status.CANCELLED)

    def __len__(self) -> int:
        return len(self.first) + self._rest_count + self._over_count

    def __getitem__(self, asked: Any) -> Any:
        """A page. One query for each of the three that it has rows of."""
        found: list[Any] = []
        start, stop = asked.start or 0, asked.stop or len(self)
        parts = ((len(self.first), self.first), (self._rest_count, self.rest))
        for count, rows in (*parts, (self._over_count, self.over)):
            if start < count and stop > 0:
                found += rows[max(start, 0) : min(stop, count)]
            start, stop = start - count, stop - count
        return found

    @cached_property
    def _rest_count(self) -> int:
        return self.rest.count()

    @cached_property
    def _over_count(self) -> int:
        return self.over.count()


def _waits_for_a_person() -> Q:
    """Whoever that is: as the badges of these publications say."""
    keys = ("to_release", "to_post", "scheduled_to_fail")
    asked = [Q(pk__in=publications_in_state(Publication.objects.all(), key)) for key in keys]
    undeleted = Q(withdrawal__outcome="", withdrawal__needs_person=True)
    return reduce(or_, asked, Q(status__in=TROUBLE) | undeleted)


def remarks_visible_to(user: User) -> QuerySet[Decision]:
    """What was written to decisions on posts that ``user`` sees."""
    heavy = ("review__version__canonical", "review__version__document")
    return (
        Decision.objects.filter(review__post__unit_id__any=user.units_with("content.view"))
        .exclude(note="")
        .select_related("decider", "review__version")
        .defer(*heavy)
    )


def saved_views_of(user: User, place: str = "") -> QuerySet[SavedView]:
    """The views that this person saved, of one list or of all; nobody sees another's."""
    views = SavedView.objects.filter(user=user)
    return (views.filter(place=place) if place else views).order_by("place", "name", "pk")
