"""Search and filters of the lists; they live in the address."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any, ClassVar

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.finding import UnitFilter, account_filter, person_filter
from accounts.models import OfficialAccount, Unit, User
from accounts.selectors import units_below, units_visible_to
from content import states
from content.campaign_choice import campaign_filter
from content.facets import ContentClass, Sensitivity
from content.models import Campaign, Post, PostSearch, Publication, Review
from content.searching import question
from content.selectors import back as selectors_back
from content.selectors import posts as selectors
from content.selectors.ended import ended_notices_of
from content.selectors.lists import authors_visible_to
from content.selectors.plan import campaigns_visible_to
from content.waiting import attention_rows
from govsocial.web.days import midnight
from govsocial.web.filters import StrictFilterSet
from govsocial.web.finding import LONGEST

# So many are found by the index of the accounts of posts.
FEW_ACCOUNTS = 20
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)


class _PeriodForm(forms.Form):
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("planned_from"), cleaned.get("planned_to")
        if first and last and last < first:
            self.add_error(
                "planned_to", ValidationError(_("The last day is before the first one."))
            )
        return cleaned


def _day(label: Any, **more: Any) -> django_filters.DateFilter:
    # One spelling: a chip takes away what it finds in the address.
    return django_filters.DateFilter(
        label=label,
        input_formats=["%Y-%m-%d"],
        validators=[MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        **more,
    )


class _PostsFilter(StrictFilterSet):
    """What lists of posts and of what belongs to posts are filtered by. ``LISTED`` is the way from
    a row to the row of its post in ``PostSearch``, ``POST`` that to the post."""

    LISTED: ClassVar[str] = ""
    POST: ClassVar[str] = "post__"
    SELDOM: ClassVar[tuple[str, ...]] = (
        "kind",
        "sensitivity",
        "author",
        "campaign",
        "planned_from",
        "planned_to",
    )

    search = django_filters.CharFilter(
        method="find",
        label=gettext_lazy("Search"),
        max_length=LONGEST,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "placeholder": gettext_lazy("Title or text"),
                "maxlength": LONGEST,
            }
        ),
    )
    unit = UnitFilter()
    account = account_filter(method="meant_for")
    kind = django_filters.ChoiceFilter(
        choices=ContentClass.choices,
        label=gettext_lazy("Class of content"),
        empty_label=gettext_lazy("Any class"),
        method="of_class",
    )
    sensitivity = django_filters.ChoiceFilter(
        choices=Sensitivity.choices,
        label=gettext_lazy("Sensitivity"),
        empty_label=gettext_lazy("Any sensitivity"),
        method="of_sensitivity",
    )
    author = person_filter(label=gettext_lazy("Author"), method="by_author")
    campaign = campaign_filter(method="of_campaign")
    planned_from = _day(gettext_lazy("Planned from"), method="from_day")
    planned_to = _day(gettext_lazy("Planned until"), method="to_day")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = user.units_with("content.view")
        self.filters["unit"].field.queryset = units_visible_to(user, "content.view")
        self.filters["account"].field.queryset = OfficialAccount.objects.filter(unit_id__any=units)
        self.filters["author"].field.queryset = authors_visible_to(user)
        if "campaign" in self.filters:
            self.filters["campaign"].field.queryset = campaigns_visible_to(user)
        for name in self.SELDOM:
            if name in self.filters:
                self.filters[name].field.seldom = True

    @property
    def reads_words(self) -> bool:
        """Whether it finds by words, for which no index alone says how many there are."""
        return any(self.form.data.get(name) for name in ("search", "account_words"))

    def unfolds(self, chips: Iterable[tuple[str, str, str]]) -> bool:
        """Whether one of the filters that are folded away is set, or cannot be read."""
        return bool({*self.errors, *(key for key, _value, _words in chips)} & {*self.SELDOM})

    def _of_post(self, rows: QuerySet[Any], **wanted: object) -> QuerySet[Any]:
        return rows.filter(**{f"{self.LISTED}{name}": value for name, value in wanted.items()})

    def find(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        asked = question(value)
        return rows.none() if asked is None else self._of_post(rows, words=asked)

    def of_class(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Those that have the class, as the main one or as another."""
        return self._of_post(rows, classes__contains=[value])

    def of_sensitivity(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return self._of_post(rows, sensitivity=value)

    def by_author(self, rows: QuerySet[Any], name: str, value: User | str) -> QuerySet[Any]:
        if isinstance(value, User):
            return self._of_post(rows, author=value)
        return self._of_post(rows, author__in=self._found("author", value))

    def of_campaign(self, rows: QuerySet[Any], name: str, value: Campaign | str) -> QuerySet[Any]:
        if isinstance(value, Campaign):
            return rows.filter(**{f"{self.POST}campaign": value})
        return rows.filter(**{f"{self.POST}campaign__in": self._found("campaign", value)})

    def meant_for(
        self, rows: QuerySet[Any], name: str, value: OfficialAccount | str
    ) -> QuerySet[Any]:
        if isinstance(value, OfficialAccount):
            return self._of_post(rows, accounts__contains=[value.pk])
        found = list(self._found("account", value).values_list("pk", flat=True))
        if len(found) <= FEW_ACCOUNTS:
            return self._of_post(rows, accounts__overlap=found)
        # Overlapping compares each account of a post with each that was found: thousands take a
        # second. One at a time they are looked up, and few posts have more than three.
        path = f"{self.LISTED}accounts"
        one_of_them = Q(**{f"{path}__len__gt": 3, f"{path}__overlap": found})
        for place in range(3):
            one_of_them |= Q(**{f"{path}__{place}__any": found})
        return rows.filter(one_of_them)

    def from_day(self, rows: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return self._of_post(rows, planned_at__gte=midnight(value))

    def to_day(self, rows: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return self._of_post(rows, planned_at__lt=midnight(value + timedelta(days=1)))

    def _found(self, name: str, words: str) -> QuerySet[Any]:
        found: QuerySet[Any] = self.filters[name].field.rows(words).order_by().values("pk")
        return found


class PostFilter(_PostsFilter):
    SELDOM = (*_PostsFilter.SELDOM, "todo")

    status = django_filters.ChoiceFilter(
        choices=states.CHOICES,
        method="in_status",
        label=gettext_lazy("Status"),
        empty_label=gettext_lazy("Any status"),
    )
    todo = django_filters.ChoiceFilter(
        choices=[
            ("back", gettext_lazy("Came back to you")),
            ("ended", gettext_lazy("Emergency notice that holds no longer")),
        ],
        method="waits_for",
        label=gettext_lazy("For you"),
        empty_label=gettext_lazy("Everything"),
    )

    class Meta:
        model = PostSearch
        form = _PeriodForm
        fields = [
            "search", "status", "unit", "account", "kind", "sensitivity", "author", "campaign",
            "planned_from", "planned_to", "todo",
        ]  # fmt: skip

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.user = user

    def waits_for(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """What the home page lists as come back: with remarks, or rejected lately; or of which it
        tells that it is still out and holds no longer."""
        if value == "ended":
            return rows.filter(pk__in=ended_notices_of(self.user).values("pk"))
        return rows.filter(pk__in=selectors_back.posts_sent_back_to(self.user).values("pk"))

    def in_status(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return states.in_state(rows, value)

    @property
    def finds_few(self) -> bool:
        """Whether it asks for what is left of posts, mostly few: each is judged then by what became
        of it on every account, which is better done once than to count and to list."""
        return self.form.data.get("status") in states.JUDGED

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """What is archived is found by that status alone."""
        posts: QuerySet[Any] = super().filter_queryset(queryset)
        if self.form.cleaned_data.get("status"):
            return posts
        return posts.exclude(status=Post.Status.ARCHIVED)


class ReviewFilter(_PostsFilter):
    LISTED = "post__listed__"

    unit = UnitFilter(field_name="post__unit")

    class Meta:
        model = Review
        form = _PeriodForm
        fields = [
            "search", "unit", "account", "kind", "sensitivity", "author", "campaign",
            "planned_from", "planned_to",
        ]  # fmt: skip


class PublicationFilter(_PostsFilter):
    LISTED = "post__listed__"
    SELDOM = (*_PostsFilter.SELDOM, "todo", "way")

    status = django_filters.ChoiceFilter(
        choices=states.PUBLICATION_CHOICES,
        method="in_status",
        label=gettext_lazy("Status"),
        empty_label=gettext_lazy("Any status"),
    )
    way = django_filters.ChoiceFilter(
        method="goes_out",
        choices=[
            ("hand", gettext_lazy("By hand")),
            ("application", gettext_lazy("By the application")),
        ],
        label=gettext_lazy("How it goes out"),
        empty_label=gettext_lazy("Either way"),
    )
    unit = UnitFilter(method="in_unit")
    account = account_filter(field_name="official_account")
    planned_from = _day(gettext_lazy("Time from"), method="from_day")
    planned_to = _day(gettext_lazy("Time until"), method="to_day")
    todo = django_filters.ChoiceFilter(
        choices=[
            ("you", gettext_lazy("Waiting for you")),
            ("posting", gettext_lazy("To be posted by hand")),
            ("withdrawal", gettext_lazy("To be deleted by hand")),
        ],
        method="waits_for",
        label=gettext_lazy("For a person"),
        empty_label=gettext_lazy("Everything"),
    )

    class Meta:
        model = Publication
        form = _PeriodForm
        fields = [
            "search", "status", "unit", "account", "kind", "sensitivity", "author", "campaign",
            "planned_from", "planned_to", "todo", "way",
        ]  # fmt: skip

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.user, self.units = user, user.units_with("content.view")

    def _of_post(self, rows: QuerySet[Any], **wanted: object) -> QuerySet[Any]:
        """Of a post of other units one sees what goes out here, and no later version of it."""
        seen = Q(post__unit_id__any=self.units) | Q(post__current_version_id=F("version_id"))
        return super()._of_post(rows, **wanted).filter(seen)

    def in_status(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return states.publications_in_state(rows, value)

    def goes_out(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(by_hand=value == "hand")

    def in_unit(self, rows: QuerySet[Any], name: str, value: Unit) -> QuerySet[Any]:
        below = units_below(value)
        return rows.filter(Q(post__unit_id__any=below) | Q(official_account__unit_id__any=below))

    def from_day(self, rows: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return rows.filter(shown_at__gte=midnight(value))

    def to_day(self, rows: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return rows.filter(shown_at__lt=midnight(value + timedelta(days=1)))

    def waits_for(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == "you":
            theirs = [Q(pk__in=one.values("pk")) for one in attention_rows(self.user)]
            return rows.filter(reduce(or_, theirs)) if theirs else rows.none()
        if value == "posting":
            return rows.filter(by_hand=True, status__in=selectors.UNPOSTED)
        return rows.filter(withdrawal__outcome="", withdrawal__needs_person=True)
