"""Search and filters of the calendar. They choose among posts and among publications alike."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import OfficialAccount, User
from accounts.selectors import units_below
from content.filters.posts import PostFilter, PublicationFilter
from content.models import Post, Publication
from content.selectors import posts as selectors
from content.states import FINER, choices_of, in_state, publications_in_state

# By the key that pages show. Of a post what no publication tells; of a publication everything.
OF_POSTS = {
    "draft": Post.Status.DRAFT,
    "changes_requested": "changes_requested",
    "in_review": Post.Status.SUBMITTED,
    "approved": Post.Status.APPROVED,
    "rejected": Post.Status.REJECTED,
}
OF_PUBLICATIONS = {
    "scheduled": Publication.Status.SCHEDULED,
    **{key: key for key in FINER},
    "publishing": Publication.Status.SENDING,
    "live": Publication.Status.PUBLISHED,
    "unconfirmed": Publication.Status.UNCONFIRMED,
    "failed": Publication.Status.FAILED,
    "frozen": Publication.Status.FROZEN,
    "cancelled": Publication.Status.CANCELLED,
    "withdrawn": Publication.Status.WITHDRAWN,
}
# The filters that ask for the post of a publication.
_OF_THE_POST = (
    "search", "kind", "sensitivity", "author", "author_words", "campaign", "campaign_words",
)  # fmt: skip
# What never goes out is in the way of a plan, and is shown to who asks for it.
UNASKED_POSTS = [Post.Status.DRAFT, Post.Status.SUBMITTED, Post.Status.APPROVED]
UNASKED_PUBLICATIONS = [one for one in Publication.Status if one != Publication.Status.CANCELLED]


class CalendarFilter(PostFilter):
    """Filters of the list of posts, but the period, which the calendar is itself; a filter that is
    added there is to be added to ``publications`` as well."""

    LISTED = "listed__"
    POST = ""
    SELDOM = ("kind", "sensitivity", "author", "campaign")

    planned_from = None
    planned_to = None
    # What came back is a list of things to do; the half of it that was rejected has no day here.
    todo = None

    class Meta(PostFilter.Meta):
        model = Post  # type: ignore[assignment]  # of which the rows are here
        fields = [
            "search", "status", "unit", "account", "kind", "sensitivity", "author", "campaign",
        ]  # fmt: skip

    status = django_filters.ChoiceFilter(
        choices=choices_of([*OF_POSTS, *OF_PUBLICATIONS]),
        method="in_status",
        label=_("Status"),
        empty_label=_("Any status"),
    )

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        self.user = user
        super().__init__(*args, user=user, queryset=selectors.posts_visible_to(user), **kwargs)

    def posts(self) -> QuerySet[Post]:
        rows: QuerySet[Post] = self.qs
        if not self._chosen("status"):
            return rows.filter(status__in=UNASKED_POSTS)
        return rows

    def in_status(self, posts: QuerySet[Post], name: str, value: str) -> QuerySet[Post]:
        return in_state(posts, OF_POSTS[value]) if value in OF_POSTS else posts.none()

    def publications(self) -> QuerySet[Publication]:
        rows = selectors.publications_visible_to(self.user).filter(part=0)
        if self.is_bound and not self.is_valid():
            return rows.none()
        status = self._chosen("status")
        if status in OF_POSTS:
            return rows.none()
        if status:
            rows = publications_in_state(rows, OF_PUBLICATIONS[status])
        else:
            rows = rows.filter(status__in=UNASKED_PUBLICATIONS)
        rows = self._of_their_posts(rows)
        if unit := self._chosen("unit"):
            below = units_below(unit)
            rows = rows.filter(
                Q(post__unit_id__any=below) | Q(official_account__unit_id__any=below)
            )
        if account := self._chosen("account"):
            rows = rows.filter(self._on(account))
        return rows

    def _of_their_posts(self, rows: QuerySet[Publication]) -> QuerySet[Publication]:
        """What the list of publications filters in the same way."""
        same = PublicationFilter(
            {name: self.data[name] for name in _OF_THE_POST if name in self.data},
            queryset=rows,
            user=self.user,
        )
        found: QuerySet[Publication] = same.qs
        return found

    def _on(self, account: OfficialAccount | str) -> Q:
        if isinstance(account, OfficialAccount):
            return Q(official_account=account)
        found = self.filters["account"].field.rows(account).order_by().values("pk")
        return Q(official_account__in=found)

    def _chosen(self, name: str) -> Any:
        return self.form.cleaned_data.get(name) if self.is_bound and self.is_valid() else None
